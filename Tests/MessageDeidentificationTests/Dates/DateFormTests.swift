import HL7v2
import JSON
import MessageDeidentification
import Sealing
import Testing

@Suite("Dates and times")
struct DateFormTests {
    /// OBX-5 of this type, and ORC-9.
    private func hl7(_ text: String, _ type: String, _ deidentifier: MessageDeidentifier) throws -> [String?] {
        let message = [
            "MSH|^~\\&|||||20240101||ORU^R01|1|P|2.5.1", "PID|1||4711^^^HOSP", "ORC|NW||||||||\(text)",
            "OBX|1|\(type)|36572-6^^LN||\(text)||||||F", "",
        ].joined(separator: "\r")
        let bytes = try deidentifier.deidentify(hl7: Array(message.utf8)).bytes
        return [try MessageTests.value("OBX-5", of: bytes), try MessageTests.value("ORC-9", of: bytes)]
    }

    @Test(
        "what is no date of HL7 to its last character goes, whether dates are removed, moved or kept",
        arguments: [
            "20240105 seen with cousin Brunhilde", "20240105Brunhilde", "20240105103000+0100 Brunhilde",
            "2024Brunhilde",
            "20240105103000.Brunhilde", "20240105+Brun", "2024010", "20241305", "01715551234", "0171", "99990101",
        ])
    func noDateOfHL7(_ text: String) throws {
        for name in Shipped.names {
            for type in ["TS", "DT", "DTM"] {
                #expect(try hl7(text, type, Shipped.deidentifier(name)) == [nil, nil], "\(name) \(type)")
            }
        }
    }

    @Test(
        "a date of HL7 stays as it is where dates stay",
        arguments: ["2024", "202401", "20240105", "2024010510", "202401051030", "20240105103000.1234-0500"])
    func keptInHL7(_ text: String) throws {
        #expect(try hl7(text, "TS", Shipped.full()) == [text, text])
    }

    @Test("a date of HL7 moves by its day, and what is less than a day goes")
    func movedInHL7() throws {
        let day = try MessageTests.moved("20240105", by: Make.pseudonyms().dayShift(issuer: "HOSP", patientID: "4711"))
        #expect(
            try hl7("20240105103000.5+0100", "TS", Make.shifting()) == [day + "103000.5+0100", day + "103000.5+0100"])
        #expect(try hl7("202401", "TS", Make.shifting()) == [nil, nil])
    }

    private func fhir(_ text: String, _ member: String, _ deidentifier: MessageDeidentifier) throws -> JSONValue? {
        let resource: JSONValue = [
            "resourceType": "Observation", "status": "final", "subject": ["reference": "Patient/4711"],
            "code": ["coding": [["system": "http://loinc.org", "code": "8867-4"]]],
            "\(member)": .string(text),
        ]
        let result = try deidentifier.deidentify(fhirJSON: resource.serialized())
        return try JSONValue(parsing: result.bytes)[member]
    }

    @Test(
        "what is no date of FHIR to its last character goes, whether dates are removed, moved or kept",
        arguments: [
            "2024-01-05 Brunhilde", "2024-01-05TBrunhilde", "2024-01-05T10:30:00ZBrunhilde", "2024-01-05T10:30:00",
            "2024-13-05", "2024-02-30", "20240105", "2024-01-05T10:30:00.01715551234Z", "0171", "0171-05-05",
        ])
    func noDateOfFHIR(_ text: String) throws {
        for name in Shipped.names {
            for member in ["effectiveDateTime", "valueDateTime", "issued", "effectiveInstant"] {
                #expect(try fhir(text, member, Shipped.deidentifier(name)) == nil, "\(name) \(member)")
            }
        }
    }

    @Test("a date of FHIR stays as it is where dates stay, if its type has that form")
    func keptInFHIR() throws {
        let full = try Shipped.full()
        for text in ["2024", "2024-01", "2024-01-05", "2024-01-05T10:30:00Z", "2024-01-05T10:30:00.125-05:00"] {
            #expect(try fhir(text, "effectiveDateTime", full)?.string == text)
        }
        #expect(try fhir("2024-01-05", "issued", full) == nil, "an instant has a time")
        #expect(try fhir("2024-01-05T10:30:00Z", "issued", full)?.string == "2024-01-05T10:30:00Z")
    }
}
