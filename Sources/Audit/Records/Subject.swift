/// What a record is about: an identifier with its assigner. It prints as `<redacted>`.
public struct Subject: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind of thing that is identified.
    public enum Kind: String, Sendable, CaseIterable {
        case patient, order, accession, filler, placer, study, report, serviceRequest, message, model
    }

    /// The kind of thing.
    public let type: Kind
    /// The assigner's configured name; empty where there is none.
    public let assigner: String
    /// The identifier as the assigner writes it.
    public let identifier: String

    /// A subject.
    public init(type: Kind, assigner: String = "", identifier: String) {
        self.type = type
        self.assigner = assigner
        self.identifier = identifier
    }

    /// What is committed to and indexed: `type|assigner|identifier`.
    public var value: String { "\(type.rawValue)|\(assigner)|\(identifier)" }

    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
