import Logging
import Testing

@testable import Gateway

@Suite("The intake stops without checkpoints outside, where that is configured")
struct OutsideWatchTests {
    private let gate = IntakeGate()
    private let standings = PlaceStandings([CheckpointSection(name: "office", place: .folder("/x"))])
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func watch(_ section: AuditSection) -> OutsideWatch? {
        OutsideWatch(section, standings: standings, gate: gate, logger: logger)
    }

    @Test func `without the keys there is no watch`() {
        #expect(watch(AuditSection()) == nil)
    }

    @Test func `too many records close the gate, a checkpoint outside opens it`() throws {
        let watch = try #require(self.watch(AuditSection(mostRecordsWithoutCheckpoint: 10)))
        watch.look(leaves: 1000)
        #expect(gate.closedBy == nil, "what was there before is not counted")
        watch.look(leaves: 1009)
        #expect(gate.closedBy == nil)
        watch.look(leaves: 1010)
        #expect(gate.closedBy == "audit.noCheckpointOutside")
        standings.set("office", size: 1008, trouble: nil)
        watch.look(leaves: 1011)
        #expect(gate.closedBy == nil)
    }

    @Test func `records that wait too long close it, an idle gateway stays open`() throws {
        let watch = try #require(self.watch(AuditSection(longestWithoutCheckpoint: .seconds(60))))
        for _ in 0..<200 { watch.look(leaves: 5) }
        #expect(gate.closedBy == nil)
        for _ in 0..<61 { watch.look(leaves: 6) }
        #expect(gate.closedBy != nil)
        standings.set("office", size: 6, trouble: nil)
        watch.look(leaves: 6)
        #expect(gate.closedBy == nil)
    }

    @Test func `a time stamp is no checkpoint outside: nobody there keeps one`() {
        let standings = PlaceStandings([
            CheckpointSection(name: "office", place: .folder("/x")),
            CheckpointSection(
                name: "tsa", place: .timestamps(HTTPPlaceSection(url: "https://tsa.example"), ca: "/ca")),
        ])
        standings.set("tsa", size: 9, trouble: nil)
        #expect(standings.newest == nil)
        standings.set("office", size: 4, trouble: nil)
        #expect(standings.newest == 4)
    }

    @Test func `a closed gate is no room for messages, and says why`() {
        let space = FreeSpace(folder: "/", minimumBytes: 0, gate: gate)
        #expect(space.isEnough)
        gate.set(OutsideWatch.code)
        #expect(space.trouble == "audit.noCheckpointOutside")
        #expect(!space.isEnough)
    }
}
