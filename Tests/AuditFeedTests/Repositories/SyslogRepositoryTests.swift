import Audit
import Testing
import Workflow

@testable import AuditFeed

@Suite(.timeLimit(.minutes(2))) struct SyslogRepositoryTests {
    @Test func `Every event becomes one message; what the grammar refuses is never sent and is named`() async throws {
        try await SyslogReceiver.with(.proper) { port, read in
            let repository = SyslogRepository(
                sender: SyslogSender(name: "arr", settings: settings(port: port)), renderer: messages)
            // A peer without a name makes a participant without UserID.
            var nameless = record()
            nameless.peer = Peer(name: "")
            let refusals = try await repository.send(allEntries + [entry(900, nameless), entry(901, nil)])
            #expect(refusals == [AuditRefusal(index: 900, code: "audit.message.grammar")])
            let (texts, rest) = SyslogReceiver.messages(read().first ?? [])
            #expect(rest == 0 && texts.count == allEntries.count)
            #expect(texts.allSatisfy { $0.hasPrefix("<85>1 2026-11-18T11:06:40.000042Z gw.example.org ") })
            #expect(texts.allSatisfy { $0.contains(" IHE+RFC-3881 - \u{FEFF}<?xml version=") })
        }
    }

    @Test func `Sent again, a message has the same bytes`() async throws {
        try await SyslogReceiver.with(.proper) { port, read in
            let repository = SyslogRepository(
                sender: SyslogSender(name: "arr", settings: settings(port: port)), renderer: messages)
            _ = try await repository.send(allEntries)
            _ = try await repository.send(allEntries)
            #expect(read().count == 2 && read()[0] == read()[1] && !read()[0].isEmpty)
        }
    }
}
