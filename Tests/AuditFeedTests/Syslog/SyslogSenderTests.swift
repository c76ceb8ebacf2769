import NIOSSL
import OutboundHTTP
import Testing
import Workflow

@testable import AuditFeed

private func serverContext(_ files: TestCertificates, mutual: Bool = true) throws -> NIOSSLContext {
    let chain = try NIOSSLCertificate.fromPEMFile(files.serverCertificate).map {
        NIOSSLCertificateSource.certificate($0)
    }
    let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(file: files.serverKey, format: .pem))
    return try NIOSSLContext(
        configuration: mutual
            ? TLSConfiguration.makeServerConfigurationWithMTLS(
                certificateChain: chain, privateKey: key, trustRoots: .file(files.authority))
            : TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key))
}

func mutualTLS(_ files: TestCertificates) -> ClientTLS {
    ClientTLS(
        trust: .authorities(file: files.authority),
        identity: ClientTLS.Identity(
            certificateChainFile: files.clientCertificate, privateKeyFile: files.clientKey))
}

/// What one call of `send` ended with.
private func error(
    _ port: Int, _ tls: ClientTLS?, host: String = "localhost", timeout: Duration = .seconds(20),
    _ messages: [SyslogMessage]
) async -> AdapterError? {
    let sender = SyslogSender(
        name: "arr", settings: settings(host: host, port: port, tls: tls, timeout: timeout))
    do throws(AdapterError) {
        try await sender.send(messages)
        return nil
    } catch {
        return error
    }
}

private let many = (0..<64).map { message("message \($0) " + String(repeating: "x", count: 4_000)) }

@Suite("Syslog over TLS", .timeLimit(.minutes(2))) struct SyslogSenderTests {
    @Test func `Messages arrive whole and in order over mutual TLS, and the end is orderly`() async throws {
        try await TestCertificates.with { files in
            try await SyslogReceiver.with(tls: serverContext(files), .proper) { port, read in
                #expect(await error(port, mutualTLS(files), many) == nil)
                #expect(await error(port, mutualTLS(files), [message("one more")]) == nil)
                let streams = read().map(SyslogReceiver.messages)
                #expect(streams.map(\.rest) == [0, 0])
                let expected = (many + [message("one more")]).map {
                    String(decoding: $0.bytes(settings()), as: UTF8.self)
                }
                #expect(streams.flatMap(\.messages) == expected)
            }
        }
    }

    @Test func `Plain TCP with octet counting is proved by the same end`() async throws {
        try await SyslogReceiver.with(.proper) { port, read in
            #expect(await error(port, nil, many) == nil)
            #expect(read().map(SyslogReceiver.messages).map(\.messages.count) == [64])
        }
    }

    /// The system of a receiver that died acknowledges what its program never read.
    @Test(arguments: [true, false]) func `A receiver that dies with bytes unread proves nothing`(tls: Bool) async throws
    {
        try await TestCertificates.with { files in
            let context = tls ? try serverContext(files) : nil
            for behaviour in [SyslogReceiver.Behaviour.dies(after: 1), .dies(after: 100_000), .neverReads] {
                try await SyslogReceiver.with(tls: context, behaviour) { port, _ in
                    for _ in 0..<10 {
                        let found = await error(port, tls ? mutualTLS(files) : nil, many)
                        #expect(found != nil, "\(behaviour)")
                        #expect(["arr.connection", "arr.tls"].contains(found?.code), "\(behaviour)")
                    }
                }
            }
        }
    }

    @Test func `A receiver that never ends the connection is given up and proves nothing`() async throws {
        try await SyslogReceiver.with(.keepsOpen) { port, _ in
            let found = await error(port, nil, timeout: .milliseconds(200), many)
            #expect(found == AdapterError(.interrupted, code: "arr.timeout"))
        }
    }

    @Test func `A receiver of another name or authority, and one that refuses our certificate, gets nothing`()
        async throws
    {
        try await TestCertificates.with { files in
            let refused = AdapterError(.unavailable, code: "arr.tls", retryAfter: .seconds(300))
            try await SyslogReceiver.with(tls: serverContext(files), .proper) { port, read in
                let unknown = ClientTLS(trust: .systemAuthorities)
                #expect(await error(port, unknown, many) == refused)
                #expect(await error(port, mutualTLS(files), host: "127.0.0.1", many) != nil)
                let anonymous = ClientTLS(trust: .authorities(file: files.authority))
                let found = await error(port, anonymous, many)
                #expect(["arr.tls", "arr.connection"].contains(found?.code))
                let expired = ClientTLS(
                    trust: .authorities(file: files.authority),
                    identity: .init(certificateChainFile: files.expiredCertificate, privateKeyFile: files.expiredKey))
                #expect(await error(port, expired, many) != nil)
                let gotNothing = read().allSatisfy { $0.isEmpty }
                #expect(gotNothing)
                var missing = mutualTLS(files)
                missing.identity?.privateKeyFile = "/nowhere"
                #expect(await error(port, missing, many) == AdapterError(.fault, code: "arr.tlsFile"))
            }
        }
    }

    @Test func `Nobody there is unavailable; nothing to send needs nobody`() async throws {
        let port = try await freePort()
        #expect(await error(port, nil, many) == AdapterError(.unavailable, code: "arr.connect"))
        #expect(await error(port, nil, []) == nil)
    }

    @Test func `A cancelled delivery ends at once and proves nothing`() async throws {
        try await SyslogReceiver.with(.keepsOpen) { port, read in
            let found = await withTaskGroup(of: AdapterError?.self) { group in
                group.addTask { await error(port, nil, many) }
                while read().first?.isEmpty != false { await Task.yield() }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(found?.code == "arr.connection")
        }
    }
}
