import Mapping
import Testing

@Suite("Mapping files say what is wrong with them")
struct MappingFileTests {
    static let good = """
        version: 1
        messages: [ORM^O01]
        required: [procedureCode]
        order:
          orderControl: ORC-1
          placerOrderNumber: ORC-2
          procedureCode: OBR-4
          modality: {path: OBR-24, codes: {XR: DX}, unmapped: keep, when: {path: ORC-1, equals: [NW]}}
        """

    /// What is replaced, by what, and the error with key path and line.
    static let mistakes: [(String, String, MappingError.Code, String?, Int?)] = [
        ("version: 1", "version: 2", .invalidValue, "version", 1),
        ("version: 1", "versions: 1", .unknownKey, "versions", 1),
        ("version: 1\n", "", .missingKey, "(root)", 1),
        ("[ORM^O01]", "[ORM_O01]", .invalidValue, "messages[0]", 2),
        ("[ORM^O01]", "[ORM^O01^]", .invalidValue, "messages[0]", 2),
        ("[procedureCode]", "[procedure]", .unknownKey, "required[0]", 3),
        ("[procedureCode]", "[birthDate]", .missingKey, "order.birthDate", nil),
        ("  orderControl: ORC-1\n", "", .missingKey, "order.orderControl", nil),
        ("  placerOrderNumber: ORC-2\n", "", .missingKey, "order.placerOrderNumber", nil),
        ("procedureCode: OBR-4", "procedureCode: OBR.4", .invalidValue, "order.procedureCode", 7),
        ("procedureCode: OBR-4", "procedureCode: [OBR-4, X]", .invalidValue, "order.procedureCode[1]", 7),
        (
            "procedureCode: OBR-4", "procedureCode: {path: OBR-4, codes: {A: B}}", .unknownKey,
            "order.procedureCode.codes", 7
        ),
        ("procedureCode: OBR-4", "procedureKode: OBR-4", .unknownKey, "order.procedureKode", 7),
        ("codes: {XR: DX}", "codes: nowhere", .unknownCodeMap, "order.modality.codes", 8),
        ("codes: {XR: DX}", "kodes: {XR: DX}", .unknownKey, "order.modality.kodes", 8),
        ("unmapped: keep", "unmapped: maybe", .invalidValue, "order.modality.unmapped", 8),
        ("equals: [NW]", "equals: [NW], present: true", .invalidValue, "order.modality.when", 8),
        ("equals: [NW]", "present: perhaps", .invalidValue, "order.modality.when.present", 8),
        ("path: OBR-24, ", "", .missingKey, "order.modality", 8),
    ]

    @Test("each mistake is named with its key path and line", arguments: mistakes)
    func mistake(
        what: String, replacement: String, code: MappingError.Code, keyPath: String?, line: Int?
    ) throws {
        let sender = try Examples.sender()
        _ = try OrderMapping(yaml: Self.good, sender: sender)
        let yaml = Self.good.replacing(what, with: replacement, maxReplacements: 1)
        #expect(yaml != Self.good)
        #expect(throws: MappingError(code, keyPath: keyPath, line: line)) {
            try OrderMapping(yaml: yaml, sender: sender)
        }
    }

    @Test(
        "what is no YAML, repeats a key or is too large is refused",
        arguments: ["", "a: [", "version: 1\nversion: 1", "\t- a"])
    func notYAML(yaml: String) throws {
        #expect(throws: MappingError.self) { try CodeMap(yaml: yaml) }
        #expect(throws: MappingError.self) { try Routing(yaml: yaml) }
    }

    @Test("deep nesting is refused", arguments: ["[", "{", "- ", "a: {", "? "])
    func nesting(opening: String) {
        let yaml = String(repeating: opening, count: 100_000)
        #expect(throws: MappingError(.yamlInvalid)) { try CodeMap(yaml: yaml) }
    }

    @Test("a file has a limit")
    func limit() {
        let yaml = "version: 1 #" + String(repeating: "x", count: 1 << 20)
        #expect(throws: MappingError(.fileTooLarge)) { try CodeMap(yaml: yaml) }
    }

    @Test("scalars are text as written: NO, 1.10 and 007 stay what they are")
    func scalars() throws {
        let map = try CodeMap(yaml: "version: 1\ncodes: {NO: \"007\", 1.10: yes}")
        #expect(map["NO"] == "007" && map["1.10"] == "yes" && map["no"] == nil)
    }

    @Test("3,000 damaged files are read or refused, never more")
    func mutations() throws {
        let seed: UInt64 = 17
        print("Mapping file mutation seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let sender = try Examples.sender()
        let corpus = [Self.good, try Examples.file("routing/default.yaml"), try Examples.file("codes/body-part.yaml")]
        var read = 0
        for _ in 0..<1000 {
            for (index, file) in corpus.enumerated() {
                let bytes = random.damaged(Array(file.utf8), with: Array("[]{}:,-&*!|>'\"#%@`\n \t".utf8))
                let yaml = String(decoding: bytes, as: UTF8.self)
                do throws(MappingError) {
                    switch index {
                    case 0: _ = try OrderMapping(yaml: yaml, sender: sender)
                    case 1: _ = try Routing(yaml: yaml)
                    default: _ = try CodeMap(yaml: yaml)
                    }
                    read += 1
                } catch {
                    #expect(error.location == nil)
                }
            }
        }
        print("Mapping files: \(read) of 3000 read")
        #expect((100...2900).contains(read))
    }
}
