extension Principal {
    /// Who, as a report names them.
    var words: String {
        switch kind {
        case .service: "\(name) (this program)"
        case .peer: "\(name) (connected system)"
        case .user: "\(name) (person)"
        }
    }
}

extension Peer {
    /// The other side with its address, where that is known.
    var words: String { address.map { "\(name) (\($0))" } ?? name }
}

extension Role {
    /// The part, in words.
    var words: String {
        switch self {
        case .application: "processing orders"
        case .orderPlacer: "sender of orders"
        case .imageManager: "image archive"
        case .operator: "operator"
        case .auditor: "auditor"
        default: value == "none" ? "no role" : value
        }
    }
}

extension PurposeOfUse {
    /// Why, in words; codes of v3-ActReason that are not named here stand as they are.
    var words: String {
        switch code {
        case "TREAT": "treatment of the patient"
        case "ETREAT": "emergency treatment"
        case "BTG": "EMERGENCY: a control was overridden (break-glass)"
        case "HOPERAT": "running the service"
        case "HSYSADMIN": "administration of the system"
        case "HPAYMT": "payment"
        case "HRESCH": "research"
        case "PUBHLTH": "public health"
        case "HLEGAL": "legal"
        case "HQUALIMP": "quality improvement"
        case "PATRQT": "at the patient's request"
        default: code
        }
    }
}

extension AccessClass {
    /// How it counts, in words.
    var words: String {
        switch self {
        case .treatment: "use for treatment"
        case .operations: "use for operations"
        case .disclosure: "disclosure to somebody outside"
        case .none: "no patient data touched"
        }
    }
}

extension Subject {
    /// The thing with its identifier, as a report names it.
    var words: String {
        let place = assigner.isEmpty ? "" : " (\(assigner))"
        return "\(type.words) \(identifier)\(place)"
    }
}

extension Subject.Kind {
    /// The kind, in words.
    var words: String {
        switch self {
        case .patient: "patient"
        case .order: "order"
        case .accession: "accession number"
        case .filler: "filler order number"
        case .placer: "placer order number"
        case .study: "study"
        case .report: "report"
        case .serviceRequest: "request in the EHR"
        case .message: "message"
        case .model: "model"
        }
    }
}
