import Foundation
import MLLP
import NIOCore
import NIOSSL
import Synchronization
import Testing

@Suite("MLLP over TLS (IHE ITI-19)", .timeLimit(.minutes(1)))
struct MutualTLSTests {
    private func configuration(_ files: TestCertificates) -> ListenerConfiguration {
        ListenerConfiguration(port: 0, tls: files.mutual)
    }

    private func client(_ files: TestCertificates, withIdentity: Bool) throws -> NIOSSLContext {
        try files.client(withIdentity ? (files.clientCertificate, files.clientKey) : nil)
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

    @Test(
        "A client without a certificate, with one of another authority or with an expired one is refused, and reported",
        arguments: ["none", "foreign", "expired"])
    func refused(identity: String) async throws {
        try await TestCertificates.with { files in
            try await TestCertificates.with { foreign in
                let chosen: (String, String)? =
                    switch identity {
                    case "foreign": (foreign.clientCertificate, foreign.clientKey)
                    case "expired": (files.expiredCertificate, files.expiredKey)
                    default: nil
                    }
                let refusal = try await refusal(files) { port in
                    let client = try await TestClient.connect(port: port, tls: files.client(chosen))
                    #expect(((try? await client.exchange(frame("one"), replies: 1)) ?? []).isEmpty)
                }
                #expect(refusal?.reason == .tls && refusal?.bytes == [] && refusal?.endsConnection == true)
                #expect(refusal?.connection == ConnectionIdentity(remoteAddress: "127.0.0.1"))
                let word = identity == "none" ? "PEER_DID_NOT_RETURN_A_CERTIFICATE" : "CERTIFICATE_VERIFY_FAILED"
                #expect(refusal?.detail == word)
            }
        }
    }

    @Test("Plaintext to a TLS listener gets no answer, and is reported")
    func plaintext() async throws {
        try await TestCertificates.with { files in
            let refusal = try await refusal(files) { port in
                let client = try await TestClient.connect(port: port)
                let received = (try? await client.exchange(frame("one"), replies: 1)) ?? []
                #expect(!received.contains(0x0B))
            }
            #expect(refusal?.reason == .tls && refusal?.detail == "WRONG_VERSION_NUMBER")
        }
    }

    @Test("TLS 1.2 and 1.3 are taken, 1.1 is refused", arguments: [TLSVersion.tlsv11, .tlsv12, .tlsv13])
    func versions(version: TLSVersion) async throws {
        try await TestCertificates.with { files in
            let identity = (files.clientCertificate, files.clientKey)
            let counters = try await withListener(configuration(files), onFrame: { .reply($0.bytes) }) { port, _ in
                let tls = try files.client(identity, version: version)
                let client = try await TestClient.connect(port: port, tls: tls)
                let received = (try? await client.exchange(frame("one"), replies: 1)) ?? []
                #expect(received == (version == .tlsv11 ? [] : frame("one")))
            }
            #expect(counters.frames == (version == .tlsv11 ? 0 : 1))
        }
    }

    @Test("New files are used by the next handshake, and the connections that are open go on")
    func reload() async throws {
        try await TestCertificates.with { files in
            _ = try await withListener(configuration(files), onFrame: { .reply($0.bytes) }) { port, listener in
                let first = try await TestClient.connect(port: port, tls: client(files, withIdentity: true))
                #expect(try await first.exchange(frame("one"), replies: 1, keepOpen: true) == frame("one"))
                let old = try await first.serverCertificate()
                try put(read(files.renewedCertificate), at: files.serverCertificate)
                try put(read(files.renewedKey), at: files.serverKey)
                try listener.reloadTLS()
                #expect(try await first.exchange(frame("two"), replies: 1, keepOpen: true) == frame("two"))
                let second = try await TestClient.connect(port: port, tls: client(files, withIdentity: true))
                #expect(try await second.exchange(frame("three"), replies: 1, keepOpen: true) == frame("three"))
                #expect(try await second.serverCertificate() != old)
                await first.close()
                await second.close()
            }
        }
    }

    @Test("A missing, a broken and a foreign file are told, and the old ones stay in use")
    func brokenReload() async throws {
        try await TestCertificates.with { files in
            _ = try await withListener(configuration(files), onFrame: { .reply($0.bytes) }) { port, listener in
                let (certificate, key) = (try read(files.serverCertificate), try read(files.serverKey))
                let authority = try read(files.authority)
                for (newCertificate, newKey, newAuthority) in [
                    (nil, key, authority), (key, key, authority), (certificate, nil, authority),
                    (try read(files.renewedCertificate), key, authority), (certificate, key, nil),
                    (certificate, key, Data()), (Data(), key, authority),
                ] {
                    try put(newCertificate, at: files.serverCertificate)
                    try put(newKey, at: files.serverKey)
                    try put(newAuthority, at: files.authority)
                    #expect(throws: MLLPError(code: .tlsFile)) { try listener.reloadTLS() }
                }
                try put(authority, at: files.authority)
                let client = try await TestClient.connect(port: port, tls: client(files, withIdentity: true))
                #expect(try await client.exchange(frame("one"), replies: 1) == frame("one"))
            }
        }
    }

    @Test("A listener with a broken file does not begin")
    func brokenStart() async throws {
        let tls = ListenerTLS(certificateChainFile: "/nowhere", privateKeyFile: "/nowhere")
        let listener = MLLPListener(configuration: ListenerConfiguration(port: 0, tls: tls), onFrame: { _ in .none })
        await #expect(throws: MLLPError(code: .tlsFile)) { try await listener.run() }
    }

    /// What the listener reports first while `body` runs.
    private func refusal(
        _ files: TestCertificates, body: (_ port: Int) async throws -> Void
    ) async throws -> RefusedBytes? {
        let (refusals, reported) = AsyncStream.makeStream(of: RefusedBytes.self)
        let first = Mutex<RefusedBytes?>(nil)
        let counters = try await withListener(
            configuration(files), onFrame: { .reply($0.bytes) }, onRefused: { reported.yield($0) }
        ) { port, _ in
            try await body(port)
            // The client may see the end before the listener has told of it.
            var all = refusals.makeAsyncIterator()
            let refusal = await all.next()
            first.withLock { $0 = refusal }
        }
        #expect(counters.frames == 0 && counters.refusals == [.tls: 1])
        return first.withLock { $0 }
    }
}

extension TestCertificates {
    /// A client's side of TLS; as old as TLS 1.0 where that is asked for.
    fileprivate func client(
        _ identity: (certificate: String, key: String)?, version: TLSVersion? = nil
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(authority)
        if let version {
            configuration.minimumTLSVersion = version
            configuration.maximumTLSVersion = version
        }
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.certificate).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}

private func read(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

/// Nil leaves no file there.
private func put(_ content: Data?, at path: String) throws {
    try? FileManager.default.removeItem(atPath: path)
    try content?.write(to: URL(filePath: path))
}

extension TestClient {
    fileprivate func serverCertificate() async throws -> [UInt8] {
        let certificate = try await channel.nioSSL_peerCertificate().get()
        return try #require(certificate).toDERBytes()
    }
}
