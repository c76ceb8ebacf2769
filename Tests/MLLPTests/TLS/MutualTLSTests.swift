import MLLP
import NIOSSL
import Synchronization
import Testing

@Suite("MLLP over TLS (IHE ITI-19)", .timeLimit(.minutes(1)))
struct MutualTLSTests {
    private func client(_ files: TestCertificates, withIdentity: Bool) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(files.authority)
        if withIdentity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(files.clientCertificate).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: files.clientKey, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private func configuration(_ files: TestCertificates) -> ListenerConfiguration {
        ListenerConfiguration(
            port: 0,
            tls: ListenerTLS(
                certificateChainFile: files.serverCertificate, privateKeyFile: files.serverKey,
                clientAuthoritiesFile: files.authority))
    }

    @Test("A client with a certificate is served, and the gateway learns whose it is")
    func served() async throws {
        try await TestCertificates.with { files in
            let seen = Mutex<PeerCertificate?>(nil)
            _ = try await withListener(
                configuration(files),
                onFrame: { frame in
                    seen.withLock { $0 = frame.connection.certificate }
                    return .reply(frame.bytes)
                }
            ) { port, _ in
                let client = try await TestClient.connect(port: port, tls: client(files, withIdentity: true))
                #expect(try await client.exchange(frame("one"), replies: 1) == frame("one"))
            }
            let certificate = try #require(seen.withLock { $0 })
            #expect(certificate.commonName == "client.example")
            #expect(certificate.dnsNames == ["his.example"])
            #expect(certificate.der.first == 0x30)
        }
    }

    @Test("A client without a certificate is refused, which is reported")
    func refused() async throws {
        try await TestCertificates.with { files in
            let (reasons, reported) = AsyncStream.makeStream(of: RefusedBytes.Reason.self)
            let counters = try await withListener(
                configuration(files), onFrame: { .reply($0.bytes) },
                onRefused: { refused in reported.yield(refused.reason) }
            ) { port, _ in
                let client = try await TestClient.connect(port: port, tls: client(files, withIdentity: false))
                let received = (try? await client.exchange(frame("one"), replies: 1)) ?? []
                #expect(received.isEmpty)
                // The client may see the end before the listener has told of it.
                var first = reasons.makeAsyncIterator()
                #expect(await first.next() == .handshakeFailed)
            }
            #expect(counters.frames == 0)
        }
    }

    @Test("Plaintext to a TLS listener gets no answer")
    func plaintext() async throws {
        try await TestCertificates.with { files in
            let counters = try await withListener(configuration(files), onFrame: { .reply($0.bytes) }) { port, _ in
                let client = try await TestClient.connect(port: port)
                let received = (try? await client.exchange(frame("one"), replies: 1)) ?? []
                #expect(!received.contains(0x0B))
            }
            #expect(counters.frames == 0)
        }
    }
}
