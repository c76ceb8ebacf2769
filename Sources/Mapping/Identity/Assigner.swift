/// Who assigns identifiers: a name of the configuration that stands for HL7 namespaces, a FHIR system and DICOM issuers.
public struct Assigner: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name in the configuration.
    public let name: String

    /// An assigner by its name; whether it is configured is for `AssignerDirectory` to say.
    public init(name: String) { self.name = name }

    /// By name.
    public static func < (one: Assigner, other: Assigner) -> Bool { one.name < other.name }

    /// The name.
    public var description: String { name }
}

/// An identifier with the one who assigned it. Equality of meaning is `isSame(as:)`; `==` compares what is written.
public struct AssignedIdentifier: Sendable, Hashable {
    /// nil where the configuration does not know the assigner.
    public let assigner: Assigner?
    /// Without padding at the ends; otherwise byte for byte as received, leading zeros too.
    public let value: String
    /// CX.5 or a code of table 0203, such as `MR`; says nothing about equality.
    public let typeCode: String?

    /// An identifier; padding at the ends of the value is taken off.
    public init(assigner: Assigner?, value: String, typeCode: String? = nil) {
        self.assigner = assigner
        self.value = Self.trimmed(value)
        self.typeCode = typeCode
    }

    /// Whether both name the same thing: the same known assigner and the same bytes. An unknown assigner is never
    /// equal, not even to itself.
    public func isSame(as other: AssignedIdentifier) -> Bool {
        guard let assigner, assigner == other.assigner, !value.isEmpty else { return false }
        return value.utf8.elementsEqual(other.value.utf8)
    }

    /// Without the padding of PS3.5 §6.2 and of HL7 senders: spaces, tabs and NUL at both ends.
    static func trimmed(_ text: String) -> String {
        let isPadding: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\0" }
        let scalars = text.unicodeScalars
        // Nearly every text is clean already.
        if let first = scalars.first, let last = scalars.last, !isPadding(first), !isPadding(last) { return text }
        guard let first = scalars.firstIndex(where: { !isPadding($0) }),
            let last = scalars.lastIndex(where: { !isPadding($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}

extension AssignedIdentifier: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
