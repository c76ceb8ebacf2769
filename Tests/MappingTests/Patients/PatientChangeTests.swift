import HL7v2
import Mapping
import Testing

@Suite("Patient messages: updates and merges (HL7 v2.5.1 §3.3)")
struct PatientChangeTests {
    func id(_ value: String, _ assigner: Assigner = Examples.hospital, _ type: String? = "MR") -> AssignedIdentifier {
        AssignedIdentifier(assigner: assigner, value: value, typeCode: type)
    }

    func change(
        _ event: String, _ lines: [String], by mapping: OrderMapping? = nil, version: String = "2.5.1"
    ) throws -> PatientChange? {
        let header = [#"MSH|^~\&|HIS|HOSP|IMGAI|RAD|20260301090000||ADT^\#(event)|A1|P|\#(version)"#, "EVN||20260301"]
        return try (mapping ?? Examples.mapping()).patientChange(from: Examples.message(header + lines))
    }

    @Test("A08 and A31 say who a patient is now", arguments: ["A08", "A31"])
    func update(event: String) throws {
        let change = try change(event, [#"PID|1||4711^^^HOSP^MR~9^^^CITY^PI||ROE^ANNE||20220103|"""#, "PV1|1|O"])
        guard case .update(let update) = change else {
            Issue.record("no update")
            return
        }
        #expect(update.identifiers == [id("4711"), AssignedIdentifier(assigner: nil, value: "9", typeCode: "PI")])
        #expect(update.name == PersonName(family: "ROE", given: "ANNE"))
        #expect(update.birthDate == (try DTM(parsing: "20220103")))
        #expect(update.sex == nil && update.cleared == ["sex"])
    }

    @Test(
        "merges of all versions: the PID survives, the MRG loses",
        arguments: ["A18", "A30", "A34", "A36", "A40", "A47"])
    func merge(event: String) throws {
        let change = try change(event, ["PID|1||4711^^^HOSP^MR", "PD1", "MRG|4712^^^HOSP^MR||77"])
        #expect(change == .merge([PatientMerge(prior: id("4712"), surviving: id("4711"))]))
    }

    @Test("several PID and MRG in one A40 are several merges (ADT_A39)")
    func several() throws {
        let change = try change(
            "A40",
            ["PID|1||1^^^HOSP^MR", "MRG|2^^^HOSP^MR", "PV1|1|I", "PID|2||3^^^HOSP^MR", "MRG|4^^^HOSP^MR~5^^^HOSP^MR"])
        #expect(
            change
                == .merge([
                    PatientMerge(prior: id("2"), surviving: id("1")), PatientMerge(prior: id("4"), surviving: id("3")),
                    PatientMerge(prior: id("5"), surviving: id("3")),
                ]))
    }

    @Test("a prior identifier goes to the survivor of its assigner and type, and never to itself")
    func pairs() throws {
        let change = try change(
            "A40",
            [
                "PID|1||1^^^HOSP^PI~2^^^HOSP^MR~3^^^RIS^MR",
                "MRG|4^^^HOSP^MR~5^^^RIS^PI~6^^^HIS^MR~7^^^NOBODY^MR~2^^^HOSP^MR~8^^^HOSP",
            ])
        #expect(
            change
                == .merge([
                    PatientMerge(prior: id("4"), surviving: id("2")),
                    PatientMerge(prior: id("5", Examples.ris, "PI"), surviving: id("3", Examples.ris)),
                    PatientMerge(prior: id("6", Examples.his), surviving: id("1", Examples.hospital, "PI")),
                    PatientMerge(prior: id("8", Examples.hospital, nil), surviving: id("1", Examples.hospital, "PI")),
                ]))
    }

    @Test("identifiers of assigners that nobody configured concern no order: an empty merge")
    func unknown() throws {
        #expect(try change("A40", ["PID|1||1^^^CITY^MR", "MRG|2^^^CITY^MR"]) == .merge([]))
    }

    /// Event, segments, and the error.
    static let defects: [(String, [String], MappingError)] = [
        ("A08", [], MappingError(.patientMissing, at: ErrorLocation(segment: "PID"))),
        ("A08", ["PID|1|||"], MappingError(.patientMissing, at: ErrorLocation(segment: "PID", sequence: 1, field: 3))),
        ("A40", ["PID|1||1^^^HOSP"], MappingError(.priorIdentifierMissing, at: nil)),
        ("A40", ["PID|1||1^^^HOSP", "MRG|"], MappingError(.priorIdentifierMissing, at: nil)),
        (
            "A40", ["PID|1||1^^^HOSP", "MRG|2^^^HOSP", "PID|1||3^^^HOSP"],
            MappingError(.priorIdentifierMissing, at: nil)
        ),
        ("A40", ["MRG|2^^^HOSP"], MappingError(.patientMissing, at: ErrorLocation(segment: "PID"))),
    ]

    @Test("a message without what it is about is an error with its place", arguments: defects)
    func defect(event: String, lines: [String], expected: MappingError) throws {
        do {
            _ = try change(event, lines)
            Issue.record("no error")
        } catch let error as MappingError {
            #expect(error.code == expected.code)
            #expect(error.location?.segment == (expected.code == .patientMissing ? "PID" : "MRG"))
            #expect(AcknowledgmentError(error).condition == .requiredFieldMissing)
        }
    }

    @Test("too many patients are refused")
    func tooMany() throws {
        let lines = (0...200).flatMap { ["PID|1||\($0)^^^HOSP", "MRG|x\($0)^^^HOSP"] }
        #expect(throws: MappingError(.tooManyPatients, at: ErrorLocation(segment: "PID", sequence: 201))) {
            try change("A40", lines)
        }
    }

    @Test("other messages are none; a site says which are, and where")
    func configured() throws {
        #expect(try change("A01", ["PID|1||1^^^HOSP"]) == nil)
        #expect(try change("A60", ["PID|1||1^^^HOSP"]) == nil)
        #expect(try Examples.mapping().patientChange(from: Examples.message(Examples.orm)) == nil)
        let site = try Examples.site("patients: {updates: [ADT^A01], merges: [ADT^A43], prior: [MRG-4, MRG-1]}")
        #expect(try change("A08", ["PID|1||1^^^HOSP"], by: site) == nil)
        guard case .update = try change("A01", ["PID|1||1^^^HOSP"], by: site) else {
            Issue.record("no update")
            return
        }
        #expect(
            try change("A43", ["PID|1||1^^^HOSP", "MRG|2^^^HOSP|||3^^^HOSP"], by: site)
                == .merge([
                    PatientMerge(prior: id("3", Examples.hospital, nil), surviving: id("1", Examples.hospital, nil))
                ]))
    }

    @Test("5,000 damaged merges are read or refused, and never name an unknown assigner")
    func mutations() throws {
        let seed: UInt64 = 40
        print("Patient message mutation seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let mapping = try Examples.mapping()
        let lines = [
            #"MSH|^~\&|HIS|HOSP|A|B|20260301||ADT^A40|A1|P|2.5.1"#, "PID|1||1^^^HOSP^MR~9^^^CITY", "MRG|2^^^HOSP^MR",
            "PID|2||3^^^HOSP^MR", "MRG|4^^^HOSP^MR",
        ]
        let original = Array(lines.map { $0 + "\r" }.joined().utf8)
        var merges = 0
        for _ in 0..<5000 {
            let bytes = random.damaged(original, with: Array("|^~\\&\r\"0HOSP".utf8) + [0, 0x80])
            guard let message = try? Message(parsing: bytes) else { continue }
            do throws(MappingError) {
                guard case .merge(let found)? = try mapping.patientChange(from: message) else { continue }
                merges += found.count
                #expect(found.allSatisfy { $0.prior.assigner != nil && $0.surviving.assigner != nil })
                #expect(found.allSatisfy { !$0.prior.isSame(as: $0.surviving) })
            } catch {
                #expect(error.location != nil)
            }
        }
        #expect(merges > 1000)
    }

    @Test("nothing of a change is printed")
    func redacted() throws {
        let update = try #require(try change("A08", ["PID|1||4711^^^HOSP^MR||ROE^ANNE"]))
        let merge = try #require(try change("A40", ["PID|1||4711^^^HOSP^MR", "MRG|4712^^^HOSP^MR"]))
        for value in [update as Any, merge] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in [dumped, "\(value)", String(reflecting: value)] {
                #expect(!text.contains("ROE") && !text.contains("471"))
            }
        }
    }
}
