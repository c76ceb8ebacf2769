import DICOM
import HL7v2
import JSON
import Mapping
import Testing

@Suite("ImagingOrder")
struct ImagingOrderTests {
    @Test(
        "goes through the sealed store unchanged",
        arguments: [
            Examples.orm, Examples.omi,
            [
                Examples.orm[0], #"PID|1||1^^^HOSP||^^MIDDLE^JR^DR||2022|""#, "ORC|XO||F1^RIS",
                #"OBR|1|||A^B^C^D^E^F|||||||||||||||RP"#,
            ],
        ])
    func roundTrip(lines: [String]) throws {
        let order = try Examples.candidate(lines).order
        let stored = order.json.serialized(.canonical)
        #expect(try ImagingOrder(json: JSONValue(parsing: stored)) == order)
    }

    @Test("an order with nothing goes through too")
    func minimal() throws {
        let order = ImagingOrder(identity: OrderIdentity(), source: "s")
        #expect(try ImagingOrder(json: order.json) == order)
    }

    @Test("what is no stored order is refused")
    func damaged() throws {
        let whole = try Examples.candidate().order.json
        let object = try #require(whole.object)
        for key in ["v", "keys", "patient", "orderControl", "source"] {
            var damaged = object
            damaged[key] = nil
            #expect(throws: MappingError(.storedOrderInvalid)) { try ImagingOrder(json: .object(damaged)) }
        }
        for (key, value) in [
            ("v", 2), ("orderControl", "??"), ("birthDate", "x"), ("studyInstanceUID", "x"), ("scheduledTime", "x"),
            ("keys", [["kind": "x", "value": "1"]]), ("patient", [["assigner": "a"]]), ("procedureCode", "x"),
        ] as [(String, JSONValue)] {
            var damaged = object
            damaged[key] = value
            #expect(throws: MappingError(.storedOrderInvalid)) { try ImagingOrder(json: .object(damaged)) }
        }
    }

    @Test("nothing of an order is printed")
    func redacted() throws {
        let candidate = try Examples.candidate()
        var texts = [
            "\(candidate)", String(reflecting: candidate), "\(candidate.order)", "\(candidate.order.identity)",
        ]
        for value in [candidate as Any, candidate.order, candidate.order.identity.keys, candidate.order.patient] {
            var dumped = ""
            dump(value, to: &dumped)
            texts += [dumped, String(reflecting: value)]
        }
        for text in texts {
            for secret in ["DOE", "4711", "ACC900", "P100", "F200", "20220102", "1.2.3.4.5"] {
                #expect(!text.contains(secret))
            }
        }
    }

    @Test("one exam is one patient and not two studies")
    func sameExam() throws {
        let order = try Examples.candidate().order
        var other = order
        #expect(order.isSameExam(as: other))
        other.studyInstanceUID = nil
        other.patient = [AssignedIdentifier(assigner: Examples.hospital, value: "4711")]
        #expect(order.isSameExam(as: other))
        other.studyInstanceUID = UID("1.2.9")
        #expect(!order.isSameExam(as: other))
        other.studyInstanceUID = order.studyInstanceUID
        other.patient = [AssignedIdentifier(assigner: nil, value: "0815")]
        #expect(!order.isSameExam(as: other))
    }

    @Test("all codes of table 0119 have an action; the ones of the state table are right")
    func orderControl() {
        #expect(OrderControl.allCases.count == 52)
        let expected: [OrderControl.Action: [OrderControl]] = [
            .new: [.NW], .cancel: [.CA, .DC, .OC, .OD], .change: [.XO, .XX], .replace: [.RP, .RO], .hold: [.HD],
            .release: [.RL], .status: [.SC], .conversation: [.UA, .SS],
        ]
        #expect(Set(expected.keys) == Set(OrderControl.Action.allCases))
        for (action, codes) in expected {
            for code in codes { #expect(code.action == action) }
        }
        #expect(OrderControl.HD.isChange && OrderControl.RP.isChange && !OrderControl.NW.isChange)
        #expect(OrderControl(rawValue: "ZZ") == nil)
    }
}
