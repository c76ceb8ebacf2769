public import HL7v2

/// An order as read from a message, and what is wrong with it.
public struct OrderCandidate: Sendable, Equatable {
    /// What could be read.
    public internal(set) var order: ImagingOrder
    /// Why the order cannot be taken if it is ours.
    public internal(set) var problems: [OrderProblem]
    /// What could not be read and is not needed.
    public let warnings: [OrderProblem]
    /// Where each value came from.
    public internal(set) var trace: MappingTrace

    /// The same order with the study of another order of the message that has its accession number, if it names none
    /// itself: IHE RAD-4 sends one ZDS behind all steps of a procedure.
    func adoptingStudy(from candidates: [OrderCandidate]) -> OrderCandidate {
        guard order.studyInstanceUID == nil, !order.cleared.contains(OrderField.studyInstanceUID.rawValue),
            let accession = order.identity.accession,
            let other = candidates.first(where: {
                $0.order.studyInstanceUID != nil && $0.order.identity.accession?.isSame(as: accession) == true
            })
        else { return self }
        var adopted = self
        adopted.order.studyInstanceUID = other.order.studyInstanceUID
        adopted.trace.entries.removeAll { $0.field == .studyInstanceUID }
        adopted.trace.entries += other.trace.entries.filter { $0.field == .studyInstanceUID }
        adopted.problems.removeAll { $0.kind == .missing && $0.field == .studyInstanceUID }
        return adopted
    }

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
        /// One order names more than one accession number or study.
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
            case .severalOrders: (.nonConformantCardinality, "More than one accession number or study in one order")
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
        /// The place that was read; nil for a constant, and where no place said anything.
        public let path: FieldPath?
        /// The entry of the mapping file that gave the value, such as `sites/x.yaml: order.modality[1]`; nil where none
        /// did.
        public let origin: String?
        /// Whether a code map was asked and had no such code, so that the code was kept.
        public let isUnmapped: Bool
        /// Whether the place said null (`""`).
        public let isNull: Bool

        /// Whether the value stands in the mapping file itself.
        public var isConstant: Bool { path == nil && origin != nil }
    }

    /// In the order in which the fields were read.
    public internal(set) var entries: [Entry] = []

    /// The place that a field was read from.
    public func path(of field: OrderField) -> FieldPath? { entries.first { $0.field == field }?.path }
}
