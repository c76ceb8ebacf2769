import HL7v2
import Mapping
import Testing

@Suite("The mapping language: sites, conditions, pieces, constants, zones, assigners, cases")
struct LanguageTests {
    func order(_ yaml: String, _ changes: [String: String] = [:]) throws -> ImagingOrder {
        try Examples.candidate(replacing: changes, by: Examples.site(yaml)).order
    }

    @Test("a site file says only what differs; an empty list takes a field away, `inherited` keeps its places")
    func extending() throws {
        let same = try order("")
        #expect(same == (try Examples.candidate().order))
        let other = try order("order: {modality: [], priority: [{path: OBR-5, codes: {X: S}}, inherited]}")
        #expect(other.modality == nil && other.priority == "S")
        #expect(other.procedureCode == same.procedureCode && other.identity == same.identity)
        let first = try order("order: {priority: [{value: R}, inherited]}")
        #expect(first.priority == "R")
    }

    /// A condition for OBR-24 (`DX`), and whether it holds for the example order of MSH-3 `HIS` and OBR-4.2
    /// `XR Chest 2 views`.
    static let conditions: [(String, Bool)] = [
        ("{path: MSH-3, equals: [HIS, RIS]}", true), ("{path: MSH-3, equals: his}", false),
        ("{path: OBR-4.2, matches: \"XR * views\"}", true), ("{path: OBR-4.2, matches: [\"CT*\", \"*Chest*\"]}", true),
        ("{path: OBR-4.2, matches: \"*chest*\"}", false), ("{path: OBR-4.1, matches: \"XRCH?\"}", true),
        ("{path: OBR-4.1, matches: \"XRCH2?\"}", false), ("{path: OBR-40, matches: \"*\"}", false),
        ("{path: OBR-18, present: true}", true), ("{path: OBR-17, present: true}", false),
        ("{not: {path: OBR-17, present: true}}", true),
        ("{all: [{path: MSH-3, equals: HIS}, {path: ORC-1, equals: NW}]}", true),
        ("{all: [{path: MSH-3, equals: HIS}, {path: ORC-1, equals: CA}]}", false),
        ("{any: [{path: MSH-3, equals: X}, {not: {path: ORC-1, equals: CA}}]}", true),
        ("{any: [{path: MSH-3, equals: X}, {path: ORC-1, equals: CA}]}", false),
    ]

    @Test("conditions", arguments: conditions)
    func condition(text: String, holds: Bool) throws {
        let order = try order("order: {modality: {path: OBR-24, when: \(text)}}")
        #expect(order.modality == (holds ? "DX" : nil))
    }

    /// `take:`, what stands there, and what is taken.
    static let pieces: [(String, String, String?)] = [
        ("{before: \"-\"}", "A1-2-3", "A1"), ("{after: \"-\"}", "A1-2-3", "2-3"), ("{before: \"-\"}", "A1", nil),
        ("{after: \"-\"}", "A1-", nil), ("{first: 2}", "A12", "A1"), ("{last: 2}", "A12", "12"),
        ("{first: 9}", "A", "A"),
        ("{without: AC}", "AC12", "12"), ("{without: AC}", "12", "12"), ("{without: AC}", "AC", nil),
        ("[{after: \"-\"}, {before: \"/\"}]", "X-12/3", "12"), ("[{after: \"-\"}, {before: \"/\"}]", "X-12", nil),
    ]

    @Test("pieces of an identifier and of a text; a piece that is not there is nothing said", arguments: pieces)
    func piece(take: String, text: String, expected: String?) throws {
        let obr = "OBR|1|||XR||||||||||||||\(text)|\(text)"
        let order = try order(
            "order: {accessionNumber: {path: OBR-18, take: \(take)}, requestedProcedureID: {path: OBR-19, take: \(take)}}",
            ["OBR": obr])
        #expect(order.identity.accession?.value == expected)
        #expect(order.requestedProcedureID == expected)
    }

    @Test("an identifier's place may name its assigner; one that the message names counts more")
    func assigners() throws {
        let yaml =
            "order: {accessionNumber: {path: OBR-18, assigner: his}, patientIdentifier: {path: PID-3, assigner: hospital}}"
        let order = try order(yaml, ["PID": "PID|1||4711~1^^^CITY~2^^^&1.2.3&ISO"])
        #expect(order.identity.accession?.assigner == Examples.his)
        #expect(order.patient.map(\.assigner) == [Examples.hospital, nil, Examples.hospital])
        #expect(
            throws: MappingError(
                .assignerUnknown, file: "sites/test.yaml", keyPath: "order.accessionNumber.assigner", line: 3)
        ) { try Examples.site("order: {accessionNumber: {path: OBR-18, assigner: nobody}}") }
    }

    @Test("a path with a component means that component alone: no assigner is read")
    func componentAlone() throws {
        let order = try order(
            "order: {accessionNumber: OBR-20.2, patientIdentifier: PID-4.1}",
            ["OBR": "OBR|1|||XR||||||||||||||||X^ACC7", "PID": "PID|1|||55^^^HOSP^MR~56"])
        #expect(order.identity.accession == AssignedIdentifier(assigner: Examples.ris, value: "ACC7"))
        #expect(order.patient == ["55", "56"].map { AssignedIdentifier(assigner: Examples.ris, value: $0) })
    }

    @Test("zones: what the time states, then the place, the case, the file, the source")
    func zones() throws {
        func scheduled(_ yaml: String, _ time: String = "20260701093000") throws -> String? {
            try order(yaml, ["ORC": "ORC|NW|P100^HIS|F200^RIS||||^^^\(time)"]).scheduledTime?.stated.description
        }
        let place = "order: {scheduledTime: {path: ORC-7.4, timeZone: America/New_York}}"
        #expect(try scheduled("") == "20260701093000+0100")
        #expect(try scheduled("timeZone: Europe/Berlin") == "20260701093000+0200")
        #expect(try scheduled("timeZone: Europe/Berlin\n" + place) == "20260701093000-0400")
        #expect(try scheduled(place, "20260701093000+0000") == "20260701093000+0000")
        #expect(
            try scheduled("timeZone: Europe/Berlin\ncases: [{when: {path: MSH-3, equals: HIS}, timeZone: \"+03:00\"}]")
                == "20260701093000+0300")
    }

    @Test("the first case that holds for the message takes the place of what the file says")
    func cases() throws {
        let yaml = """
            order: {priority: {value: R}}
            cases:
              - {when: {path: MSH-4, equals: ELSEWHERE}, order: {priority: {value: A}}}
              - when: {path: MSH-3, equals: HIS}
                required: [orderControl]
                patientIdentifierTypes: [MR]
                order: {modality: [{value: CR}], bodyPart: [inherited, {value: CHEST}]}
              - {when: {path: MSH-3, equals: HIS}, order: {priority: {value: S}}}
            """
        let mine = try order(yaml)
        #expect(mine.priority == "R" && mine.modality == "CR" && mine.bodyPart == "CHEST")
        #expect(mine.patient.map(\.value) == ["4711"])
        let other = Examples.orm[0].replacing("|HIS|", with: "|OTHER|")
        #expect(try order(yaml, ["MSH": other]).modality == "DX")
        #expect(try order(yaml, ["MSH": Examples.orm[0].replacing("|HOSP|", with: "|ELSEWHERE|")]).priority == "A")
    }

    @Test("code tables are asked one after the other; constants are what is said when nothing else is")
    func codesAndConstants() throws {
        let candidate = try Examples.candidate(
            replacing: ["OBR": "OBR|1|||XR^Chest||||||||||||||A1||||||ROE"],
            by: Examples.site(
                "order: {modality: {path: OBR-24, codes: [{ROE: CR}, modality]}, sex: [PID-30, {value: U}]}"))
        #expect(candidate.order.modality == "CR" && candidate.order.sex == "U")
        let entry = candidate.trace.entries.first { $0.field == .sex }
        #expect(entry?.path == nil && entry?.isConstant == true && entry?.origin == "sites/test.yaml: order.sex[1]")
    }

    /// What a site file says, and the error.
    static let mistakes: [(String, MappingError.Code, String)] = [
        ("ordre: {}", .unknownKey, "ordre"), ("extends: x", .yamlInvalid, ""),
        ("order: {modality: {path: OBR-24, value: X}}", .invalidValue, "order.modality"),
        ("order: {orderControl: {value: QQ}}", .invalidValue, "order.orderControl.value"),
        ("order: {studyInstanceUID: {value: 1.2}}", .invalidValue, "order.studyInstanceUID.value"),
        ("order: {scheduledTime: {value: soon}}", .invalidValue, "order.scheduledTime.value"),
        ("order: {accessionNumber: {value: A}}", .unknownKey, "order.accessionNumber.value"),
        ("order: {patientName: {path: PID-5, take: {first: 1}}}", .unknownKey, "order.patientName.take"),
        ("order: {modality: {path: OBR-24, take: {first: 0}}}", .invalidValue, "order.modality.take.first"),
        ("order: {modality: {path: OBR-24, take: {}}}", .invalidValue, "order.modality.take"),
        ("order: {modality: {path: OBR-24, timeZone: Z}}", .unknownKey, "order.modality.timeZone"),
        ("order: {birthDate: {path: PID-7, timeZone: Mars/Base}}", .timeZoneUnknown, "order.birthDate.timeZone"),
        ("order: {modality: {path: OBR-24, when: {all: []}}}", .invalidValue, "order.modality.when.all"),
        ("order: {modality: {path: OBR-24, when: {path: MSH-3}}}", .invalidValue, "order.modality.when"),
        ("order: {modality: {path: OBR-24, when: {equals: A}}}", .invalidValue, "order.modality.when.equals"),
        ("order: {orderControl: []}", .missingKey, "order.orderControl"),
        ("order: {procedureCode: []}", .missingKey, "order.procedureCode"),
        ("cases: [{order: {}}]", .missingKey, "cases[0]"),
        ("cases: [{when: {path: MSH-3, equals: A}, messages: []}]", .unknownKey, "cases[0].messages"),
        ("patients: {update: []}", .unknownKey, "patients.update"),
        ("patients: {prior: MRG}", .invalidValue, "patients.prior"),
    ]

    @Test("each mistake is named with file and key path", arguments: mistakes)
    func mistake(yaml: String, code: MappingError.Code, keyPath: String) throws {
        do {
            _ = try Examples.site(yaml)
            Issue.record("\(yaml) is read")
        } catch let error as MappingError {
            #expect(error.code == code && error.file == "sites/test.yaml")
            #expect(code == .yamlInvalid || error.keyPath == keyPath)
        }
    }

    @Test("extending a file that is not there, itself, or one outside, is refused; an error names the file that has it")
    func extendingWrongly() throws {
        func load(_ extended: String, _ more: [String: String] = [:]) throws -> OrderMapping {
            let files = try Examples.files(
                with: ["sites/a.yaml": "version: 1\nextends: \(extended)\n"].merging(more) { one, _ in one })
            return try OrderMapping(path: "sites/a.yaml", in: files, sender: Examples.sender())
        }
        #expect(throws: MappingError(.fileMissing, file: "sites/a.yaml", keyPath: "extends", line: 2)) {
            try load("b.yaml")
        }
        for outside in ["a.yaml", "../../secret.yaml"] {
            #expect(throws: MappingError(.invalidValue, file: "sites/a.yaml", keyPath: "extends", line: 2)) {
                try load(outside)
            }
        }
        #expect(throws: MappingError(.unknownKey, file: "sites/b.yaml", keyPath: "orders", line: 2)) {
            try load("./b.yaml", ["sites/b.yaml": "version: 1\norders: {}\n"])
        }
        #expect(try load("../orders/default.yaml").files.count == 5)
    }
}
