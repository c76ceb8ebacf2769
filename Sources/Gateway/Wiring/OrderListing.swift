import Audit
import DICOM
import FHIR
public import JSON
import Mapping
public import Workflow

/// What `orders` shows of an order; identified data, for the operator's eyes, recorded before it is shown.
public struct OrderListing: Sendable {
    public let order: StoredOrder

    public init(_ order: StoredOrder) { self.order = order }

    /// One line of the list: no patient, only what the operator acts on.
    public var summary: JSONValue {
        var object: JSONObject = [
            "id": .string(order.id.value), "kind": .string(order.kind.rawValue), "state": .string(order.state.rawValue),
            "created": .string(text(order.created)), "updated": .string(text(order.updated)),
        ]
        if order.state.isBeforeCompose { object["nextAttempt"] = .string(text(order.nextAttempt)) }
        if let parking = order.content.parking {
            object["reason"] = .string(parking.reason.rawValue)
            object["code"] = parking.code.map { .string($0) }
            object["remedy"] = .string(parking.reason.remedy)
        }
        object["notApplicable"] = order.content.notApplicableReason.map { .string($0) }
        if order.content.progress.failures > 0 {
            object["failures"] = .number(JSONNumber(order.content.progress.failures))
        }
        return .object(object)
    }

    /// Everything, keys and patient identifiers included.
    public var details: JSONValue {
        guard case .object(var object) = summary else { return summary }
        object["correlation"] = .string(order.content.correlation.value)
        guard let imaging = order.content.order else { return .object(object) }
        object["keys"] = .array(
            imaging.identity.keys.map {
                ["kind": .string($0.kind.rawValue), "identifier": .string(identifier($0.identifier))]
            })
        object["patient"] = .array(imaging.patient.map { .string(identifier($0)) })
        object["studyInstanceUID"] = imaging.studyInstanceUID.map { .string($0.value) }
        object["modality"] = imaging.modality.map { .string($0) }
        object["procedure"] = imaging.procedureCode?.code.map { .string($0) }
        object["source"] = .string(imaging.source)
        return .object(object)
    }

    private func identifier(_ identifier: AssignedIdentifier) -> String {
        "\(identifier.assigner?.name ?? "?")|\(identifier.value)"
    }

    private func text(_ moment: Timestamp) -> String {
        FHIRInstant(microsecondsSinceEpoch: moment.microseconds).text
    }
}

extension ParkReason {
    /// What a person can do about it, in one sentence.
    public var remedy: String {
        switch self {
        case .identityConflict:
            "The message's numbers belong to two orders: correct them at the sender, then resolve or retry both."
        case .imagesNeverArrived: "Check that the exam was done and reached the archive, then retry, or resolve."
        case .studyAmbiguous: "Several studies have this accession number: correct them in the archive, then retry."
        case .patientNotFound: "The EHR does not know the patient: register the identifier there, then retry."
        case .patientAmbiguous: "The EHR has several resources for one identifier: merge them there, then retry."
        case .patientMismatch:
            "Order, study and EHR name different patients or exams: find out which is wrong, correct it, then retry."
        case .assignerUnknown: "Add the identifier's assigner to `assigners` in the configuration, restart, then retry."
        case .orderChanged:
            "A message made it an order that no model takes, and its report is out: check it, then retry or resolve."
        case .reportFinal:
            "A person's final report is out and the order turned out to be about another patient or study: tell that"
                + " person, correct it in the EHR, then resolve."
        case .peerRefused: "A peer refused for good, the code says what: correct it there, then retry."
        case .retriesExhausted: "A peer was away for too long: bring it back, then retry."
        case .reportConflict:
            "The EHR holds another report under our identifier: look at it there, then resolve or retry."
        case .imagesUnreadable:
            "The images cannot be read or de-identified, the code says why: correct them, then retry."
        case .fault: "An error of the gateway itself: report the code, then retry after an update."
        }
    }
}
