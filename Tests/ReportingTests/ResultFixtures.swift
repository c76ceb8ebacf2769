import DICOM
import FHIR
import HL7v2
import ImageClassifier
import Mapping
import Testing

@testable import Matching
@testable import Reporting

/// Orders with numbers and people (all invented), and a reader of what is composed for them.
enum Results {
    static let assigners = Result {
        try AssignerDirectory([
            AssignerEntry(name: "hospital", hl7: ["HOSP"], fhir: "urn:oid:1.2.3", dicom: ["HOSP"]),
            AssignerEntry(name: "national", hl7: ["NATIONAL"]), AssignerEntry(name: "placer", hl7: ["HIS"]),
            AssignerEntry(name: "filler", hl7: ["RIS"]),
        ])
    }

    static var composer: ResultMessageComposer {
        get throws { Fixture.composer().messages(assigners: try assigners.get()) }
    }

    static func hospital(_ value: String) -> AssignedIdentifier {
        AssignedIdentifier(assigner: Assigner(name: "hospital"), value: value, typeCode: "MR")
    }

    static func order(_ change: (inout ImagingOrder) -> Void = { _ in }) -> ImagingOrder {
        func number(_ assigner: String, _ value: String) -> AssignedIdentifier {
            AssignedIdentifier(assigner: Assigner(name: assigner), value: value)
        }
        var order = ImagingOrder(
            identity: OrderIdentity(
                accession: hospital("ACC1"), filler: number("filler", "FI1"), placer: number("placer", "PL1")),
            patient: [
                hospital("P007"), number("national", "N1"), AssignedIdentifier(assigner: nil, value: "OTHER"),
            ],
            patientName: PersonName(family: "Canary", given: "Jane"), birthDate: try? DTM(parsing: "20200115"),
            sex: "F", procedureCode: CodedConcept(code: "XRCH", display: "XR chest", system: "L"),
            requestedProcedureID: "RP1", source: "his", messageControlID: "MSG00001")
        change(&order)
        return order
    }

    static func peer(_ change: (inout ResultMessageSettings) -> Void = { _ in }) -> ResultMessageSettings {
        var peer = ResultMessageSettings(
            sendingFacility: "RAD", receivingApplication: "EHR", receivingFacility: "HOSP")
        change(&peer)
        return peer
    }

    static func request(
        _ classification: Classification, order: ImagingOrder = order(), issued: Int64 = 1_767_348_000
    ) throws -> ReportRequest {
        let base = try Fixture.request(classification)
        let context = base.matched.value
        return ReportRequest(
            matched: Matched(
                MatchedContext(
                    order: order, patient: context.patient, serviceRequest: context.serviceRequest,
                    imagingStudy: context.imagingStudy, study: context.study)),
            classification: classification, names: base.names, issued: FHIRInstant(secondsSinceEpoch: issued),
            receipt: base.receipt, orderIdentifier: base.orderIdentifier)
    }

    static func message(
        _ classification: Classification? = nil, order: ImagingOrder = order(),
        peer: ResultMessageSettings = peer()
    ) throws -> Reading {
        let classification = try classification ?? .finding(Fixture.finding())
        return try reading(composer.compose(request(classification, order: order), for: peer))
    }

    static func reading(_ bytes: [UInt8]) throws -> Reading {
        Reading(message: try Message(parsing: bytes), bytes: bytes)
    }

    /// A message as our own parser reads it.
    struct Reading {
        let message: Message
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// The values at these paths; nil where there is none.
        func callAsFunction(_ paths: String...) throws -> [String?] {
            try paths.map { message.value(at: try FieldPath(parsing: $0)) }
        }
    }
}
