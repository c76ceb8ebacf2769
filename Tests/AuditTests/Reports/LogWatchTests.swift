import MerkleLog
import Testing

@testable import Audit

@Suite struct `Watching a log` {
    private func entries() throws -> [AuditEntry] { try ReportLog.full().entries }

    @Test func `failures, refusals and emergencies are told once each, everything else is silent`() throws {
        var watch = LogWatch()
        var alerts: [WatchAlert] = []
        let entries = try entries()
        for entry in entries { alerts += watch.add(entry) }
        #expect(alerts.map(\.kind) == [.failed, .emergency, .emergency, .emergency, .refused])
        #expect(alerts.map(\.index) == [4, 17, 18, 19, 20])
        #expect(alerts[0].code == "dicomweb.http.503")
        #expect(!watch.isBroken)
        #expect(watch.frontier == frontier(entries.map(\.leaf)))
    }

    @Test func `no alert names a patient`() throws {
        var watch = LogWatch()
        let text = try entries().flatMap { watch.add($0) }.map(\.text).joined()
        #expect(!text.contains(planted) && !text.contains("ACC-1") && text.contains("alice"))
    }

    @Test func `a missing record breaks the log`() throws {
        var watch = LogWatch()
        let entries = try entries()
        _ = watch.add(entries[0])
        #expect(watch.add(entries[2]).map(\.kind) == [.broken])
        #expect(watch.isBroken)
    }

    @Test func `a shorter log breaks it`() throws {
        var watch = LogWatch(seen: frontier(try entries().map(\.leaf)))
        let size = watch.frontier.size
        #expect(watch.compare(size: size) == nil)
        #expect(watch.compare(size: size + 3) == nil)
        #expect(watch.compare(size: size - 1)?.kind == .broken)
        #expect(watch.isBroken)
    }

    @Test func `records that were changed after they were seen break it`() throws {
        let leaves = try entries().map(\.leaf)
        var watch = LogWatch(seen: frontier(leaves))
        #expect(watch.compare(frontier(leaves)) == nil)
        var changed = leaves
        changed[2][5] ^= 1
        #expect(watch.compare(frontier(changed))?.kind == .broken)
    }

    @Test func `a checkpoint of another history breaks it, one of this history or of a later size does not`() throws {
        var watch = LogWatch()
        let entries = try entries()
        for entry in entries { _ = watch.add(entry) }
        let part = frontier(entries.prefix(7).map(\.leaf))
        #expect(watch.compare(try Checkpoint(origin: origin, size: 7, root: part.root)) == nil)
        #expect(watch.compare(try Checkpoint(origin: origin, size: 9999, root: part.root)) == nil)
        #expect(watch.compare(try Checkpoint(origin: origin, size: 8, root: part.root))?.kind == .broken)
    }
}
