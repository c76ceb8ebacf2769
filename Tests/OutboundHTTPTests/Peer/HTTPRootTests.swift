import OutboundHTTP
import Testing

@Suite("A configured root is the only place requests go to")
struct HTTPRootTests {
    @Test(
        "Only an absolute http or https URL without user, query, fragment and dot segments is a root",
        arguments: [
            "ftp://a/b", "http://", "http://user@host/", "http://host?x", "http://host/#f", "http://host/../x",
            "http://host/%2e%2E/x", "http://host/a//b", "http://host:0", "http://host:65536", "http://host:+80",
            "http://ho st/", "http://host/a\\b", "//host/x", "host/x", "", "http://[::1", "http://[x]/", "file:///etc",
            "http://host/%2fx",
        ])
    func refused(text: String) {
        #expect(HTTPRoot(text) == nil)
    }

    @Test("Loopback is a literal of this machine and nothing that resolves to it")
    func loopback() throws {
        for base in ["http://127.0.0.1:80", "http://localhost/a", "http://[::1]:8080/fhir", "http://127.9.8.7"] {
            #expect(try #require(HTTPRoot(base)).isLoopback)
        }
        for base in [
            "http://127.0.0.1.example.org", "http://localhost.example", "http://10.0.0.1", "http://127.0.0.300",
        ] {
            #expect(try #require(HTTPRoot(base)).isLoopback == false)
        }
    }

    @Test("Plain http leaves the machine only when that is allowed by name")
    func plaintext() throws {
        #expect(throws: OutboundHTTPError(code: .plaintextNotAllowed, peer: "ehr")) {
            try Peer(name: "ehr", base: "http://ehr.example/fhir")
        }
        #expect(throws: OutboundHTTPError(code: .missingTrust, peer: "ehr")) {
            try Peer(name: "ehr", base: "https://ehr.example/fhir")
        }
        #expect(throws: OutboundHTTPError(code: .invalidBase, peer: "ehr")) { try Peer(name: "ehr", base: "x") }
        _ = try Peer(name: "ehr", base: "http://ehr.example/fhir", allowPlaintext: true)
        _ = try Peer(name: "ehr", base: "http://127.0.0.1/fhir")
    }

    @Test(
        "A peer's link becomes a path under the root, whatever host it names",
        arguments: [
            ("https://other.example/fhir/Patient?_page=2", "/Patient", "_page=2"),
            ("/fhir/Patient?_page=2", "/Patient", "_page=2"),
            ("Patient?_page=2", "/Patient", "_page=2"),
            ("http://h/fhir?_getpages=a%7Cb&x=1", "", "_getpages=a%7Cb&x=1"),
            ("?_getpages=1", "", "_getpages=1"),
            ("http://h/fhir/", "", nil),
        ] as [(String, String, String?)])
    func rebased(link: String, path: String, query: String?) throws {
        let root = try #require(HTTPRoot("http://127.0.0.1:8080/fhir/"))
        let rebased = try #require(root.path(rebasing: link))
        #expect(rebased.encodedPath == path)
        #expect(rebased.encodedQuery == query)
    }

    @Test(
        "A link that leaves the root is refused",
        arguments: [
            "http://h/other/Patient", "/fhirx/Patient", "/fhir/../admin", "/fhir/%2e%2e/admin", "//evil/fhir/Patient",
            "file:///fhir/x", "javascript:fhir", "http://u:p@h/fhir/x", "/fhir/a#b", "/fhir//x", "/fhir/a b", "../x",
            "/fhir/a\r\nHost: evil",
        ])
    func outside(link: String) throws {
        let root = try #require(HTTPRoot("http://127.0.0.1:8080/fhir"))
        #expect(root.path(rebasing: link) == nil)
    }

    @Test("No mutated link gets out of the root", arguments: [11, 12] as [UInt64])
    func fuzz(seed: UInt64) throws {
        print("HTTPRoot fuzz seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let root = try #require(HTTPRoot("http://127.0.0.1:8080/fhir"))
        let pieces = [
            "http://", "https://", "evil.example", "/fhir", "/", "..", ".", "%2e", "%2F", "?", "#", "@", ":", "\\", "a",
            "//", "%5c", "\r\n", "Patient", " ", "[::1]",
        ]
        for _ in 0..<10_000 {
            let link = (0..<Int.random(in: 1...9, using: &generator)).compactMap { _ in
                pieces.randomElement(using: &generator)
            }.joined()
            guard let path = root.path(rebasing: link) else { continue }
            let segments = path.encodedPath.lowercased().replacing("%2e", with: ".").split(separator: "/")
            #expect(!segments.contains("..") && !segments.contains("."), "seed \(seed) link \(link)")
            #expect(path.encodedPath.isEmpty || path.encodedPath.hasPrefix("/"), "seed \(seed) link \(link)")
            #expect(!path.encodedPath.contains("//") && !path.encodedPath.contains("\r"), "seed \(seed) link \(link)")
        }
    }
}
