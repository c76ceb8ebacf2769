import Foundation
import Persistence
import Testing
import Workflow

@testable import Gateway

@Suite("Feeds: files")
struct FileFeedTests {
    private let fixture: ListenerFixture
    private let spool: TemporaryFolder

    init() throws {
        fixture = try ListenerFixture()
        spool = try TemporaryFolder()
    }

    private func feed(isSpaceEnough: Bool = true, limit: Int = 65_536) throws -> FileFeed {
        FileFeed(
            name: "feeds.files[0]", folder: FeedFolder(path: spool.path),
            gate: try fixture.gate(isSpaceEnough: isSpaceEnough),
            poll: .seconds(1), limit: limit, refusals: fixture.refusals, clock: SystemClock(),
            metrics: fixture.metrics, logger: fixture.logger)
    }

    private func drop(_ name: String, _ bytes: [UInt8]) throws {
        _ = try spool.file(name, String(decoding: bytes, as: UTF8.self))
    }

    private func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: "\(spool.path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    private func orders() async throws -> Int { try await fixture.store.orders(OrderFilter()).count }

    @Test func `a file is moved to done after its message is stored, with the acknowledgment beside it`() async throws {
        try drop("b.hl7", FeedMessages.message(controlID: "2", accession: "ACC2"))
        try drop("a.xml", FeedMessages.xmlOrder)
        #expect(try await feed().sweep() == nil)
        #expect(try await orders() == 2)
        #expect(text("done/b.hl7") != nil && text("b.hl7") == nil)
        #expect(text("done/b.hl7.ack")?.contains("MSA|AA|2") == true)
        #expect(text("done/a.xml.ack")?.contains("<MSA.1>AA</MSA.1>") == true)
    }

    @Test func `a file that is no message goes to failed with what it was answered`() async throws {
        try drop("a.hl7", Array("nothing".utf8))
        #expect(try await feed().sweep() == nil)
        #expect(text("failed/a.hl7") == "nothing")
        #expect(text("failed/a.hl7.ack")?.contains("MSA|AR") == true)
    }

    @Test func `a file over the limit goes to failed unread, and the log says so`() async throws {
        try drop("a.hl7", FeedMessages.order)
        #expect(try await feed(limit: 10).sweep() == nil)
        #expect(text("failed/a.hl7.ack") == "feed.fileTooLarge\n")
        #expect(try await orders() == 0)
        #expect(try await fixture.store.counts().leaves == 1)
    }

    @Test func `what can never be read goes to failed, and what comes after it is taken`() async throws {
        try FileManager.default.createDirectory(
            atPath: "\(spool.path)/a.hl7", withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: "\(spool.path)/b.hl7", withDestinationPath: "/nowhere")
        try drop("c.hl7", FeedMessages.order)
        #expect(try await feed().sweep() == nil)
        for name in ["a.hl7", "b.hl7"] { #expect(text("failed/\(name).ack") == "feed.unreadable\n", "\(name)") }
        #expect(text("done/c.hl7") != nil)
    }

    @Test func `a file that vanished is skipped`() async throws {
        let files = try feed()
        #expect(await files.sweep() == nil)
        #expect(await files.take("a.hl7") == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(spool.path)/failed").isEmpty)
        #expect(try await fixture.store.counts().leaves == 0)
    }

    @Test func `a file that cannot be read now stays where it is`() async throws {
        let name = String(repeating: "a", count: 300) + ".hl7"
        let files = try feed()
        #expect(await files.sweep() == nil)
        #expect(await files.take(name) == "feed.read")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(spool.path)/failed").isEmpty)
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func `a file without the right to read it stays, and is taken once the right is there`() async throws {
        try drop("a.hl7", FeedMessages.order)
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: "\(spool.path)/a.hl7")
        #expect(try await feed().sweep() == "feed.read")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(spool.path)/a.hl7")
        #expect(try await feed().sweep() == nil)
        #expect(text("done/a.hl7") != nil)
    }

    @Test func `a file that was taken before a crash is answered again and makes nothing new`() async throws {
        try drop("a.hl7", FeedMessages.order)
        #expect(try await feed().sweep() == nil)
        // The gateway ended between the commit and the move: the file lies there again.
        try drop("a.hl7", FeedMessages.order)
        #expect(try await feed().sweep() == nil)
        #expect(try await orders() == 1)
        #expect(text("done/a.2.hl7.ack") == text("done/a.hl7.ack"), "the same acknowledgment, byte for byte")
    }

    @Test func `on a full disk files stay where they are`() async throws {
        try drop("a.hl7", FeedMessages.order)
        #expect(try await feed(isSpaceEnough: false).sweep() == "disk.full")
        #expect(text("a.hl7") != nil)
        #expect(try await feed().sweep() == nil)
        #expect(try await orders() == 1)
    }

    @Test func `a folder that cannot be used is said once by its code`() async throws {
        try FileManager.default.removeItem(atPath: spool.path)
        #expect(try await feed().sweep() == "feed.folder")
    }

    @Test func `no file is taken while done is a link`() async throws {
        let elsewhere = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: "\(spool.path)/done", withDestinationPath: elsewhere.path)
        try drop("a.hl7", FeedMessages.order)
        #expect(try await feed().sweep() == "feed.folder")
        #expect(text("a.hl7") != nil)
        #expect(try await orders() == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).isEmpty)
    }
}
