import NIOSSL
import OutboundHTTP
import Testing
import Workflow

@Suite("TLS of the guarded client", .timeLimit(.minutes(1)))
struct TLSTests {
    private func server(_ files: TestCertificates, mutual: Bool = false) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(files.serverCertificate).map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = NIOSSLPrivateKeySource.privateKey(try NIOSSLPrivateKey(file: files.serverKey, format: .pem))
        let configuration =
            mutual
            ? TLSConfiguration.makeServerConfigurationWithMTLS(
                certificateChain: chain, privateKey: key, trustRoots: .file(files.authority))
            : TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        return try NIOSSLContext(configuration: configuration)
    }

    private func status(_ base: String, _ tls: ClientTLS) async throws -> Result<Int, AdapterError> {
        try await withClient(Peer(name: "peer", base: base, tls: tls)) { client in
            do throws(AdapterError) {
                return .success(try await client.send(OutboundRequest(.get, .root)).head.status)
            } catch {
                return .failure(error)
            }
        }
    }

    private let failure = AdapterError(.unavailable, code: "peer.tls", retryAfter: .seconds(300))

    @Test("A server of the configured authority is believed, under its own name only")
    func trust() async throws {
        try await TestCertificates.with { files in
            try await TestServer.with(tls: server(files)) { _ in
                .answer(204)
            } body: { server in
                let tls = ClientTLS(trust: .authorities(file: files.authority))
                let named = try await status("https://localhost:\(server.port)", tls)
                #expect(named == .success(204))
                let misnamed = try await status("https://127.0.0.1:\(server.port)", tls)
                #expect(misnamed == .failure(failure))
                let system = ClientTLS(trust: .systemAuthorities)
                let unknown = try await status("https://localhost:\(server.port)", system)
                #expect(unknown == .failure(failure))
            }
        }
    }

    @Test("A server that demands a client certificate gets the configured one")
    func mutual() async throws {
        try await TestCertificates.with { files in
            try await TestServer.with(tls: server(files, mutual: true)) { _ in
                .answer(204)
            } body: { server in
                let identity = ClientTLS.Identity(
                    certificateChainFile: files.clientCertificate, privateKeyFile: files.clientKey)
                let trust = ClientTLS.Trust.authorities(file: files.authority)
                let base = "https://localhost:\(server.port)"
                let identified = try await status(base, ClientTLS(trust: trust, identity: identity))
                #expect(identified == .success(204))
                guard case .failure = try await status(base, ClientTLS(trust: trust)) else {
                    Issue.record("a client without certificate was served")
                    return
                }
            }
        }
    }

    @Test("A missing file is an error of configuration")
    func missingFile() async throws {
        let peer = try Peer(
            name: "peer", base: "https://localhost", tls: ClientTLS(trust: .authorities(file: "/nowhere/ca.pem")))
        #expect(throws: OutboundHTTPError(code: .tlsFile, peer: "peer")) { try OutboundClient(peer: peer) }
    }

    @Test("A probe tells apart why there is no connection")
    func probe() async throws {
        func failure(_ base: String, _ tls: ClientTLS? = nil, now: Int64) async throws -> ConnectionReport.Failure? {
            await (try Peer(name: "peer", base: base, tls: tls)).probe(timeout: .seconds(2), now: now).failure
        }
        try await TestCertificates.with { files in
            try await TestServer.with(tls: server(files)) { _ in
                .answer(204)
            } body: { server in
                let now =
                    try NIOSSLCertificate.fromPEMFile(files.serverCertificate).map { Int64($0.notValidBefore) }[0] + 60
                let tls = ClientTLS(trust: .authorities(file: files.authority))
                let named = "https://localhost:\(server.port)"
                #expect(try await failure(named, tls, now: now) == nil)
                #expect(try await failure("https://127.0.0.1:\(server.port)", tls, now: now) == .otherName)
                let stranger = ClientTLS(trust: .systemAuthorities)
                #expect(try await failure(named, stranger, now: now) == .authority)
                #expect(try await failure(named, stranger, now: now + 400 * 86_400) == .expired)
                #expect(try await failure(named, stranger, now: now - 86_400) == .notYetValid)
                let missing = ClientTLS(trust: .authorities(file: files.authority + ".none"))
                #expect(try await failure(named, missing, now: now) == .tlsFile)
            }
            try await TestServer.with(tls: nil) { _ in
                .answer(204)
            } body: { server in
                let tls = ClientTLS(trust: .authorities(file: files.authority))
                let overTLS = try await failure("https://localhost:\(server.port)", tls, now: 0)
                let plain = try await failure("http://localhost:\(server.port)", now: 0)
                // It waits for the rest of what it takes for a request.
                #expect(overTLS == .timeout && plain == nil)
            }
        }
        let nobody = try await freePort()
        #expect(try await failure("http://127.0.0.1:\(nobody)", now: 0) == .refused)
    }

    @Test("An inquiry answers with a refusal and with the peer's clock")
    func inquiry() async throws {
        try await TestServer.with(tls: nil) { _ in
            .answer(401)
        } body: { server in
            let peer = try Peer(name: "peer", base: "http://127.0.0.1:\(server.port)")
            let inquiry = try await withClient(peer) { client in try await client.inquire(OutboundRequest(.get, .root))
            }
            #expect(inquiry.answer.head.status == 401 && inquiry.refusal?.code == "peer.http.401")
        }
    }
}
