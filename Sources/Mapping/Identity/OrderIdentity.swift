/// One of the names of an order that hold across messages.
public struct OrderKey: Sendable, Hashable {
    /// Strongest first.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case accession, filler, placer
    }

    /// Which number of the order it is.
    public let kind: Kind
    /// The number; its assigner is never nil.
    public let identifier: AssignedIdentifier

    /// nil where the assigner is unknown or the value empty: that is the key of no order.
    public init?(_ kind: Kind, _ identifier: AssignedIdentifier) {
        guard identifier.assigner != nil, !identifier.value.isEmpty else { return nil }
        self.kind = kind
        self.identifier = AssignedIdentifier(assigner: identifier.assigner, value: identifier.value)
    }

    /// `kind|assigner|value`, one text for one key: what the keyed index is made of. Identifies an order.
    public var indexText: String { "\(kind.rawValue)|\(identifier.assigner?.name ?? "")|\(identifier.value)" }

    /// Whether both are one key: kind, assigner and bytes are equal.
    public func isSame(as other: OrderKey) -> Bool { kind == other.kind && identifier.isSame(as: other.identifier) }
}

/// What makes two messages speak of one order: they share a key.
public struct OrderIdentity: Sendable, Hashable {
    /// Keys with a known assigner, strongest first, no kind twice.
    public let keys: [OrderKey]

    /// Of several keys of one kind the first counts.
    public init(keys: [OrderKey]) {
        self.keys = OrderKey.Kind.allCases.compactMap { kind in keys.first { $0.kind == kind } }
    }

    /// The keys among the three numbers: those with a known assigner.
    public init(
        accession: AssignedIdentifier? = nil, filler: AssignedIdentifier? = nil, placer: AssignedIdentifier? = nil
    ) {
        self.init(
            keys: [(OrderKey.Kind.accession, accession), (.filler, filler), (.placer, placer)].compactMap { row in
                row.1.flatMap { OrderKey(row.0, $0) }
            })
    }

    /// The key that names outside are made of, once frozen; nil for an order without keys.
    public var strongest: OrderKey? { keys.first }

    /// The accession number, if its assigner is known.
    public var accession: AssignedIdentifier? { identifier(.accession) }
    /// The filler order number, if its assigner is known.
    public var filler: AssignedIdentifier? { identifier(.filler) }
    /// The placer order number, if its assigner is known.
    public var placer: AssignedIdentifier? { identifier(.placer) }

    /// The key of one kind.
    public func identifier(_ kind: OrderKey.Kind) -> AssignedIdentifier? {
        keys.first { $0.kind == kind }?.identifier
    }

    /// Whether both name one order.
    public func sharesKey(with other: OrderIdentity) -> Bool {
        keys.contains { key in other.keys.contains { $0.isSame(as: key) } }
    }
}

extension OrderKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
