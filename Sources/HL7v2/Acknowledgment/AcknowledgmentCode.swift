/// MSA-1, table 0008.
public enum AcknowledgmentCode: String, Sendable, Hashable, CaseIterable {
    /// Application accept, error, reject.
    case AA, AE, AR
    /// Commit accept, error, reject (enhanced mode).
    case CA, CE, CR

    /// Whether the message was taken.
    public var isPositive: Bool { self == .AA || self == .CA }

    /// Whether it is an application acknowledgement, not an accept acknowledgement.
    public var isApplication: Bool {
        switch self {
        case .AA, .AE, .AR: true
        case .CA, .CE, .CR: false
        }
    }
}

/// When an acknowledgement is wanted: MSH-15 and MSH-16, table 0155.
public enum AcknowledgmentCondition: String, Sendable, Hashable, CaseIterable {
    case always = "AL"
    case never = "NE"
    case error = "ER"
    case success = "SU"

    /// nil for an empty field. A code that the table does not have is read as `always`: an answer that nobody wanted
    /// does less harm than a sender that waits for one.
    init?(field text: String) {
        guard !text.isEmpty else { return nil }
        self = AcknowledgmentCondition(rawValue: text.uppercased()) ?? .always
    }

    func wants(_ outcome: AcknowledgmentOutcome) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .error: !outcome.isSuccess
        case .success: outcome.isSuccess
        }
    }
}

/// What the receiver made of a message.
public enum AcknowledgmentOutcome: Sendable, Hashable {
    /// Safely stored: AA, CA.
    case accepted
    /// Its content is in error; sending it unchanged again is of no use: AE, CE.
    case inError([AcknowledgmentError])
    /// It is refused for another reason: AR, CR.
    case rejected([AcknowledgmentError])

    /// The outcome that an error of this module has.
    public init(_ error: HL7v2Error) {
        let row = AcknowledgmentError(error)
        self = error.isRejection ? .rejected([row]) : .inError([row])
    }

    /// The outcome for several errors; `accepted` if there are none, `rejected` if one of them rejects.
    public init(_ errors: [HL7v2Error]) {
        let rows = errors.map { AcknowledgmentError($0) }
        if rows.isEmpty {
            self = .accepted
        } else {
            self = errors.contains(where: \.isRejection) ? .rejected(rows) : .inError(rows)
        }
    }

    /// Whether the message was taken.
    public var isSuccess: Bool { self == .accepted }

    /// What goes into ERR.
    public var errors: [AcknowledgmentError] {
        switch self {
        case .accepted: []
        case .inError(let errors), .rejected(let errors): errors
        }
    }

    var applicationCode: AcknowledgmentCode {
        switch self {
        case .accepted: .AA
        case .inError: .AE
        case .rejected: .AR
        }
    }

    var acceptCode: AcknowledgmentCode {
        switch self {
        case .accepted: .CA
        case .inError: .CE
        case .rejected: .CR
        }
    }
}

/// One error of a reply: the row of table 0357, where, and constant words for the sender's staff.
public struct AcknowledgmentError: Sendable, Hashable {
    /// The row of table 0357.
    public let condition: ErrorCondition
    /// ERR-2; nil where no place can be named.
    public let location: ErrorLocation?
    /// ERR-8. Never anything from the message, never an internal text.
    public let userText: String?

    /// A row of ERR in the caller's own constant words.
    public init(_ condition: ErrorCondition, at location: ErrorLocation? = nil, userText: String? = nil) {
        self.condition = condition
        self.location = location
        self.userText = userText
    }

    /// The row that tells the sender of an error of this module.
    public init(_ error: HL7v2Error) {
        self.init(error.condition, at: error.location, userText: error.userText)
    }
}
