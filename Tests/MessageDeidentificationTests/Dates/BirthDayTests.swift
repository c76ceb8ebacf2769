import Deidentification
import JSON
import MessageDeidentification
import Testing

@Suite("Days of birth")
struct BirthDayTests {
    static func keeping() throws -> MessageDeidentifier {
        try Make.deidentifier(
            DeidentificationProfile(
                yaml: """
                    version: 1
                    name: keeping
                    release: "1"
                    summary: Of the tests.
                    edition: 2024b
                    options: [basic, retainFullDates]
                    textGate: never
                    pseudonyms: keyed
                    """))
    }

    static func deidentifiers() throws -> [MessageDeidentifier] {
        try [keeping(), Make.shifting()] + Shipped.names.map { name in try Shipped.deidentifier(name) }
    }

    @Test(
        "no date of a message is the patient's day of birth, in whatever form",
        arguments: [
            ("DT", "19300115"), ("TS", "19300115"), ("DTM", "1930011510"), ("TS", "19300115103000.5+0100"),
            ("DT", "193001"), ("DT", "1930"), ("TS", "193001142300+0000"), ("DTM", "19300115060000-0600"),
        ])
    func hl7(_ type: String, _ text: String) throws {
        for birth in [
            "19300115", "193001151000", "1930-01-15", "15.1.1930", "01/15/1930", "15011930", "1930/01/15", "19300115^D",
        ] {
            for deidentifier in try Self.deidentifiers() {
                let segments = [
                    "PID|1||4711^^^HOSP||||\(birth)", "ORC|NW||||||||\(text)",
                    "OBX|1|\(type)|GEB^Geburtsdatum^99L||\(text)",
                    "DG1|1||J18.9^^I10||\(text)",
                ]
                let message = ["MSH|^~\\&|||||\(text)||ORU^R01|1|P|2.5.1"] + segments + [""]
                let bytes = try deidentifier.deidentify(hl7: Array(message.joined(separator: "\r").utf8)).bytes
                #expect(!String(decoding: bytes, as: UTF8.self).contains("1930"), "\(birth)")
            }
        }
    }

    @Test("other days stay where dates stay, and the other times of the day before")
    func others() throws {
        for (text, kept) in [
            ("19300116", "19300116"), ("19310115", "19310115"), ("1931", "1931"), ("193002", "193002"),
            ("19300114221500+0000", "19300114221500+0000"), ("19300114230001+0000", "19300114230001+0000"),
            ("19300114230000", "19300114230000"), ("19300114", "19300114"),
        ] {
            let value = try Asked.hl7(
                "OBX-5", "PID|1||4711^^^HOSP||||19300115", "OBX|1|TS|8867-4^^LN||\(text)", by: Self.keeping())
            // A quarter past ten in the evening is midnight an hour and three quarters to the east.
            #expect(value == (text.contains("2215") ? nil : kept), "\(text)")
        }
    }

    @Test("the days of birth of relatives, of other messages of the file and of values are known too")
    func relatives() throws {
        for other in [
            "NK1|1|||||||||||||||19300115", "GT1|1|||||||19300115",
            "IN1|" + String(repeating: "|", count: 17) + "19300115",
            "OBX|2|DT|21112-8^^LN||19300115", "OBX|2|NM|21112-8^^LN||19300115",
            "MSH|^~\\&|||||20240102||ORU^R01|2|P|2.5.1\rPID|1||4712^^^HOSP||||19300115",
        ] as [String] {
            let message = "MSH|^~\\&|||||20240101||ORU^R01|1|P|2.5.1\rOBX|1|DT|8867-4^^LN||19300115\r\(other)\r"
            let bytes = try Self.keeping().deidentify(hl7: Array(message.utf8)).bytes
            #expect(!String(decoding: bytes, as: UTF8.self).contains("1930"), "\(other)")
        }
        #expect(try Asked.hl7("OBX-5", "OBX|1|DT|8867-4^^LN||19300115", by: Self.keeping()) == "19300115")
    }

    @Test("of a child born on the day of the study no date of it stays, and every other one does")
    func newborn() throws {
        let message = [
            "PID|1||4711^^^HOSP||||202401010312", "ORC|NW||||||||20240101101500", "OBX|1|DT|8867-4^^LN||20240102",
        ]
        for (path, kept) in [("MSH-7", nil), ("ORC-9", nil), ("OBX-5", "20240102")] as [(String, String?)] {
            #expect(try Asked.hl7(path, message[0], message[1], message[2], by: Self.keeping()) == kept)
        }
    }

    private static let persons = [
        #"{"resourceType": "Patient", "id": "p", "birthDate": "1930-01-15"}"#,
        #"{"resourceType": "RelatedPerson", "birthDate": "1930-01-15"}"#,
        #"{"resourceType": "Practitioner", "birthDate": "1930-01-15"}"#,
        #"""
        {"resourceType": "Observation", "status": "final", "valueDateTime": "1930-01-15",
         "code": {"coding": [{"system": "http://loinc.org", "code": "21112-8"}]}}
        """#,
        #"{"resourceType": "Parameters", "parameter": [{"name": "birthdate", "valueDate": "1930-01-15"}]}"#,
        #"""
        {"resourceType": "Patient", "id": "p", "extension": [
          {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1930-01-15T10:00:00Z"}]}
        """#,
        #"{"resourceType": "Observation", "contained": [{"resourceType": "Patient", "id": "p", "birthDate": "1930-01-15"}]}"#,
    ]

    @Test("no date of a resource is a day of birth, in a Bundle and line by line", arguments: persons)
    func fhir(_ person: String) throws {
        let person = person.replacing("\n", with: "")
        let values = [
            #""valueDateTime": "1930-01-15""#, #""valueDateTime": "1930-01-15T10:30:00+01:00""#,
            #""valueDateTime": "1930-01""#, #""valueDateTime": "1930""#, #""issued": "1930-01-15T10:30:00.5Z""#,
            #""effectivePeriod": {"start": "1930-01-15", "end": "1930-01-14T23:00:00Z"}"#,
            #""valuePeriod": {"start": "1930-01-15T05:00:00.000Z"}"#, #""effectiveTiming": {"event": ["1930-01-15"]}"#,
        ]
        for value in values {
            let observation = #"{"resourceType": "Observation", "status": "final", \#(value)}"#
            let bundle = """
                {"resourceType": "Bundle", "type": "collection",
                 "entry": [{"resource": \(observation)}, {"resource": \(person)}]}
                """
            for text in [bundle, observation + "\n" + person + "\n"] {
                for deidentifier in try Self.deidentifiers() {
                    let bytes = try deidentifier.deidentify(fhirJSON: Array(text.utf8)).bytes
                    #expect(!String(decoding: bytes, as: UTF8.self).contains("1930"), "\(value)")
                }
            }
        }
    }

    @Test("other dates of a resource stay where dates stay")
    func othersOfFHIR() throws {
        for date in ["1930-01-16", "1931-01", "1930-01-14T22:59:00.001Z", "1930-01-14T23:00:01+00:00", "2024"] {
            let text = """
                {"resourceType": "Observation", "status": "final", "valueDateTime": "\(date)",
                 "contained": [{"resourceType": "Patient", "id": "p", "birthDate": "1930-01-15"}]}
                """
            #expect(try Asked.resource(text, by: Self.keeping())["valueDateTime"]?.string == date)
        }
    }
}
