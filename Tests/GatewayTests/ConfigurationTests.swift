import Foundation
import Sealing
import Testing

@testable import Gateway

@Suite("Configuration")
struct ConfigurationTests {
    static let complete = """
        data: ./data
        keys: /etc/imaging-gateway/keys.yaml
        checkpoints: [{folder: /var/backups/checkpoints}]
        delivery: on
        assigners:
          hospital: {hl7: [HOSP], fhir: "urn:oid:1.2.3", dicom: [HOSP]}
        listeners:
          mllp: [{port: 2575, source: his}]
          fhir: {port: 8443, secretFile: secret}
          admin: {host: 127.0.0.1, port: 9090}
        sources:
          his: {mapping: ihe-rad, timeZone: "+01:00", defaultAssigner: hospital}
        ehr:
          fhir: {base: "http://127.0.0.1:8080/fhir", defaultAssigner: hospital}
        archives:
          - {name: pacs, base: "http://127.0.0.1:8042/dicom-web", defaultAssigner: hospital, settleTime: 5s}
        waiting: {firstPoll: 500ms, giveUpAfter: 30d}
        """

    private func failure(_ change: (String) -> String) -> ConfigurationError? {
        do {
            _ = try Configuration.parse(change(Self.complete), folder: "/srv")
            return nil
        } catch {
            return error
        }
    }

    @Test("A complete file is read; relative paths count from its folder")
    func complete() throws {
        let configuration = try Configuration.parse(Self.complete, folder: "/srv")
        #expect(configuration.data == "/srv/data")
        #expect(configuration.keys == "/etc/imaging-gateway/keys.yaml")
        #expect(configuration.delivery == .on)
        #expect(configuration.listeners.fhir?.secretFile == "/srv/secret")
        #expect(configuration.archives[0].settleTime == .seconds(5))
        #expect(configuration.waiting.firstPoll == .milliseconds(500))
        #expect(configuration.waiting.giveUpAfter == .seconds(30 * 86400))
        #expect(configuration.sources[0].processingID == "P")
    }

    @Test("Without a word about delivery a new installation starts in shadow")
    func shadow() throws {
        let text = Self.complete.replacingOccurrences(of: "delivery: on\n", with: "")
        #expect(try Configuration.parse(text, folder: "/srv").delivery == .shadow)
    }

    @Test("An unknown key is refused with its path")
    func unknownKey() {
        let error = failure { $0 + "\nretry: {maxAgee: 1h}" }
        #expect(error?.code == .unknownKey)
        #expect(error?.path == "retry.maxAgee")
    }

    @Test("A listener without TLS binds loopback only")
    func loopback() {
        let error = failure { $0.replacingOccurrences(of: "{port: 2575", with: "{host: 0.0.0.0, port: 2575") }
        #expect(error?.code == .unsafe)
        #expect(error?.path == "listeners.mllp[0].host")
    }

    @Test("The FHIR listener needs a secret or client certificates")
    func secret() {
        let error = failure { $0.replacingOccurrences(of: ", secretFile: secret", with: "") }
        #expect(error?.path == "listeners.fhir")
    }

    @Test(
        "Keys and checkpoints may not lie in the data folder", arguments: ["./data/keys.yaml", "/srv/data/keys.yaml"])
    func keysOutside(_ path: String) {
        let error = failure { $0.replacingOccurrences(of: "/etc/imaging-gateway/keys.yaml", with: path) }
        #expect(error?.code == .unsafe)
    }

    @Test("An assigner that is named must be defined")
    func assigner() {
        let error = failure {
            $0.replacingOccurrences(
                of: "dicom-web\", defaultAssigner: hospital", with: "dicom-web\", defaultAssigner: other")
        }
        #expect(error?.path == "archives[0].defaultAssigner")
    }

    @Test("Key files are read as they are written, and refuse what is damaged")
    func keyFile() throws {
        let ring = try KeyRingFixture.ring()
        let text = KeyFile.render(ring)
        #expect(try KeyFile.parse(text).exportedSecrets() == ring.exportedSecrets())
        #expect(throws: ConfigurationError.self) {
            try KeyFile.parse(text.replacingOccurrences(of: "index: ", with: "index: A"))
        }
    }
}
