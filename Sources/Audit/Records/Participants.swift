/// Who did something: the service itself, a peer by its configured name or certificate, or a person by OS account.
public struct Principal: Sendable, Hashable {
    /// What kind of actor.
    public enum Kind: String, Sendable, CaseIterable {
        case service, peer, user
    }

    /// What kind of actor.
    public let kind: Kind
    /// The name within its kind; never a patient's.
    public let name: String

    /// An actor.
    public init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }

    /// As it stands in a leaf: `kind|name`.
    public var value: String { "\(kind.rawValue)|\(name)" }
}

/// The part in which a principal acts. Stable strings; sites may have roles of their own.
public struct Role: Sendable, Hashable {
    /// The role's name.
    public let value: String

    /// A role of one's own.
    public init(_ value: String) { self.value = value }

    /// The gateway working on an order.
    public static let application = Role("application")
    /// A system that sends orders.
    public static let orderPlacer = Role("orderPlacer")
    /// A system that announces studies.
    public static let imageManager = Role("imageManager")
    /// A person who runs the gateway.
    public static let `operator` = Role("operator")
    /// A person who checks the log.
    public static let auditor = Role("auditor")
}

/// Why data were used: codes of the code system v3-ActReason.
public struct PurposeOfUse: Sendable, Hashable {
    /// The code.
    public let code: String

    /// A code of v3-ActReason.
    public init(_ code: String) { self.code = code }

    /// Treatment of the patient.
    public static let treatment = PurposeOfUse("TREAT")
    /// Health care operations.
    public static let operations = PurposeOfUse("HOPERAT")
    /// Administration of the system.
    public static let systemAdministration = PurposeOfUse("HSYSADMIN")
    /// Health care research.
    public static let research = PurposeOfUse("HRESCH")
    /// Override of a control in an emergency.
    public static let breakTheGlass = PurposeOfUse("BTG")
}

/// How an access counts towards an accounting of disclosures (45 CFR 164.528).
public enum AccessClass: String, Sendable, Hashable, CaseIterable {
    /// For the patient's treatment.
    case treatment
    /// For running the service.
    case operations
    /// To somebody outside.
    case disclosure
    /// No access to patient data.
    case none
}

/// The other side of an exchange, by its configured name.
public struct Peer: Sendable, Hashable {
    /// The configured name.
    public let name: String
    /// An IP address or a host name, where known.
    public let address: String?

    /// The other side.
    public init(name: String, address: String? = nil) {
        self.name = name
        self.address = address
    }
}

/// One id for everything that belongs to one order, or to one message until there is an order. Random.
public struct CorrelationID: Sendable, Hashable, CustomStringConvertible {
    /// A UUID.
    public let value: String

    /// An id made before.
    public init(value: String) { self.value = value }

    /// The UUID.
    public var description: String { value }
}
