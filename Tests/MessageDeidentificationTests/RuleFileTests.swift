import Deidentification
import Foundation
import MessageDeidentification
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

    @Test("a site's own table decides")
    func ownTable() throws {
        let rules = try MessageRules(
            hl7v2: "version: 1\ncodingSystems: {LN: loinc}\nsegments:\n  MSH:\n    9: code\n    12: code\n")
        let deidentifier = try MessageDeidentifier(
            profile: .classifier(), pseudonyms: Make.pseudonyms(), rules: rules)
        let result = try deidentifier.deidentify(hl7: Array(MessageTests.order.utf8))
        #expect(String(decoding: result.bytes, as: UTF8.self).split(separator: "\r").count == 1)
    }
}
