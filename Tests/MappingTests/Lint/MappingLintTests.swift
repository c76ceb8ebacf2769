import Mapping
import Testing

@Suite("map lint: what is wrong with a folder, and what is hardly meant")
struct MappingLintTests {
    /// Code, file, key path and line of each finding in the shipped folder with files changed.
    func findings(_ changes: [String: String]) throws -> [[String]] {
        MappingLint(try Examples.files(with: changes)).findings.map {
            [$0.severity.rawValue, $0.code, $0.file, $0.keyPath ?? "", $0.line.map(String.init) ?? ""]
        }
    }

    func site(_ text: String) throws -> [[String]] {
        try findings(["sites/t.yaml": "version: 1\nextends: ../orders/default.yaml\n" + text])
    }

    func rules(_ text: String) throws -> [[String]] {
        try findings(["routing/default.yaml": "version: 1\nrules:\n" + text])
    }

    @Test("nothing is wrong with what ships")
    func shipped() throws {
        #expect(try findings([:]) == [])
        #expect(!MappingLint(try Examples.files()).hasErrors)
    }

    @Test("all errors of all files, each with file, key path and line")
    func errors() throws {
        let found = try site("required: [modalities]\norder:\n  modality: OBR.24\n  sexes: PID-8\n")
        #expect(
            found == [
                ["error", "unknownKey", "sites/t.yaml", "required[0]", "3"],
                ["error", "invalidValue", "sites/t.yaml", "order.modality", "5"],
                ["error", "unknownKey", "sites/t.yaml", "order.sexes", "6"],
            ])
        #expect(
            try findings(["codes/x.yaml": "version: 1", "routing/other.yaml": "version: 1\nrules: [{}]"])
                == [
                    ["warning", "unusedCodeMap", "codes/x.yaml", "(root)", ""],
                    ["error", "missingKey", "codes/x.yaml", "(root)", "1"],
                    ["error", "missingKey", "routing/other.yaml", "rules[0]", "2"],
                ])
    }

    @Test("an error in a file that others extend is told once")
    func extended() throws {
        let found = try findings(["orders/default.yaml": "version: 1\nmessages: [ORM^O01]\norder: {modality: X}"])
        #expect(found == [["error", "invalidValue", "orders/default.yaml", "order.modality", "3"]])
    }

    @Test("an assigner is the configuration's business")
    func assigners() throws {
        #expect(try site("order: {accessionNumber: {path: OBR-18, assigner: somebody}}") == [])
    }

    @Test("a code map that nobody names")
    func unusedCodeMap() throws {
        #expect(
            try findings(["codes/rooms.yaml": "version: 1\ncodes: {A: B}"])
                == [["warning", "unusedCodeMap", "codes/rooms.yaml", "(root)", ""]])
    }

    /// Places of modality, and which of them is hidden.
    static let places: [(String, Int?)] = [
        ("[OBR-24, OBR-24]", 1), ("[{value: DX}, OBR-24]", 1), ("[OBR-24, {value: DX}]", nil),
        ("[{path: OBR-24, codes: {A: B}, unmapped: drop}, OBR-24]", nil),
        ("[{path: OBR-24, codes: {A: B}}, OBR-24]", 1), ("[{path: OBR-24, take: {before: x}}, OBR-24]", nil),
        ("[{path: OBR-24, when: {path: ORC-1, equals: NW}}, OBR-24]", nil),
        ("[{value: DX, when: {path: ORC-1, equals: NW}}, OBR-24]", nil),
        ("[OBR-24, {path: OBR-24, when: {path: ORC-1, equals: NW}}]", 1),
    ]

    @Test("a place that is never reached", arguments: places)
    func shadowed(places: String, hidden: Int?) throws {
        let expected =
            hidden.map { [["warning", "shadowedPlace", "sites/t.yaml", "order.modality[\($0)]", "3"]] } ?? []
        #expect(try site("order: {modality: \(places)}") == expected)
    }

    @Test("a field number that the segment does not have")
    func beyond() throws {
        #expect(
            try site("order: {modality: OBR-240, bodyPart: {path: ZZZ-99, when: {path: PID-41, present: true}}}")
                == [
                    ["warning", "fieldBeyondStandard", "sites/t.yaml", "order.modality", "3"],
                    ["warning", "fieldBeyondStandard", "sites/t.yaml", "order.bodyPart", "3"],
                ])
    }

    @Test("a rule that no mapping can fulfil")
    func neverClaims() throws {
        #expect(
            try rules("  - {name: a, model: m, any: [{bodyPart: [KNEE]}, {bodyPart: [CHEST]}, {modality: [QQ]}]}\n")
                == [["warning", "ruleNeverClaims", "routing/default.yaml", "rules[0].any[0]", "3"]])
    }

    @Test("a rule behind one that claims all of its orders")
    func shadowedRule() throws {
        let found = try rules(
            """
              - {name: a, model: m, any: [{modality: [CR, DX], age: {min: 1, max: 9}}]}
              - {name: b, model: n, any: [{modality: DX, bodyPart: CHEST, age: {min: 2, max: 5}}, {modality: DX}]}
            """)
        #expect(found == [["warning", "shadowedRule", "routing/default.yaml", "rules[1].any[0]", "4"]])
        // The models' own rules may have no taker for the first.
        let open = try rules(
            """
              - {name: a, any: [{modality: [CR, DX]}]}
              - {name: b, model: n, any: [{modality: DX}]}
              - {name: c, any: [{modality: CR}]}
            """)
        #expect(open == [["warning", "shadowedRule", "routing/default.yaml", "rules[2].any[0]", "5"]])
    }
}
