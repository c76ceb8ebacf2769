import MerkleLog
import Persistence
import Testing
import Workflow

@testable import Gateway

@Suite("Parts of the running program")
struct ServicesTests {
    // MARK: - SharedSecret

    @Test("The secret matches as a bearer token and in no other form")
    func secret() throws {
        let folder = try TemporaryFolder()
        let secret = try SharedSecret(file: folder.file("secret", "a-secret-of-24-characters\n"), at: "x")
        #expect(secret.matches(authorization: "Bearer a-secret-of-24-characters"))
        for other in [
            "a-secret-of-24-characters", "bearer a-secret-of-24-characters", "Bearer a-secret-of-24-character", "", nil,
        ] {
            #expect(!secret.matches(authorization: other), "\(other ?? "nothing")")
        }
    }

    @Test("A secret that is short, missing or readable by others is refused")
    func badSecret() throws {
        let folder = try TemporaryFolder()
        func code(_ file: String) -> ConfigurationError.Code? {
            do throws(ConfigurationError) {
                _ = try SharedSecret(file: file, at: "listeners.fhir.secretFile")
                return nil
            } catch {
                #expect(error.path == "listeners.fhir.secretFile")
                return error.code
            }
        }
        #expect(code(try folder.file("short", "fifteen-letters")) == .unsafe)
        #expect(code(try folder.file("open", "a-secret-of-24-characters", mode: 0o640)) == .unsafe)
        #expect(code(folder.path + "/none") == .fileMissing)
        #expect(code(try folder.file("good", "sixteen--letters")) == nil)
    }

    // MARK: - PublicKeyFile

    @Test("The public key is placed once, and a folder with another log's key is refused")
    func publicKey() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/checkpoints"
        let key = try KeyRingFixture.ring().checkpointKey().verifier
        try PublicKeyFile.place(key, in: path)
        try PublicKeyFile.place(key, in: path)
        #expect(try PublicKeyFile.read("\(path)/\(PublicKeyFile.name)") == key)
        let other = try KeyRingFixture.ring().checkpointKey().verifier
        #expect(throws: ConfigurationError.self) { try PublicKeyFile.place(other, in: path) }
        #expect(try PublicKeyFile.read("\(path)/\(PublicKeyFile.name)") == key)
    }

    @Test("No file is no key; a file that is none is an error")
    func publicKeyFile() throws {
        let folder = try TemporaryFolder()
        #expect(try PublicKeyFile.read(folder.path + "/none") == nil)
        let file = try folder.file("bad.vkey", "no key at all\n")
        #expect(throws: ConfigurationError.self) { try PublicKeyFile.read(file) }
    }

    // MARK: - WorkSignal

    @Test("A signal reaches every loop, also one that is busy and listens later")
    func signal() async {
        let signal = WorkSignal()
        var (one, other) = (signal.subscribe().makeAsyncIterator(), signal.subscribe().makeAsyncIterator())
        signal.notify()
        #expect(await one.next() != nil)
        signal.notify()
        #expect(await one.next() != nil)
        #expect(await other.next() != nil)
    }

    // MARK: - Metrics

    @Test("Counters count by label; gauges are set; each family has its help and type once")
    func metrics() {
        let metrics = Metrics()
        metrics.count(.messages, label: "order")
        metrics.count(.messages, label: "order")
        metrics.count(.messages, label: "AR")
        metrics.set(.peerUp, label: "ehr", to: 1)
        metrics.set(.peerUp, label: "ehr", to: 0)
        let lines = metrics.render(nil).split(separator: "\n").map(String.init)
        #expect(lines.contains(#"imaging_gateway_messages_total{outcome="order"} 2"#))
        #expect(lines.contains(#"imaging_gateway_messages_total{outcome="AR"} 1"#))
        #expect(lines.contains(#"imaging_gateway_peer_up{peer="ehr"} 0"#))
        #expect(lines.contains("imaging_gateway_store_readable 0"))
        for name in Metrics.Name.allCases {
            #expect(lines.filter { $0.hasPrefix("# TYPE \(name.rawValue) ") }.count == 1)
            #expect(lines.filter { $0.hasPrefix("# HELP \(name.rawValue) ") }.count == 1)
        }
    }

    @Test("The store's counts are shown by state, zeros too")
    func counts() {
        let text = Metrics().render(StoreCounts(orders: [.parked: 3], outbox: [.held: 2], leaves: 41))
        #expect(text.contains("imaging_gateway_orders{state=\"parked\"} 3\n"))
        #expect(text.contains("imaging_gateway_orders{state=\"composed\"} 0\n"))
        #expect(text.contains("imaging_gateway_outbox{state=\"held\"} 2\n"))
        #expect(text.contains("imaging_gateway_audit_leaves 41\n"))
        #expect(text.contains("imaging_gateway_store_readable 1\n"))
        #expect(text.hasSuffix("\n"))
    }
}
