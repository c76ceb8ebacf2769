import Foundation
import Testing

@testable import Gateway

@Suite("Configuration of HL7 v2")
struct HL7ConfigurationTests {
    private static let complete =
        ConfigurationTests.complete
        .replacingOccurrences(
            of: "{port: 2575, source: his}",
            with: "{port: 2575, source: his, release2: true, tls: {certificate: c.pem, key: k.pem, clientCA: ca.pem}}"
        )
        .replacingOccurrences(
            of: "secretFile: secret}",
            with: "secretFile: secret, tls: {certificate: c.pem, key: k.pem, clientCA: ca.pem}}"
        )
        .replacingOccurrences(
            of: "{mapping: ihe-rad, timeZone: \"+01:00\", defaultAssigner: hospital}",
            with: """
                {mapping: ihe-rad, timeZone: "+01:00", defaultAssigner: hospital, replyType: response, busy: reject,
                    certificates: [ris.example], applications: ["RIS^RAD", HIS],
                    acknowledgments: {host: ris.example, port: 2576, tls: {ca: ca.pem}}}
                  files: {mapping: default}
                """)
            + """

            results:
              - {name: wards, port: 2577, application: EHR, facility: HOSP, pictures: PNG, maxPictureBytes: 1000,
                 version: "2.4", processingID: T, characterSet: 8859/1, acknowledgment: commit}
            feeds: {http: [his], files: [{folder: spool, source: files, poll: 1s}]}
            orders: {afterDelivery: withdraw}
            limits: {hl7BodyBytes: 2048, feedFileBytes: 4096}
            """

    private func failure(_ change: (String) -> String) -> ConfigurationError? {
        do {
            _ = try Configuration.parse(change(Self.complete), folder: "/srv")
            return nil
        } catch {
            return error
        }
    }

    private func failure(_ old: String, _ new: String) -> ConfigurationError? {
        #expect(Self.complete.contains(old), "\(old)")
        return failure { $0.replacingOccurrences(of: old, with: new) }
    }

    @Test("Every key is read")
    func complete() throws {
        let configuration = try Configuration.parse(Self.complete, folder: "/srv")
        let source = configuration.sources[0]
        #expect(configuration.listeners.mllp[0].release2)
        #expect(source.replyType == .response && source.busy == .reject)
        #expect(source.certificates == ["ris.example"] && source.applications == ["RIS^RAD", "HIS"])
        #expect(source.acknowledgments?.endpoint == EndpointSection(host: "ris.example", port: 2576))
        #expect(source.acknowledgments?.tls?.ca == "/srv/ca.pem")
        let result = try #require(configuration.results.first)
        #expect(result.name == "wards" && result.address.endpoint == EndpointSection(host: "127.0.0.1", port: 2577))
        #expect(result.pictures == .png && result.maxPictureBytes == 1000 && result.acknowledgment == .commit)
        #expect(configuration.feeds.http == ["his"])
        #expect(
            configuration.feeds.files == [FileFeedSection(folder: "/srv/spool", source: "files", poll: .seconds(1))])
        #expect(configuration.orders.afterDelivery == .withdraw)
        #expect(configuration.limits.hl7BodyBytes == 2048 && configuration.limits.feedFileBytes == 4096)
    }

    @Test("Without these keys everything is as modest as before")
    func defaults() throws {
        let configuration = try Configuration.parse(ConfigurationTests.complete, folder: "/srv")
        let source = configuration.sources[0]
        #expect(source.replyType == .acknowledgment && source.busy == .close && source.acknowledgments == nil)
        #expect(source.certificates.isEmpty && source.applications.isEmpty)
        #expect(!configuration.listeners.mllp[0].release2)
        #expect(configuration.results.isEmpty && configuration.feeds == FeedsSection())
        #expect(configuration.orders.afterDelivery == .keep)
    }

    @Test("What contradicts itself is refused with its key")
    func contradictions() {
        #expect(failure("replyType: response", "replyType: ORR")?.path == "sources.his.replyType")
        #expect(failure("busy: reject", "busy: maybe")?.code == .invalidValue)
        #expect(failure("\"RIS^RAD\"", "\"RIS^RAD^X\"")?.path == "sources.his.applications")
        #expect(failure("afterDelivery: withdraw", "afterDelivery: delete")?.path == "orders.afterDelivery")
        #expect(failure("name: wards", "name: pacs")?.path == "results[0].name", "an archive has it")
        #expect(failure("name: wards, port: 2577", "name: wards")?.path == "results[0].port")
        #expect(failure("port: 2577", "port: 0")?.path == "results[0].port")
        #expect(failure("http: [his]", "http: [nobody]")?.path == "feeds.http[0]")
        #expect(failure("source: files, poll", "source: nobody, poll")?.path == "feeds.files[0].source")
        #expect(failure("release2: true", "release2: maybe")?.code == .wrongType)
    }

    @Test("Messages leave this machine by TLS only, and to an authority that is named")
    func plaintext() {
        let plain = failure("port: 2576, tls: {ca: ca.pem}", "port: 2576")
        #expect(plain?.code == .unsafe && plain?.path == "sources.his.acknowledgments.tls")
        #expect(
            failure("{ca: ca.pem}}", "{certificate: c.pem, key: k.pem}}")?.path == "sources.his.acknowledgments.tls.ca")
        #expect(
            failure("{ca: ca.pem}}", "{ca: ca.pem, key: k.pem}}")?.path
                == "sources.his.acknowledgments.tls.certificate")
        #expect(failure("name: wards, port", "name: wards, host: ehr.example, port")?.path == "results[0].tls")
    }

    @Test("A source that is bound to certificates demands one wherever its messages come in")
    func binding() {
        let tls = "{certificate: c.pem, key: k.pem, clientCA: ca.pem}"
        let without = "{certificate: c.pem, key: k.pem}"
        #expect(
            failure("release2: true, tls: \(tls)", "release2: true, tls: \(without)")?.path
                == "listeners.mllp[0].tls.clientCA")
        #expect(
            failure("secretFile: secret, tls: \(tls)", "secretFile: secret, tls: \(without)")?.path
                == "listeners.fhir.tls.clientCA")
        #expect(failure("source: files, poll", "source: his, poll")?.path == "sources.his.certificates")
    }

    @Test("A feed's folder and the data folder lie apart", arguments: ["./data", "./data/spool", "/", "."])
    func folder(_ path: String) {
        #expect(failure("folder: spool", "folder: \(path)")?.path == "feeds.files[0].folder")
    }
}
