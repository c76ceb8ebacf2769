import Foundation
import JSON
import Mapping
import Testing
import Workflow

@testable import Gateway

@Suite("Mapping folders: read as a whole, compared, replaced")
struct MappingFolderTests {
    private static let shipped =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/mappings"

    /// A copy of the shipped folder that the body may change.
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/mappings-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: Self.shipped, toPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func change(_ file: String, _ what: String, _ with: String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains(what))
        try text.replacingOccurrences(of: what, with: with).write(toFile: file, atomically: true, encoding: .utf8)
    }

    private func configuration(_ folder: String, mapping: String = "default") -> Configuration {
        Configuration(
            data: "", keys: "", mappings: folder, models: [], checkpoints: [], delivery: .shadow,
            assigners: [AssignerSection(name: "ris", hl7: ["RIS"], fhir: nil, dicom: [])],
            listeners: ListenersSection(mllp: [], fhir: nil, admin: nil),
            sources: [
                SourceSection(
                    name: "his", mapping: mapping, timeZone: "Z", characterSet: nil, defaultAssigner: "ris",
                    processingID: "P")
            ],
            ehr: EHRSection(
                base: "", auth: .none, tls: nil, defaultAssigner: nil, organization: nil, maxPictureBytes: 0),
            archives: [], waiting: WaitingSection(), retry: RetrySection(), limits: LimitsSection(), digest: "")
    }

    private func live(_ folder: String, mapping: String = "default") throws -> LiveMappings {
        let configuration = configuration(folder, mapping: mapping)
        return try LiveMappings(configuration, assigners: configuration.assignerDirectory())
    }

    @Test("A reload replaces all files at once; work that has begun keeps what it began with")
    func reload() async throws {
        try await withFolder { folder in
            let live = try live(folder)
            let before = live.current
            let version = try #require(before.sources["his"]?.mapping.version)
            try change("\(folder)/codes/modality.yaml", "XR: DX", "XR: CR")
            #expect(live.current.sources["his"]?.mapping.version == version)
            try live.reload()
            #expect(live.current.sources["his"]?.mapping.version != version)
            #expect(before.sources["his"]?.mapping.version == version)
            #expect(before.digests["codes/modality.yaml"] != live.current.digests["codes/modality.yaml"])
            #expect(before.digests["orders/default.yaml"] == live.current.digests["orders/default.yaml"])
        }
    }

    @Test("A broken file never replaces a good one, whichever it is, and is named")
    func broken() async throws {
        let breakages = [
            ("orders/default.yaml", "placerOrderNumber", "placerOrderNumbers"),
            ("routing/default.yaml", "rules:", "roules:"), ("codes/modality.yaml", "codes: {", "codes: [{"),
        ]
        for (file, what, with) in breakages {
            try await withFolder { folder in
                let live = try live(folder)
                let digests = live.current.digests
                try change("\(folder)/\(file)", what, with)
                do throws(ConfigurationError) {
                    try live.reload()
                    Issue.record("\(file) is read")
                } catch {
                    #expect(error.path == "mappings/\(file)" && error.explanation.contains("[mapping."))
                }
                #expect(live.current.digests == digests)
                try FileManager.default.removeItem(atPath: "\(folder)/\(file)")
                #expect(throws: ConfigurationError.self) { try live.reload() }
                #expect(live.current.digests == digests)
            }
        }
    }

    @Test("The version is of the files that a source uses, of no others")
    func version() async throws {
        try await withFolder { folder in
            let live = try live(folder, mapping: "../sites/small-site.yaml")
            let version = try #require(live.current.sources["his"]?.mapping.version)
            #expect(
                Set(live.current.digests.keys) == [
                    "sites/small-site.yaml", "orders/default.yaml", "codes/modality.yaml", "codes/body-part.yaml",
                    "codes/procedure-body-part.yaml", "routing/default.yaml",
                ])
            try change("\(folder)/sites/order-filler-style.yaml", "OBR-18", "OBR-20")
            try live.reload()
            #expect(live.current.sources["his"]?.mapping.version == version)
            try change("\(folder)/orders/default.yaml", "OBR-18", "OBR-20")
            try live.reload()
            #expect(live.current.sources["his"]?.mapping.version != version)
        }
    }

    @Test("An assigner that a mapping names must be configured; `map test` without a configuration takes any")
    func assigners() async throws {
        try await withFolder { folder in
            try change("\(folder)/sites/order-filler-style.yaml", "assigner: ris", "assigner: nobody")
            #expect(throws: ConfigurationError.self) { try live(folder, mapping: "sites/order-filler-style") }
            let trial = try MessageTrial(mappings: folder, mapping: "sites/order-filler-style.yaml")
            let sample = try Data(contentsOf: URL(filePath: "\(folder)/sites/examples/order-filler-style.hl7"))
            let reading = try await trial.run([UInt8](sample))
            #expect(reading.orders.map { $0.keys.first?.assigner } == ["nobody", "nobody"])
            #expect(reading.acknowledgment.isPositive)
        }
    }

    @Test("A comparison names what changes, without values unless they are asked for")
    func comparison() async throws {
        try await withFolder { folder in
            try change("\(folder)/orders/default.yaml", "[IPC-1, OBR-18]", "[OBR-20]")
            try change("\(folder)/orders/default.yaml", "patientName: PID-5", "patientName: PID-9")
            try change("\(folder)/routing/default.yaml", "[CR, DX]", "[CR]")
            let trials = (
                try MessageTrial(mappings: Self.shipped, mapping: "default"),
                try MessageTrial(mappings: folder, mapping: "default")
            )
            let messages = [
                "MSH|^~\\&|HIS|HOSP|GW|GW|20261121||ORM^O01|M1|P|2.3.1\rPID|1||4711^^^HOSP^MR||SECRET^SAM\r"
                    + "ORC|NW|P100^HIS|F100^RIS\rOBR|1|||XR1^XR Chest||||||||||||||ACC1||ACC2||||DX\r",
                "MSH|^~\\&|HIS|HOSP|GW|GW|20261121||ORU^R01|M2|P|2.3.1\rPID|1||4711^^^HOSP^MR\r",
            ]
            var comparison = MappingComparison()
            for (index, message) in messages.enumerated() {
                comparison.add(
                    try await trials.0.run(Array(message.utf8)), try await trials.1.run(Array(message.utf8)),
                    file: "f", message: index + 1)
            }
            #expect(comparison.messages == 2 && comparison.differences.map(\.message) == [1])
            #expect(
                comparison.counts == ["state": 1, "accessionNumber": 1, "patientName": 1, "routing": 1])
            let closed = String(decoding: comparison.json(showsValues: false).serialized(), as: UTF8.self)
            let open = String(decoding: comparison.json(showsValues: true).serialized(), as: UTF8.self)
            #expect(!closed.contains("ACC") && !closed.contains("SECRET") && closed.contains("OBR-20"))
            #expect(open.contains("ACC1") && open.contains("ACC2") && open.contains("SECRET"))
            var same = MappingComparison()
            same.add(
                try await trials.0.run(Array(messages[0].utf8)), try await trials.0.run(Array(messages[0].utf8)),
                file: "f", message: 1)
            #expect(!same.hasChanges)
        }
    }

    @Test("A check tells all mistakes of all files, and reads the sources of a configuration if one is given")
    func check() async throws {
        #expect(try MappingFolderCheck(folder: Self.shipped).findings == [])
        #expect(try MappingFolderCheck(folder: Self.shipped).files > 6)
        try await withFolder { folder in
            try change("\(folder)/sites/small-site.yaml", "sex:", "sexes:")
            try change("\(folder)/routing/default.yaml", "rules:", "rule:")
            let check = try MappingFolderCheck(folder: folder)
            #expect(check.hasErrors && Set(check.findings.map(\.file)).count == 2)
            #expect(check.findings.allSatisfy { !MappingFolderCheck.words($0).isEmpty })
        }
        #expect(throws: ConfigurationError.self) {
            try MappingFolderCheck(folder: Self.shipped, configuration: configuration("", mapping: "sites/none"))
        }
        #expect(throws: ConfigurationError.self) { try MappingFolderCheck(folder: "/nowhere") }
    }
}
