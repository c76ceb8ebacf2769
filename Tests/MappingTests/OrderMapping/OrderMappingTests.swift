import DICOM
import HL7v2
import Mapping
import Testing

@Suite("From message to imaging order (mappings/orders/default.yaml)")
struct OrderMappingTests {
    @Test(
        "ORM^O01 with OBR-18 and ZDS, and OMI^O23 with TQ1 and IPC, say the same",
        arguments: [Examples.orm, Examples.omi])
    func bothMessages(lines: [String]) throws {
        let candidate = try Examples.candidate(lines)
        let order = candidate.order
        #expect(candidate.problems == [] && candidate.warnings == [])
        #expect(
            order.identity.accession?.isSame(as: AssignedIdentifier(assigner: Examples.ris, value: "ACC900")) == true)
        #expect(order.identity.filler?.isSame(as: AssignedIdentifier(assigner: Examples.ris, value: "F200")) == true)
        #expect(order.identity.placer?.isSame(as: AssignedIdentifier(assigner: Examples.his, value: "P100")) == true)
        #expect(order.identity.strongest?.kind == .accession)
        #expect(
            order.patient == [
                AssignedIdentifier(assigner: Examples.hospital, value: "4711", typeCode: "MR"),
                AssignedIdentifier(assigner: nil, value: "0815", typeCode: "PI"),
            ])
        #expect(order.patientName == PersonName(family: "DOE", given: "ANNA"))
        #expect(order.birthDate == (try DTM(parsing: "20220102")))
        #expect(order.sex == "F")
        #expect(order.orderControl == .NW)
        #expect(order.orderStatus == "SC")
        #expect(order.procedureCode == CodedConcept(code: "XRCH2", display: "XR Chest 2 views", system: "L"))
        #expect(order.modality == "DX")
        #expect(order.studyInstanceUID == UID("1.2.3.4.5"))
        #expect(order.requestedProcedureID == "RP1")
        #expect(order.priority == "S")
        #expect(order.scheduledTime?.stated.description == "20260301093000+0100")
        #expect(order.scheduledTime?.microseconds == 1_772_353_800_000_000)
        #expect(order.transactionTime?.stated.description == "20260301085500+0100")
        #expect(order.source == "his")
        #expect(order.messageControlID == lines[0].split(separator: "|")[8].description)
    }

    @Test("the trace names where each value came from")
    func trace() throws {
        let orm = try Examples.candidate(Examples.orm).trace
        let omi = try Examples.candidate(Examples.omi).trace
        #expect(orm.path(of: .accessionNumber)?.description == "OBR-18")
        #expect(omi.path(of: .accessionNumber)?.description == "IPC-1")
        #expect(orm.path(of: .scheduledTime)?.description == "ORC-7.4")
        #expect(omi.path(of: .scheduledTime)?.description == "TQ1-7")
        #expect(Set(orm.entries.map(\.field)) == Set(OrderField.allCases))
    }

    @Test("a message that the file does not list is not ours", arguments: ["ADT^A08", "ORU^R01", "ORM^O02", "ORM", ""])
    func otherMessages(type: String) throws {
        let header = #"MSH|^~\&|A|B|C|D|20260301||\#(type)|M1|P|2.5.1"#
        let message = try Examples.message([header] + Examples.orm.dropFirst())
        #expect(try Examples.mapping().orders(from: message).isEmpty)
    }

    @Test("a listed message without an order is a segment sequence error")
    func noOrder() throws {
        let message = try Examples.message(Array(Examples.orm.prefix(2)))
        let error = MappingError(.orderGroupMissing, at: ErrorLocation(segment: "ORC"))
        #expect(throws: error) { try Examples.mapping().orders(from: message) }
        #expect(AcknowledgmentError(error).condition == .segmentSequenceError)
    }

    /// Segment, its new text, and the problem: kind, field, path, row of table 0357.
    static let defects: [(String, String, OrderProblem.Kind, String, String, Int)] = [
        ("PID", "PID|1||||DOE^ANNA", .missing, "patientIdentifier", "PID-3", 101),
        ("PID", "", .missing, "patientIdentifier", "PID-3", 101),
        ("PID", "PID|1||^^^HOSP^MR", .missing, "patientIdentifier", "PID-3", 101),
        ("PID", #"PID|1||"""#, .missing, "patientIdentifier", "PID-3", 101),
        ("OBR", "OBR|1|P100^HIS|F200^RIS|||||||||||||||ACC900", .missing, "procedureCode", "OBR-4", 101),
        ("ORC", "ORC||P100^HIS|F200^RIS", .missing, "orderControl", "ORC-1", 101),
        ("ORC", "ORC|QQ|P100^HIS|F200^RIS", .codeUnknown, "orderControl", "ORC-1", 103),
        ("ORC", "ORC|nw|P100^HIS|F200^RIS", .codeUnknown, "orderControl", "ORC-1", 103),
        ("OBR", "OBR|1|||XR^Chest||||||||||||||ACC90012345678901", .invalid, "accessionNumber", "OBR-18", 102),
        ("OBR", #"OBR|1|||XR^Chest||||||||||||||ACC\E\1"#, .invalid, "accessionNumber", "OBR-18", 102),
        ("OBR", #"OBR|1|||XR^Chest||||||||||||||ACC\X0A\1"#, .invalid, "accessionNumber", "OBR-18", 102),
        ("OBR", "OBR|1|||XR^Chest||||||||||||||ACC1^NOBODY", .assignerUnknown, "accessionNumber", "OBR-18.2", 204),
        ("ZDS", "ZDS|1.2.x^RIS", .invalid, "studyInstanceUID", "ZDS-1.1", 102),
        ("ZDS", "ZDS|1..2", .invalid, "studyInstanceUID", "ZDS-1.1", 102),
    ]

    @Test("each defect is a problem with field, place and row of table 0357", arguments: defects)
    func defect(
        segment: String, text: String, kind: OrderProblem.Kind, field: String, path: String, row: Int
    ) throws {
        let candidate = try Examples.candidate(replacing: [segment: text])
        #expect(candidate.problems.map(\.kind) == [kind])
        #expect(candidate.problems.map(\.field.rawValue) == [field])
        #expect(candidate.problems.map(\.path.description) == [path])
        #expect(candidate.errors.map(\.condition.rawValue) == [row])
        #expect(candidate.errors.first?.location == ErrorLocation(try FieldPath(parsing: path)))
        #expect(candidate.missing.map(\.description) == (kind == .missing ? [path] : []))
    }

    @Test("an order without any number that has a known assigner is refused")
    func keys() throws {
        let obr = "OBR|1|||XRCH2^XR Chest 2 views^L"
        let none = try Examples.candidate(replacing: ["ORC": "ORC|NW", "OBR": obr])
        #expect(none.problems.map(\.description) == ["missing placerOrderNumber at ORC-2"])
        let unknown = try Examples.candidate(replacing: ["ORC": "ORC|NW|P1^XX|F1^YY", "OBR": obr])
        #expect(
            unknown.problems.map(\.description)
                == ["assignerUnknown fillerOrderNumber at ORC-3.2", "assignerUnknown placerOrderNumber at ORC-2.2"])
        let one = try Examples.candidate(replacing: ["ORC": "ORC|NW|P1^XX|F1^RIS", "OBR": obr])
        #expect(one.problems == [])
        #expect(one.warnings.map(\.description) == ["assignerUnknown placerOrderNumber at ORC-2.2"])
        #expect(one.order.identity.keys.map(\.kind) == [.filler])
    }

    @Test("no namespace means the source's default assigner, an unknown one never does")
    func defaultAssigner() throws {
        let sender = try Examples.sender(defaultAssigner: nil)
        let candidate = try Examples.candidate(by: Examples.mapping(sender: sender))
        #expect(candidate.problems.map(\.description) == ["assignerUnknown accessionNumber at OBR-18.2"])
        let pid = try Examples.candidate(replacing: ["PID": "PID|1||1~2^^^CITY~3^^^&1.2.3&ISO"])
        #expect(pid.order.patient.map(\.assigner) == [Examples.ris, nil, Examples.hospital])
    }

    @Test("the first place that says something counts; null says something")
    func firstNonEmpty() throws {
        let empty = Examples.omi.map { $0.hasPrefix("IPC") ? "IPC|^RIS|RP1|1.2.3.4.5||DX" : $0 }
        let withOBR18 = empty.map { $0.hasPrefix("OBR") ? $0 + "||||||||||||||ACC7" : $0 }
        #expect(try Examples.candidate(withOBR18).order.identity.accession?.value == "ACC7")
        let null = withOBR18.map { $0.hasPrefix("IPC") ? #"IPC|""|RP1|1.2.3.4.5||DX"# : $0 }
        let candidate = try Examples.candidate(null)
        #expect(candidate.order.identity.accession == nil)
        #expect(candidate.order.cleared == ["accessionNumber"])
    }

    @Test("a cancellation needs no more than an order number")
    func cancellation() throws {
        let candidate = try Examples.candidate(
            replacing: ["ORC": "ORC|CA|P100^HIS", "OBR": "OBR|1", "PID": "", "ZDS": ""])
        #expect(candidate.problems == [])
        #expect(candidate.order.orderControl.isCancellation)
        let nothing = try Examples.candidate(replacing: ["ORC": "ORC|CA", "OBR": "OBR|1"])
        #expect(nothing.missing.map(\.description) == ["ORC-2"])
    }

    @Test("several orders in a message are read apart, each with its own segments")
    func severalOrders() throws {
        let more = ["ORC|NW|P101^HIS|F201^RIS", "OBR|2|||CTH^CT Head^L||||||||||||||ACC901||||||CT"]
        let candidates = try Examples.mapping().orders(from: Examples.message(Examples.orm + more))
        #expect(candidates.map(\.order.modality) == ["DX", "CT"])
        #expect(candidates.map(\.order.identity.accession?.value) == ["ACC900", "ACC901"])
        #expect(candidates.map(\.order.patient.first?.value) == ["4711", "4711"])
        #expect(candidates.map(\.order.studyInstanceUID) == [UID("1.2.3.4.5"), nil])
        #expect(candidates.allSatisfy { $0.problems == [] })
        #expect(candidates.last?.trace.path(of: .accessionNumber)?.description == "OBR[2]-18")
    }

    @Test("one ZDS behind several steps of one accession number is the study of each (IHE RAD-4)")
    func sharedStudy() throws {
        let steps = Array(Examples.orm.dropLast()) + Examples.orm[2...3] + Examples.orm.suffix(1)
        let candidates = try Examples.mapping().orders(from: Examples.message(steps))
        #expect(candidates.map(\.order.studyInstanceUID) == [UID("1.2.3.4.5"), UID("1.2.3.4.5")])
        #expect(candidates.first?.trace.path(of: .studyInstanceUID)?.description == "ZDS-1.1")
        #expect(candidates.first?.trace.entries.count == OrderField.allCases.count)
    }

    @Test("several OBR under one ORC, and an OBR without ORC, are orders too; a bound holds")
    func groups() throws {
        let mapping = try Examples.mapping()
        let obr = Examples.orm[3]
        #expect(try mapping.orders(from: Examples.message(Examples.orm + [obr])).count == 2)
        let bare = try mapping.orders(from: Examples.message(Array(Examples.orm.prefix(2)) + [obr]))
        #expect(bare.map { $0.missing.map(\.description) } == [["ORC-1"]])
        let many = Array(repeating: Examples.orm[2], count: 51)
        #expect(throws: MappingError(.tooManyOrders, at: ErrorLocation(segment: "ORC", sequence: 51))) {
            try mapping.orders(from: Examples.message(Array(Examples.orm.prefix(2)) + many))
        }
    }

    @Test("several IPC with one accession number are one order, with two they are not")
    func severalSteps() throws {
        let same = Examples.omi + ["IPC|ACC900^RIS|RP1^RIS|1.2.3.4.5|SPS2^RIS|DX"]
        #expect(try Examples.candidate(same).problems == [])
        let other = Examples.omi + ["IPC|ACC901^RIS|RP1^RIS|1.2.3.4.5|SPS2^RIS|DX"]
        #expect(
            try Examples.candidate(other).problems.map(\.description) == ["severalOrders accessionNumber at IPC[2]-1"])
    }

    @Test("times: the source's zone, else that of MSH-7, else UTC; unreadable ones are noted")
    func times() throws {
        func scheduled(_ zone: String?, _ header: String? = nil) throws -> String? {
            let mapping = try Examples.mapping(sender: Examples.sender(timeZone: zone))
            let changes = header.map { ["MSH": #"MSH|^~\&|A|B|C|D|\#($0)||ORM^O01|M1|P|2.3.1"#] } ?? [:]
            return try Examples.candidate(replacing: changes, by: mapping).order.scheduledTime?.stated.description
        }
        #expect(try scheduled("-05:00") == "20260301093000-0500")
        #expect(try scheduled("Europe/Berlin") == "20260301093000+0100")
        #expect(try scheduled(nil) == "20260301093000+0100")
        #expect(try scheduled(nil, "20260301090000") == "20260301093000+0000")
        let broken = try Examples.candidate(replacing: ["ORC": "ORC|NW|P100^HIS|F200^RIS||SC||^^^2026-03-01||x"])
        #expect(broken.problems == [] && broken.order.scheduledTime == nil)
        #expect(
            broken.warnings.map(\.description)
                == ["invalid scheduledTime at ORC-7.4", "invalid transactionTime at ORC-9"])
    }

    @Test("code maps: modality by table, body part dropped when unknown")
    func codes() throws {
        let order = try Examples.candidate(
            replacing: ["OBR": "OBR|1|||36643-5^XR Chest^LN||||||||||||||ACC900||||||XRAY|XRAY"]).order
        #expect(order.modality == "DX")
        #expect(order.bodyPart == "CHEST")
        let other = try Examples.candidate(
            replacing: ["OBR": "OBR|1|||1-8^Foot^LN|||||||||||^^^FOOT|||ACC900||||||CT"])
        #expect(other.order.bodyPart == nil && other.order.modality == "CT")
        let entries = other.trace.entries
        #expect(entries.first { $0.field == .modality }?.isUnmapped == true)
        #expect(entries.first { $0.field == .bodyPart }?.path == nil)
    }

    @Test("the example of a small site: conditions, local Z segment, identifier types")
    func smallSite() throws {
        let mapping = try Examples.mapping("sites/small-site.yaml")
        let lines = [
            Examples.orm[0], "PID|1||1^^^HOSP^MR~2^^^HOSP^SS~3^^^HOSP||DOE^ANNA|||1", "ORC|NW|P1^HIS|F1^RIS",
            "OBR|1|||R1^Thorax^L||||||||||||||||||||ROE", "ZST|x|1.2.9",
        ]
        let candidate = try Examples.candidate(lines, by: mapping)
        #expect(candidate.problems == [])
        #expect(candidate.order.identity.accession?.value == "F1")
        #expect(candidate.trace.entries.first { $0.field == .sex }?.origin == "sites/small-site.yaml: order.sex")
        #expect(candidate.order.patient.map(\.value) == ["1", "3"])
        #expect(candidate.order.sex == "M" && candidate.order.modality == "DX")
        #expect(candidate.order.studyInstanceUID == UID("1.2.9"))
    }

    @Test("a null first identifier does not hide the others")
    func nullIdentifier() throws {
        let order = try Examples.candidate(replacing: ["PID": #"PID|1||""~4711^^^HOSP^MR"#]).order
        #expect(order.patient.map(\.value) == ["4711"])
        #expect(order.cleared == [])
    }

    @Test("padding is trimmed, leading zeros stay")
    func padding() throws {
        let order = try Examples.candidate(
            replacing: ["PID": "PID|1|| 00471 ^^^ HOSP ^MR", "ORC": "ORC|NW| 007 ^HIS|F200^RIS"]).order
        #expect(order.patient == [AssignedIdentifier(assigner: Examples.hospital, value: "00471", typeCode: "MR")])
        #expect(order.identity.placer?.value == "007")
    }
}
