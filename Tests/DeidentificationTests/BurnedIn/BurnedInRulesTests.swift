import DICOM
import Foundation
import Testing

@testable import Deidentification

private let image = "1.2.840.10008.5.1.4.1.1."

private func rule(_ text: String) -> String {
    "version: 1\nrules:\n  - {name: a, \(text)}\notherwise: pass\nwords: {}"
}

@Suite("Risk rules for text in pixels")
struct BurnedInRulesTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../mappings/deidentification").standardizedFileURL

    @Test("The file of the mappings and the built-in rules are equal")
    func fileIsBuiltIn() throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent("burned-in.yaml"), encoding: .utf8)
        let read = try BurnedInRules(yaml: text)
        for (one, other) in zip(read.rules, BurnedInRules.builtIn.rules) { #expect(one == other) }
        #expect(read == .builtIn)
    }

    @Test(
        "The strictest rule that matches holds",
        arguments: [
            ("1.1", "DX", "", "ORIGINAL", "", .pass), ("2", "CT", "", "ORIGINAL", "NO", .pass),
            ("2.1", "CT", "", "ORIGINAL", "", .pass), ("7", "OT", "", "ORIGINAL", "", .detect),
            ("7.2", "CT", "", "ORIGINAL", "NO", .detect), ("6.1", "US", "", "ORIGINAL", "", .detect),
            ("77.1.4", "XC", "", "ORIGINAL", "NO", .detect), ("1", "CR", "DF", "ORIGINAL", "NO", .detect),
            ("1", "", "", "ORIGINAL", "NO", .detect), ("1", "CR", "", "DERIVED\\SECONDARY\\X", "NO", .detect),
            ("1", "CR", "", "DERIVED\\PRIMARY", "NO", .pass), ("2", "CT", "", "ORIGINAL\\X\\SCREEN SAVE", "", .detect),
            ("1", "CR", "", "ORIGINAL", "YES", .mask), ("1", "CR", "", "ORIGINAL", "PERHAPS", .mask),
            ("104.1", "DOC", "", "ORIGINAL", "NO", .refuse), ("88.33", "SR", "", "ORIGINAL", "NO", .refuse),
            ("481.2", "RTDOSE", "", "ORIGINAL", "NO", .refuse), ("999", "CT", "", "ORIGINAL", "NO", .detect),
            // 13 is not below 1.
            ("10", "CR", "", "ORIGINAL", "NO", .detect),
        ] as [(String, String, String, String, String, BurnedInRules.Demand)])
    func demand(
        sopClass: String, modality: String, conversion: String, type: String, declared: String,
        demand: BurnedInRules.Demand
    ) {
        let header = Self.header(sopClass, modality, conversion, type, declared)
        #expect(BurnedInRules.builtIn.demand(of: header) == demand)
    }

    @Test("What no rule knows and what has no SOP class does not pass")
    func unknown() {
        var header = Self.header("1", "CR", "", "ORIGINAL", "NO")
        header[.sopClassUID] = nil
        #expect(BurnedInRules.builtIn.demand(of: header) == .refuse)
    }

    @Test(
        "The gate of the profile decides who is searched",
        arguments: [
            ("1", "", TextGate.never, .decided(.unchecked)), ("1", "NO", .never, .decided(.declaredAbsent)),
            ("7", "NO", .never, .decided(.quarantine(.textRisk))),
            ("1", "YES", .never, .decided(.quarantine(.textRisk))),
            ("1", "NO", .risky, .decided(.declaredAbsent)), ("1", "", .risky, .examine(mask: nil)),
            ("7", "NO", .risky, .examine(mask: nil)), ("1", "NO", .always, .examine(mask: nil)),
            ("1", "YES", .risky, .decided(.quarantine(.maskMissing))),
            ("88.11", "NO", .always, .decided(.quarantine(.refusedByRule))),
        ] as [(String, String, TextGate, BurnedInPlan)])
    func gate(sopClass: String, declared: String, gate: TextGate, plan: BurnedInPlan) {
        let header = Self.header(sopClass, "CR", "", "ORIGINAL", declared)
        #expect(BurnedInPolicy(gate: gate).plan(for: header) == plan)
    }

    @Test(
        "A mistake in the file is an error with its place",
        arguments: [
            ("version: 2\nrules: []\notherwise: pass\nwords: {}", "version"),
            ("version: 1\nrules: []\notherwise: pass\nwords: {}\nsurprise: 1", "surprise"),
            (rule("demand: perhaps, match: {modality: [US]}"), "rules[0].demand"),
            (rule("demand: pass, match: {}"), "rules[0].match"),
            (rule("demand: pass, match: {colour: [US]}"), "rules[0].match.colour"),
            (
                "version: 1\nrules: []\notherwise: pass\n"
                    + "words: {markers: [L], leastCharacters: 3, confidence: [101]}", "words.confidence[0]"
            ),
        ])
    func mistakes(yaml: String, keyPath: String) {
        do {
            _ = try BurnedInRules(yaml: yaml)
            Issue.record("read")
        } catch {
            #expect(error.code == .pixelRulesInvalid && error.keyPath == keyPath)
        }
    }

    @Test("Stars stand for any characters, also where they come back")
    func glob() {
        #expect(Glob.matches("*SCREEN*", "a screen save") && Glob.matches("a*b*c", "aXbbXc") && Glob.matches("*", ""))
        #expect(!Glob.matches("a*b", "abc") && !Glob.matches("A", "AB") && !Glob.matches("", "x"))
        // Takes the product of both lengths at most.
        #expect(!Glob.matches(String(repeating: "*a", count: 2_000) + "b", String(repeating: "a", count: 4_000)))
    }

    static func header(
        _ sopClass: String, _ modality: String, _ conversion: String, _ type: String, _ declared: String
    ) -> DataSet {
        var header = DataSet()
        header.set(.sopClassUID, .UI, image + sopClass)
        if !modality.isEmpty { header.set(.modality, .CS, modality) }
        if !conversion.isEmpty { header.set(.conversionType, .CS, conversion) }
        if !declared.isEmpty { header.set(.burnedInAnnotation, .CS, declared) }
        header[.imageType] = DataElement(.imageType, .CS, .text(type.split(separator: "\\").map(String.init)))
        return header
    }
}
