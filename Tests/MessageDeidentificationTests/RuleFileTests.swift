import Deidentification
import Foundation
import MessageDeidentification
import Sealing
import Testing

@Suite("Files of rules")
struct RuleFileTests {
    @Test("the rules in the program are those of mappings", arguments: ["hl7v2.yaml", "fhir.yaml"])
    func same(_ name: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let shipped = try Data(contentsOf: root.appendingPathComponent("mappings/deidentification/\(name)"))
        let built = try Data(
            contentsOf: root.appendingPathComponent("Sources/MessageDeidentification/Rules/\(name)"))
        #expect(shipped == built)
    }

    @Test("a word that is no action is refused with its place")
    func unknownAction() {
        let error = #expect(throws: MessageDeidentificationError.self) {
            try MessageRules(hl7v2: "version: 1\ncodingSystems: {LN: loinc}\nsegments:\n  MSH:\n    7: dates\n")
        }
        #expect(error?.code == .rulesInvalid)
        #expect(error?.place == "deidentification/hl7v2.yaml, segments.MSH.7, line 5")
    }

    @Test("what a file is refused for is named with file, key path and line, of each file")
    func places() throws {
        for (hl7v2, fhir, place) in [
            ("version: 1\nsegments: {}\n", nil, "deidentification/hl7v2.yaml, (root), line 1"),
            (
                "version: 1\ncodingSystems:\n  LN: lionc\nsegments: {}\n", nil,
                "deidentification/hl7v2.yaml, codingSystems.LN, line 3"
            ),
            ("version: 2\n", nil, "deidentification/hl7v2.yaml, version, line 1"),
            (
                nil, "version: 1\ncodeSystems: {}\ntypes:\n  code: kode\nelements: {}\n",
                "deidentification/fhir.yaml, types.code, line 4"
            ),
            (nil, "version: 1\nversion: 1\n", "deidentification/fhir.yaml"),
            (nil, "", "deidentification/fhir.yaml"),
        ] as [(String?, String?, String)] {
            let error = #expect(throws: MessageDeidentificationError.self) {
                try MessageRules(hl7v2: hl7v2, fhir: fhir)
            }
            #expect(error?.code == .rulesInvalid && error?.place == place, "\(error?.place ?? "")")
        }
    }

    @Test("the digest is of both files, whoever gave them")
    func digest() throws {
        let shipped = try MessageRules.shipped()
        let (hl7v2, fhir) = try (text("hl7v2.yaml"), text("fhir.yaml"))
        let each = [hl7v2, fhir].map { Digest.sha256(Array($0.utf8)).hex }
        #expect(shipped.digest == Digest.sha256(Array((each[0] + each[1]).utf8)).hex)
        #expect(try MessageRules().digest == shipped.digest)
        #expect(try MessageRules(hl7v2: hl7v2, fhir: fhir).digest == shipped.digest)
        let changed = try [MessageRules(hl7v2: hl7v2 + "\n"), MessageRules(fhir: fhir + "\n")].map(\.digest)
        #expect(Set(changed + [shipped.digest]).count == 3)
    }

    private func text(_ name: String) throws -> String {
        try String(
            contentsOf: Shipped.root.appendingPathComponent("mappings/deidentification/\(name)"), encoding: .utf8)
    }

    @Test("a list of one code is a list, and not the word of a form")
    func listOfOne() throws {
        let systems = "AMBX: [AMB]\n  URIX: [uri]\n  LOINCX: [loinc]\n  NONE: []\n  LN: loinc"
        let rules = try MessageRules(
            hl7v2:
                "version: 1\ncodingSystems:\n  \(systems)\nsegments:\n  MSH: {9: code, 12: code}\n  OBR: {4: concept}\n"
        )
        let deidentifier = try MessageDeidentifier(profile: .classifier(), pseudonyms: Make.pseudonyms(), rules: rules)
        for (concept, kept) in [
            ("AMB^^AMBX", "AMB"), ("EMER^^AMBX", nil), ("uri^^URIX", "uri"), ("1.2.840.10008.1.1^^URIX", nil),
            ("loinc^^LOINCX", "loinc"), ("8867-4^^LOINCX", nil), ("X^^NONE", nil), ("8867-4^^LN", "8867-4"),
        ] as [(String, String?)] {
            let message = "MSH|^~\\&|||||20240101||ORU^R01^ORU_R01|1|P|2.5.1\rOBR|1|||\(concept)\r"
            let result = try deidentifier.deidentify(hl7: Array(message.utf8))
            #expect(try MessageTests.value("OBR-4.1", of: result.bytes) == kept, "\(concept)")
        }
    }

    @Test("a site's own table decides")
    func ownTable() throws {
        let rules = try MessageRules(
            hl7v2: "version: 1\ncodingSystems: {LN: loinc}\nsegments:\n  MSH:\n    9: code\n    12: code\n")
        let deidentifier = try MessageDeidentifier(
            profile: .classifier(), pseudonyms: Make.pseudonyms(), rules: rules)
        let result = try deidentifier.deidentify(hl7: Array(MessageTests.order.utf8))
        #expect(String(decoding: result.bytes, as: UTF8.self).split(separator: "\r").count == 1)
    }

    @Test("what a site's own table removes is looked for too", arguments: ["", "  PID: {3: remove, 5: remove}\n"])
    func lookedFor(_ patient: String) throws {
        let rules = try MessageRules(
            hl7v2:
                "version: 1\ncodingSystems: {LN: loinc}\nsegments:\n  MSH: {9: code, 12: code}\n  OBX: {2: code, 5: observation}\n"
                + patient)
        let deidentifier = try MessageDeidentifier(profile: .classifier(), pseudonyms: Make.pseudonyms(), rules: rules)
        for (number, isRefused) in [("665544", true), ("665545", false)] {
            let message = "MSH|^~\\&|||||20240101||ORU^R01|1|P|2.5.1\rPID|1||665544^^^HOSP||X\rOBX|1|NM|||\(number)\r"
            let refused = (try? deidentifier.deidentify(hl7: Array(message.utf8))) == nil
            #expect(refused == isRefused)
        }
    }
}
