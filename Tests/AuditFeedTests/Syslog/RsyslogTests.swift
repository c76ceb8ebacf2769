import Audit
import DICOMAudit
import Foundation
import NIOCore
import NIOPosix
import OutboundHTTP
import Testing
import Workflow

@testable import AuditFeed

/// rsyslogd with the gtls driver, which demands a client certificate of the test authority.
private func configuration(_ files: TestCertificates, port: Int) -> String {
    """
    global(workDirectory="\(files.folder.path)" maxMessageSize="64k" defaultNetstreamDriver="gtls"
        defaultNetstreamDriverCAFile="\(files.authority)" defaultNetstreamDriverCertFile="\(files.serverCertificate)"
        defaultNetstreamDriverKeyFile="\(files.serverKey)")
    module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
    template(name="raw" type="string" string="%rawmsg%\\n")
    ruleset(name="audit") { action(type="omfile" file="\(files.folder.path)/capture" template="raw") }
    input(type="imtcp" address="127.0.0.1" port="\(port)" ruleset="audit")
    """
}

private func isOpen(_ port: Int) async -> Bool {
    let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    guard let channel = try? await bootstrap.connect(host: "127.0.0.1", port: port).get() else { return false }
    try? await channel.close()
    return true
}

@Suite("rsyslog as audit repository", .timeLimit(.minutes(2))) struct RsyslogTests {
    @Test func `rsyslogd reads every message over mutual TLS, and its end proves it`() async throws {
        guard let rsyslogd = Partner.path(ofEnvironmentProgram: "rsyslogd") else {
            return Partner.skipped("rsyslogd", "install the packages rsyslog and rsyslog-gnutls")
        }
        try await TestCertificates.with { files in
            let port = try await freePort()
            try await Partner.serve(
                rsyslogd, ["-n", "-f", "rsyslog.conf", "-i", files.folder.path + "/pid"],
                files: ["rsyslog.conf": configuration(files, port: port)], until: { await isOpen(port) }
            ) { _ in
                var settings = settings(port: port, tls: mutualTLS(files))
                settings.deliveryTimeout = .seconds(30)
                let repository = SyslogRepository(
                    sender: SyslogSender(name: "arr", settings: settings), renderer: messages)
                for _ in 0..<5 {
                    let refusals = try await repository.send(allEntries)
                    #expect(refusals.isEmpty)
                }
                var anonymous = settings
                anonymous.tls?.identity = nil
                let refused = SyslogRepository(
                    sender: SyslogSender(name: "arr", settings: anonymous), renderer: messages)
                await #expect(throws: AdapterError.self) { try await refused.send(allEntries) }

                let capture = files.folder.appending(path: "capture")
                var lines: [Substring] = []
                // What rsyslogd has read it writes in its own time.
                for _ in 0..<3000 where lines.count < 5 * allEntries.count {
                    try await Task.sleep(for: .milliseconds(20))
                    let text = (try? Data(contentsOf: capture)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                    lines = text.split(separator: "\n")
                }
                let expected = try allEntries.map { entry in
                    let record = try #require(entry.record)
                    let message = try messages.auditMessage(for: record, index: entry.index)
                    return String(decoding: message.xml, as: UTF8.self)
                }
                let captured = lines.map { line in
                    String(line[(line.firstIndex(of: "\u{FEFF}") ?? line.endIndex)...].dropFirst())
                }
                #expect(captured == Array(repeating: expected, count: 5).flatMap { $0 })
            }
        }
    }
}
