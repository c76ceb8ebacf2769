import Audit
import Foundation
import MerkleLog
import Persistence
import Sealing
import Synchronization
import Testing
import Workflow

@testable import Gateway

@Suite("Checkpoints are signed and brought to their places")
struct CheckpointServiceTests {
    private let fixture: ListenerFixture
    private let clock = StandingClock()
    private let latest = LatestCheckpoint()
    private let standings: PlaceStandings
    private let trail: AuditTrail
    private let office: String

    init() throws {
        fixture = try ListenerFixture()
        office = fixture.folder.path + "/office"
        standings = PlaceStandings([CheckpointSection(name: "office", place: .folder(office))])
        trail = AuditTrail(store: fixture.store, clock: clock, principal: Principal(kind: .service, name: "test"))
    }

    private var folder: CheckpointFolder { CheckpointFolder(path: office, keeper: .outside) }

    private func signer() -> CheckpointService {
        CheckpointService(
            store: fixture.store, folders: [folder], latest: latest, standings: standings, trail: trail, clock: clock,
            metrics: fixture.metrics, logger: fixture.logger, outside: nil)
    }

    private func service(_ place: any CheckpointPlace) -> CheckpointPlaceService {
        CheckpointPlaceService(
            place: place, latest: latest, standings: standings, store: fixture.store, trail: trail, clock: clock,
            metrics: fixture.metrics, logger: fixture.logger)
    }

    private func folderPlace(_ keys: KeyRing) -> FolderPlace {
        FolderPlace(
            name: "office", folder: folder,
            inside: CheckpointFolder(path: fixture.folder.path + "/data/checkpoints", keeper: .inside), keys: keys
        ) { [store = fixture.store] () throws(AdapterError) in try store.signingKey.verifier }
    }

    private func events() async throws -> [AuditEventType?] {
        try await fixture.store.auditEntries(AuditQuery(), reading: []).map { $0.record?.event }
    }

    @Test func `the leaf with the clock's state stands under the signature`() async throws {
        let size = await signer().publish()
        #expect(size == 1)
        let entry = try #require(try await fixture.store.auditEntries(AuditQuery(), reading: []).last)
        #expect(entry.record?.event == .checkpoint)
        let word = try #require(entry.record?.details["clock"])
        #expect(ClockState.Discipline(rawValue: word) != nil)
        #expect(latest.note?.checkpoint.size == 1)
        #expect(latest.note?.checkpoint.root == .leaf(entry.leaf))
    }

    @Test func `a folder that is away stops no signature, and is filled when it is back`() async throws {
        let place = folderPlace(fixture.keys)
        #expect(await signer().publish() == 1)
        let service = service(place)
        await service.bringLast()
        #expect(standings.all.first?.standing.trouble == "office.folder")
        #expect(try await events() == [.checkpoint, .auditForwardFailed])
        await service.bringLast()
        #expect(try await events().count == 2, "one leaf for an outage")
        try FileManager.default.createDirectory(atPath: office, withIntermediateDirectories: false)
        await service.bringLast()
        #expect(folder.held().count == 1)
        #expect(standings.newest == 1)
        #expect(standings.all.first?.standing.trouble == nil)
        #expect(try PublicKeyFile.read("\(office)/\(PublicKeyFile.name)") == fixture.keys.anchorKey())
        #expect(fixture.metrics.render(nil).contains(#"imaging_gateway_audit_place_up{place="office"} 1"#))
    }

    @Test func `a cosignature is added to the file in the folder, whose text stays`() async throws {
        try FileManager.default.createDirectory(atPath: office, withIntermediateDirectories: false)
        let place = folderPlace(fixture.keys)
        _ = await signer().publish()
        let service = service(place)
        await service.bringLast()
        let plain = try SignedNote(parsing: try #require(folder.held().first).note)
        let witness = try WitnessSigningKey(name: "w", seed: [UInt8](repeating: 7, count: 32))
        let checkpoint = try #require(latest.note?.checkpoint)
        latest.add([try witness.cosign(plain.text, at: 9)], to: checkpoint)
        await service.bringLast()
        let whole = try SignedNote(parsing: try #require(folder.held().first).note)
        #expect(folder.held().count == 1)
        #expect(whole.text == plain.text)
        #expect(whole.cosignature(of: witness.verifier) == 9)
        try whole.verify(try fixture.keys.anchorKey())
        #expect(await signer().publish() != nil, "the file still counts as ours")
    }

    @Test func `a log that was put back is not signed, and the alarm counts`() async throws {
        try FileManager.default.createDirectory(atPath: office, withIntermediateDirectories: false)
        let other = try Checkpoint(origin: fixture.keys.logOrigin, size: 5, root: .leaf([1]))
        let key = try fixture.keys.checkpointKey()
        try folder.write(other, note: try other.signed(by: key), key: key.verifier)
        #expect(await signer().publish() == nil)
        #expect(latest.note == nil)
        #expect(fixture.metrics.render(nil).contains(#"imaging_gateway_failures_total{code="audit.rolledBack"} 1"#))
    }

    @Test func `the syslog message is one line with the whole note in it`() async throws {
        _ = await signer().publish()
        let note = try #require(latest.note)
        let sent = Mutex<[[UInt8]]>([])
        let place = SyslogPlace(name: "siem") { message, _ async throws(AdapterError) in
            sent.withLock { $0.append(message) }
        }
        _ = try await place.publish(note)
        let text = String(decoding: try #require(sent.withLock { $0.first }), as: UTF8.self)
        #expect(!text.contains("\n"))
        let encoded = try #require(text.split(separator: "note=").last.map(String.init))
        #expect(Data(base64Encoded: encoded).map(Array.init) == note.note.serialized)
        #expect(text.hasPrefix("origin=\(fixture.keys.logOrigin) size=1 root="))
    }

    @Test func `a time stamp lies beside the checkpoint, over the text that the log signed`() async throws {
        try FileManager.default.createDirectory(atPath: office, withIntermediateDirectories: false)
        _ = await signer().publish()
        let note = try #require(latest.note)
        let place = TimestampPlace(name: "tsa", folders: [office]) { bytes async throws(AdapterError) in
            [0x30] + bytes
        }
        _ = try await place.publish(note)
        let file = FileManager.default.contents(atPath: "\(office)/00000000000000000001.tsr").map(Array.init)
        #expect(file == [0x30] + Array(note.note.text.utf8))
        #expect(TimestampFile.tokens(of: note.checkpoint, in: [office, office, "/none"]) == [try #require(file)])
    }

    @Test func `a time stamp that no folder took was not brought, and is not asked for`() async throws {
        _ = await signer().publish()
        let note = try #require(latest.note)
        let place = TimestampPlace(name: "tsa", folders: [office]) { bytes async throws(AdapterError) in
            Issue.record("nobody keeps the token")
            return bytes
        }
        await #expect(throws: AdapterError(.unavailable, code: "tsa.folder")) { try await place.publish(note) }
    }

    @Test func `a later name of the log has its number in the files' names`() throws {
        let key = try SigningKey(name: "log/2", seed: [UInt8](repeating: 1, count: 32))
        let checkpoint = try Checkpoint(origin: "log/2", size: 12, root: .leaf([]))
        #expect(CheckpointFileName.text(of: checkpoint) == "00000000000000000012.2.checkpoint")
        let note = CheckpointNote(checkpoint: checkpoint, note: try checkpoint.signed(by: key), time: clock.now())
        #expect(note.fileName == "12.2.checkpoint")
    }

    @Test func `a repository that is away is told once, tried again, and its lag is shown`() async throws {
        let sent = Mutex<Int>(0)
        let isAway = Mutex(true)
        let feed = AuditFeedService(
            name: "arr", begin: { () async throws(AdapterError) in },
            forward: { () async throws(AdapterError) in
                if isAway.withLock(\.self) { throw AdapterError(.unavailable, code: "arr.connect") }
                return sent.withLock { count in
                    count += 1
                    return count < 3
                }
            }, lag: { () async throws(AdapterError) in isAway.withLock(\.self) ? 7 : 0 },
            standings: FeedStandings([]), store: fixture.store, trail: trail, clock: clock, metrics: fixture.metrics,
            logger: fixture.logger)
        var outage = Outage()
        await feed.drain(&outage)
        await feed.drain(&outage)
        #expect(outage.trouble == "arr.connect")
        #expect(try await events() == [.auditForwardFailed])
        #expect(fixture.metrics.render(nil).contains(#"imaging_gateway_audit_feed_lag_records{feed="arr"} 7"#))
        isAway.withLock { $0 = false }
        await feed.drain(&outage)
        #expect(outage.trouble == nil)
        #expect(sent.withLock(\.self) == 3, "until nothing was left")
        #expect(fixture.metrics.render(nil).contains(#"imaging_gateway_audit_feed_lag_records{feed="arr"} 0"#))
    }
}
