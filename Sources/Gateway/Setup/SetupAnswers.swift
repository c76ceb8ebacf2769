/// What `imaging-gateway init` needs to know; each property is one question and one option.
public struct SetupAnswers: Sendable, Equatable {
    /// How one peer is spoken to.
    public struct PeerAnswers: Sendable, Equatable {
        public var base = ""
        public var user: String?
        public var passwordFile: String?
        public var tokenFile: String?
        /// The file with the authorities that are believed; nil means the system's.
        public var ca: String?

        public init() {}
    }

    /// The folder that is made; it holds everything.
    public var folder = "gateway"
    public var ehr = PeerAnswers()
    public var ehrOrganization: String?
    public var archive = PeerAnswers()
    public var archiveName = "pacs"
    /// The client certificate that both peers are shown.
    public var clientCertificate: String?
    public var clientKey: String?
    public var patientSystem = ""
    public var patientNamespace = ""
    public var placerNamespace: String?
    public var placerSystem: String?
    public var fillerNamespace: String?
    public var fillerSystem: String?
    public var source = "his"
    public var mllpHost = "127.0.0.1"
    public var mllpPort = 2575
    public var tlsCertificate: String?
    public var tlsKey: String?
    public var clientCA: String?
    public var adminPort = 9090
    public var fhirPort: Int?
    public var timeZone = "Z"
    /// A folder that is used where it is; nil copies the mappings that ship.
    public var mappings: String?
    public var delivery = Configuration.DeliveryMode.shadow

    public init() {}
}

/// One question of `imaging-gateway init`.
///
/// A list of values, so that asking, reading options, checking and documenting are the same for all.
public struct SetupQuestion: Sendable {
    /// The option that answers it, without the dashes.
    public let option: String
    /// The question in words.
    public let words: String
    /// One line of why, or an example.
    public let why: String
    /// Whether there must be an answer.
    public let isRequired: Bool
    /// Whether it is asked on a terminal; others are options only.
    public let isAsked: Bool
    let get: @Sendable (SetupAnswers) -> String?
    let set: @Sendable (inout SetupAnswers, String?) throws(SetupError) -> Void

    /// The answer so far: the default where nothing was answered.
    public func answer(in answers: SetupAnswers) -> String? {
        get(answers).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Takes an answer; an empty one takes a required default away and an optional answer back.
    ///
    /// - Throws: `SetupError` with one sentence when it cannot be right.
    public func answer(_ text: String?, in answers: inout SetupAnswers) throws(SetupError) {
        let text = text?.trimmingBlanks
        let given = text.flatMap { $0.isEmpty ? nil : $0 }
        guard given != nil || !isRequired else {
            throw SetupError(.answerMissing, "--\(option)", "an answer is needed")
        }
        try set(&answers, given)
    }
}

/// Why `init` stopped, or why an answer is refused.
public struct SetupError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case answerMissing = "setup.answerMissing"
        case answerInvalid = "setup.answerInvalid"
        case folderExists = "setup.folderExists"
        case notWritten = "setup.notWritten"
        case mappingsNotFound = "setup.mappingsNotFound"
    }

    public let code: Code
    /// The option, or the file.
    public let place: String
    /// What is wrong and what to do.
    public let explanation: String

    init(_ code: Code, _ place: String, _ explanation: String) {
        self.code = code
        self.place = place
        self.explanation = explanation
    }

    public var description: String { "\(place): \(explanation) [\(code.rawValue)]" }
}

extension String {
    var trimmingBlanks: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
