/// A code with its meaning (data types CE and CWE): every coding that was given, and the text where there is no code.
public struct CodedConcept: Sendable, Hashable {
    /// One coding: CE.1–3 or CE.4–6.
    public struct Coding: Sendable, Hashable {
        /// The code as sent.
        public let code: String
        /// Its words as sent.
        public let display: String?
        /// The name of the coding system as sent, such as `LN` or `L`; a URI when it came by FHIR.
        public let system: String?

        /// One coding.
        public init(code: String, display: String? = nil, system: String? = nil) {
            self.code = code
            self.display = display
            self.system = system
        }
    }

    /// Every coding, the first one first.
    public let codings: [Coding]
    /// Words where there is no code.
    public let text: String?

    /// A concept of several codings.
    public init(codings: [Coding], text: String? = nil) {
        self.codings = codings
        self.text = text
    }

    /// A concept of one coding.
    public init(code: String, display: String? = nil, system: String? = nil) {
        self.init(codings: [Coding(code: code, display: display, system: system)])
    }

    /// The first code.
    public var code: String? { codings.first?.code }
    /// The system of the first code.
    public var system: String? { codings.first?.system }
    /// The first words for it.
    public var display: String? { codings.lazy.compactMap(\.display).first ?? text }
}
