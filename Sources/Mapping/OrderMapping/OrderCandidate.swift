public import HL7v2

/// An order as read from a message, and what is wrong with it.
public struct OrderCandidate: Sendable, Equatable {
    /// What could be read.
    public let order: ImagingOrder
    /// Why the order cannot be taken if it is ours.
    public let problems: [OrderProblem]
    /// What could not be read and is not needed.
    public let warnings: [OrderProblem]
    /// Where each value came from.
    public let trace: MappingTrace

    /// The required fields that say nothing.
    public var missing: [FieldPath] { problems.filter { $0.kind == .missing }.map(\.path) }

    /// What the sender is told when a rule claims the order; empty when nothing is wrong.
    public var errors: [AcknowledgmentError] { problems.map(\.acknowledgmentError) }
}

/// Something wrong with one field of an order, without the field's content.
public struct OrderProblem: Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A required field says nothing.
        case missing
        /// The value breaks the rules of its type: a UID, a time, an accession number (SH, 16 characters).
        case invalid
        /// The code is not in its table.
        case codeUnknown
        /// The configuration does not know who assigned the identifier.
        case assignerUnknown
        /// The message holds more than one order or study.
        case severalOrders
    }

    /// What is wrong.
    public let kind: Kind
    /// With which field.
    public let field: OrderField
    /// Where, or where it would be expected.
    public let path: FieldPath

    /// For ERR: the row of table 0357, the place and constant words.
    public var acknowledgmentError: AcknowledgmentError {
        let (condition, words): (ErrorCondition, String) =
            switch kind {
            case .missing: (.requiredFieldMissing, "Missing")
            case .invalid: (.dataTypeError, "Not valid")
            case .codeUnknown: (.tableValueNotFound, "Code not known")
            case .assignerUnknown: (.unknownKeyIdentifier, "Assigning authority not known")
            case .severalOrders: (.nonConformantCardinality, "Only one order per message is supported")
            }
        let isAboutField = kind != .severalOrders
        return AcknowledgmentError(
            condition, at: ErrorLocation(path), userText: isAboutField ? "\(words): \(field.rawValue)" : words)
    }

    /// Kind, field and place, nothing of the content.
    public var description: String { "\(kind.rawValue) \(field.rawValue) at \(path)" }
}

/// Where the values of an order came from; paths and names only, no values.
public struct MappingTrace: Sendable, Hashable {
    /// One field and where it was looked for.
    public struct Entry: Sendable, Hashable {
        /// The field.
        public let field: OrderField
        /// The place that was read; nil where no place said anything.
        public let path: FieldPath?
        /// Whether a code map was asked and had no such code, so that the code was kept.
        public let isUnmapped: Bool
        /// Whether the place said null (`""`).
        public let isNull: Bool
    }

    /// In the order in which the fields were read.
    public internal(set) var entries: [Entry] = []

    /// The place that a field was read from.
    public func path(of field: OrderField) -> FieldPath? { entries.first { $0.field == field }?.path }
}
