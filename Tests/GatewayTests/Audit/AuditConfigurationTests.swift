import Foundation
import Persistence
import Testing

@testable import Gateway

@Suite("The audit sections of the configuration")
struct AuditConfigurationTests {
    private static let key = "witness.example+1f2e3d4c+BAAA"

    private func parse(_ checkpoints: String? = nil, _ more: String = "") throws(ConfigurationError) -> Configuration {
        var text = ConfigurationTests.complete
        if let checkpoints {
            text = text.replacingOccurrences(
                of: "checkpoints: [{folder: /var/backups/checkpoints}]", with: "checkpoints: \(checkpoints)")
        }
        return try Configuration.parse("\(text)\n\(more)\n", folder: "/srv")
    }

    private func problem(_ checkpoints: String? = nil, _ more: String = "") -> (ConfigurationError.Code, String)? {
        do throws(ConfigurationError) {
            _ = try parse(checkpoints, more)
            return nil
        } catch {
            return (error.code, error.path)
        }
    }

    @Test func `each kind of place is read, and named by kind and number`() throws {
        let configuration = try parse(
            """

              - {folder: ./outside}
              - https: {url: "https://store.example/log", tls: {ca: ca.pem}}
              - name: siem
                syslog: {host: 127.0.0.1, port: 6514, bom: false}
              - witness: {url: "http://127.0.0.1:9", key: "\(Self.key)"}
              - timestamps: {url: "http://tsa.example", ca: tsa.pem}
            """)
        #expect(configuration.checkpoints.map(\.name) == ["folder1", "https2", "siem", "witness4", "timestamps5"])
        #expect(configuration.checkpoints.map(\.kind) == ["folder", "https", "syslog", "witness", "timestamps"])
        #expect(configuration.checkpoints[0].folder == "/srv/outside")
        #expect(configuration.checkpointFolders.map(\.path) == ["/srv/outside"])
        #expect(
            configuration.checkpoints[3].place == .witness(HTTPPlaceSection(url: "http://127.0.0.1:9"), key: Self.key))
        #expect(
            configuration.checkpoints[2].place
                == .syslog(SyslogSection(endpoint: EndpointSection(host: "127.0.0.1", port: 6514), bom: false)))
    }

    @Test(
        "What cannot stand at a place is refused with its key",
        arguments: [
            ("[{folder: ./x, https: {url: \"https://a\"}}]", ConfigurationError.Code.invalidValue, "checkpoints[0]"),
            ("[{name: a}]", .missingKey, "checkpoints[0]"),
            ("[{witness: {url: \"http://127.0.0.1:9\"}}]", .missingKey, "checkpoints[0].witness.key"),
            ("[{timestamps: {url: \"http://t\"}}]", .missingKey, "checkpoints[0].timestamps.ca"),
            ("[{syslog: {host: siem.example, port: 6514}}]", .unsafe, "checkpoints[0].syslog.tls"),
            ("[{folder: a}, {name: folder1, folder: b}]", .invalidValue, "checkpoints[1].name"),
            ("[{folder: a, to: b}]", .unknownKey, "checkpoints[0].to"),
        ])
    func badPlaces(_ text: String, _ code: ConfigurationError.Code, _ path: String) {
        let found = problem(text)
        #expect(found?.0 == code)
        #expect(found?.1 == path)
    }

    @Test func `feeds are read with what they are sent to`() throws {
        let configuration = try parse(
            nil,
            """
            auditFeeds:
              - {name: arr, from: now, syslog: {host: arr.example, port: 6514, tls: {ca: ca.pem}}}
              - {name: fhir-arr, fhir: {base: "https://arr.example/fhir", tls: {ca: ca.pem}}}
            """)
        #expect(configuration.auditFeeds.map(\.name) == ["arr", "fhir-arr"])
        #expect(configuration.auditFeeds.map(\.start) == [.now, .beginning])
        let found = problem(nil, "auditFeeds: [{name: ehr, syslog: {host: 127.0.0.1, port: 1}}]")
        #expect(found?.1 == "auditFeeds[0].name", "the name of another peer")
    }

    @Test func `six years, no site and no stop are the defaults of audit`() throws {
        let audit = try parse().audit
        #expect(audit == AuditSection())
        #expect(audit.retention == .seconds(2192 * 86_400))
        let set = try parse(
            nil, "audit: {site: North, retention: 3650d, stopWithoutCheckpoint: {records: 5, after: 1h}}"
        )
        .audit
        #expect(set.site == "North")
        #expect(set.retention == .seconds(3650 * 86_400))
        #expect(set.mostRecordsWithoutCheckpoint == 5)
        #expect(set.longestWithoutCheckpoint == .seconds(3600))
        #expect(problem("[]", "audit: {stopWithoutCheckpoint: {records: 5}}")?.1 == "checkpoints")
        #expect(problem(nil, "audit: {retention: 5m}")?.1 == "audit.retention")
    }

    @Test func `an auditor needs a way to be known that is not the EHR's secret`() throws {
        let auditors = try parse(nil, "auditors: [{name: anna, secretFile: ./anna.secret}]").auditors
        #expect(auditors == [AuditorSection(name: "anna", secretFile: "/srv/anna.secret")])
        #expect(problem(nil, "auditors: [{name: anna}]")?.1 == "auditors[0].certificates")
        #expect(
            problem(nil, "auditors: [{name: anna, certificates: [anna]}]")?.1 == "listeners.fhir.tls.clientCA")
    }

    @Test func `access names users; a list that is absent is not one that is empty`() throws {
        #expect(try parse().access == AccessSection())
        #expect(try parse(nil, "access: {operators: []}").access == AccessSection(operators: []))
        let access = try parse(nil, "access: {operators: [ops], auditors: [anna, ben]}").access
        #expect(access == AccessSection(operators: ["ops"], auditors: ["anna", "ben"]))
    }
}
