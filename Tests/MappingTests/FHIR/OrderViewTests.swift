import FHIR
import HL7v2
import JSON
import Mapping
import Testing

@Suite("Orders as FHIR resources")
struct OrderViewTests {
    func views(_ lines: [String], by mapping: OrderMapping? = nil) throws -> [OrderView] {
        try (mapping ?? Examples.mapping()).views(of: Examples.message(lines))
    }

    func view(_ lines: [String] = Examples.orm, replacing changes: [String: String] = [:]) throws -> OrderView {
        let lines = lines.map { changes[String($0.prefix(3))] ?? $0 }
        return try #require(try views(lines).first)
    }

    @Test("the IHE example: numbers with types and systems, codes with their words, times with zones")
    func example() throws {
        let request = try view().serviceRequest
        #expect(request.status == "active" && request.intent == "order" && request.priority == "stat")
        #expect(request.identifiers.map(\.typeCode) == ["PLAC", "FILL", "ACSN", nil])
        #expect(
            request.identifiers.map(\.system)
                == ["http://his.example/orders"] + Array(repeating: "http://ris.example/numbers", count: 3))
        #expect(request.code?.coding == [Coding(system: nil, code: "XRCH2", display: "XR Chest 2 views")])
        #expect(request.orderDetail.first?.code(in: CodeSystem.dicom) == "DX")
        #expect(request.occurrence == "2026-03-01T09:30:00+01:00" && request.authoredOn == "2026-03-01T08:55:00+01:00")
        #expect(request.subject?.identifier?.value == "4711")
        let patient = try #require(try view().patient)
        #expect(patient.identifiers.map(\.system) == ["urn:oid:1.2.3.4", nil])
        #expect(patient.elements["identifier"]?.array?[1]["assigner"]?["display"]?.string == "CITY")
        #expect(patient.birthDate == "2022-01-02" && patient.gender == "female")
        #expect(try view(Examples.omi).serviceRequest.identifiers == request.identifiers)
    }

    /// ORC-1, ORC-5, and the status.
    static let statuses: [(String, String, String)] = [
        ("NW", "", "active"), ("CA", "", "revoked"), ("HD", "", "on-hold"), ("DC", "", "revoked"), ("XO", "", "active"),
        ("SC", "CM", "completed"), ("SC", "A", "active"), ("NW", "ER", "entered-in-error"), ("SC", "", "unknown"),
        ("NW", "CA", "revoked"), ("OH", "", "on-hold"), ("NW", "??", "active"), ("FU", "", "completed"),
    ]

    @Test("status: ORC-5, else ORC-1; CA means revoked", arguments: statuses)
    func status(control: String, orderStatus: String, expected: String) throws {
        let view = try view(replacing: ["ORC": "ORC|\(control)|P100^HIS|F200^RIS||\(orderStatus)"])
        #expect(view.serviceRequest.status == expected)
    }

    /// Coding system of OBR-4.3, its OID (CWE.14), and the FHIR system.
    static let systems: [(String, String, String?)] = [
        ("LN", "", "http://loinc.org"), ("SCT", "", "http://snomed.info/sct"),
        ("I10C", "", "http://hl7.org/fhir/sid/icd-10-cm"),
        ("HL70074", "", "http://terminology.hl7.org/CodeSystem/v2-0074"), ("L", "", nil), ("99RIS", "", nil),
        ("SNM", "", nil), ("99RIS", "2.999.1", "urn:oid:2.999.1"), ("99RIS", "no.oid", nil), ("HL7ABCD", "", nil),
    ]

    @Test("coding systems by table 0396 or OID; a local one keeps code and words and is reported", arguments: systems)
    func system(name: String, oid: String, expected: String?) throws {
        let view = try view(replacing: ["OBR": "OBR|1|||C1^Words^\(name)^^^^^^Original^^^^^\(oid)||||||||||||||A1"])
        let coding = Coding(system: expected, code: "C1", display: "Words")
        #expect(view.serviceRequest.code == CodeableConcept(coding, text: "Original"))
        let isReported = view.unmapped.contains { $0.path.description == "OBR-4[1].3" && $0.table == "HL70396" }
        #expect(isReported == (expected == nil || !oid.isEmpty))
    }

    /// PID-7 and the date; times keep to FHIR's rules.
    static let dates: [(String, String?)] = [
        ("2022", "2022"), ("202201", "2022-01"), ("20220102", "2022-01-02"), ("2022010203", "2022-01-02"), ("x", nil),
    ]

    @Test("dates keep their precision", arguments: dates)
    func date(text: String, expected: String?) throws {
        let patient = try #require(try view(replacing: ["PID": "PID|1||1^^^HOSP||A^B||\(text)"]).patient)
        #expect(patient.birthDate == expected && patient.elements["_birthDate"] == nil)
    }

    @Test("a time of minutes gets seconds and the sender's zone, one of hours is a date")
    func times() throws {
        func occurrence(_ time: String) throws -> String? {
            try view(replacing: ["ORC": "ORC|NW|P100^HIS|F200^RIS||||^^^\(time)"]).serviceRequest.occurrence
        }
        #expect(try occurrence("202603010930") == "2026-03-01T09:30:00+01:00")
        #expect(try occurrence("20260301093015.25-0530") == "2026-03-01T09:30:15.25-05:30")
        #expect(try occurrence("2026030109") == "2026-03-01")
        #expect(try occurrence("202603") == "2026-03")
    }

    @Test("null, empty and blank make no element, and nothing makes no empty object")
    func nothing() throws {
        let view = try view([
            Examples.orm[0], #"PID|1||""~ ^^^HOSP||""^""||""|""|||""^^|||^PRN^PH|||""|""#,
            #"ORC|XO|P1^HIS|""||""|||^^|""||""^^"#, #"OBR|1|||^""^|||||||||""^||||||""||||||||||^^|"#,
        ])
        #expect(view.patient == nil)
        let request = view.serviceRequest
        #expect(request.elements["code"] == nil && request.elements["requester"] == nil)
        #expect(request.elements["note"] == nil && request.elements["reasonCode"] == nil)
        #expect(request.subject?.identifier == nil && request.elements["subject"]?["extension"] != nil)
        #expect(Self.blanks(request.json) == [])
    }

    /// Paths of empty objects, arrays, texts and nulls.
    static func blanks(_ value: JSONValue, _ path: String = "") -> [String] {
        if let object = value.object {
            return object.isEmpty ? [path] : object.flatMap { blanks($0.value, "\(path).\($0.key)") }
        }
        if let array = value.array { return array.isEmpty ? [path] : array.flatMap { blanks($0, "\(path)[]") } }
        return value == .null || value.string?.isEmpty == true ? [path] : []
    }

    @Test("several orders have views of their own, notes go to the order they stand behind")
    func several() throws {
        let lines = [
            Examples.orm[0], Examples.orm[1], "NTE|1||Of the patient", Examples.orm[2], Examples.orm[3], "NTE|1||First",
            "OBX|1|ST|A||B", "NTE|1||Of a value", "ORC|CA|P101^HIS", "OBR|2|P101^HIS||CT^CT Head^L", "NTE|1||Second",
        ]
        let views = try views(lines)
        #expect(views.map(\.serviceRequest.status) == ["active", "revoked"])
        #expect(
            views.map { $0.serviceRequest.elements["note"]?.array?.compactMap { $0["text"]?.string } } == [
                ["First"], ["Second"],
            ])
        #expect(views.map(\.patient?.gender) == ["female", "female"])
    }

    @Test("a site's mapping decides the numbers and codes of the view")
    func site() throws {
        let mapping = try Examples.mapping("sites/enterprise-ehr-style.yaml")
        let view = try #require(try mapping.views(of: Examples.sample("enterprise-ehr-style")).first)
        #expect(view.serviceRequest.identifiers.first { $0.typeCode == "ACSN" }?.value == "E7001234")
        #expect(view.serviceRequest.identifiers.first { $0.typeCode == "FILL" }?.value == "E7001234-1")
        #expect(view.serviceRequest.priority == "stat" && view.serviceRequest.orderDetail.count == 1)
        #expect(view.patient?.identifiers.map(\.typeCode) == ["EPI", "MR", "SS"])
    }

    @Test("universal IDs become systems only if they are what their type says")
    func universalIDs() throws {
        func system(_ assigner: String) throws -> String? {
            try view(replacing: ["PID": "PID|1||1^^^\(assigner)^MR"]).patient?.identifiers.first?.system
        }
        #expect(try system("X&2.999.5&ISO") == "urn:oid:2.999.5")
        #expect(try system("X&2.x.5&ISO") == nil)
        #expect(
            try system("X&12345678-1234-1234-1234-1234567890AB&UUID") == "urn:uuid:12345678-1234-1234-1234-1234567890ab"
        )
        #expect(try system("X&http://x.example/ids&URI") == "http://x.example/ids")
        #expect(try system("X&x.example&DNS") == nil)
        #expect(try system("HOSP") == "urn:oid:1.2.3.4")
    }

    @Test("3,000 damaged orders have views without blanks, and nothing of a view is printed")
    func mutations() throws {
        let seed: UInt64 = 271_828
        print("View mutation seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let mapping = try Examples.mapping()
        var shown = 0
        for _ in 0..<3000 {
            let lines = [Examples.orm, Examples.omi].randomElement(using: &random) ?? []
            let bytes = random.damaged(
                Array(lines.map { $0 + "\r" }.joined().utf8), with: Array("|^~\\&\r\"0. ".utf8) + [0, 0x80, 0x0B])
            guard let message = try? Message(parsing: bytes), let views = try? mapping.views(of: message) else {
                continue
            }
            for view in views {
                shown += 1
                #expect(Self.blanks(view.serviceRequest.json) == [])
                #expect((view.patient.map { Self.blanks($0.json) } ?? []) == [])
            }
        }
        #expect(shown > 1000)
        var dumped = ""
        let view = try view()
        dump(view, to: &dumped)
        #expect(!dumped.contains("4711") && !"\(view)".contains("DOE"))
    }
}
