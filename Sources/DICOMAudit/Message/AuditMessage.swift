/// A code with its system and its meaning (PS3.15 A.5.1, coded value type).
struct CodedValue: Sendable, Hashable {
    let code: String
    let system: String
    let meaning: String

    /// A code of the DICOM Controlled Terminology (PS3.16 annex D).
    static func dicom(_ code: String, _ meaning: String) -> CodedValue {
        CodedValue(code: code, system: "DCM", meaning: meaning)
    }

    /// A code of RFC 3881 §5.5.4.
    static func rfc3881(_ code: String, _ meaning: String) -> CodedValue {
        CodedValue(code: code, system: "RFC-3881", meaning: meaning)
    }
}

/// An audit message (PS3.15 A.5.1): what is written as XML.
struct AuditMessage: Sendable {
    /// What happened.
    struct EventIdentification: Sendable {
        let id: CodedValue
        let types: [CodedValue]
        /// C, R, U, D or E.
        let action: String
        let dateTime: String
        /// 0, 4, 8 or 12.
        let outcome: Int
        let outcomeDescription: String?
    }

    /// Who took part.
    struct ActiveParticipant: Sendable {
        let userID: String
        let isRequestor: Bool
        let roles: [CodedValue]
        let address: String?
    }

    /// Who tells of it.
    struct AuditSourceIdentification: Sendable {
        let id: String
        let enterpriseSite: String?
    }

    /// What it is about.
    struct ParticipantObject: Sendable {
        /// Either a name or a query.
        enum Label: Sendable {
            case name(String)
            case query(String)
        }

        let id: String
        let idType: CodedValue
        /// 1 person, 2 system object, 4 other.
        let type: Int
        let role: Int
        var lifeCycle: Int?
        let label: Label
        var details: [(type: String, value: String)] = []
        var accessionNumbers: [String] = []
        var instances: Int?
    }

    let event: EventIdentification
    let participants: [ActiveParticipant]
    let source: AuditSourceIdentification
    let objects: [ParticipantObject]
}
