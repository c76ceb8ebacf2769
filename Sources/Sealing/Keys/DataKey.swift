/// The name of a data key: 16 random bytes, written as 32 hexadecimal digits in tables.
public struct DataKeyID: Hashable, Sendable, CustomStringConvertible {
    /// The 16 bytes that stand in a sealed record.
    public let bytes: [UInt8]

    /// The length in bytes.
    public static let length = 16

    /// - Throws: `identifier` unless there are 16 bytes.
    public init(bytes: [UInt8]) throws(SealingError) {
        guard bytes.count == Self.length else { throw SealingError(.identifier, at: "data key id") }
        self.bytes = bytes
    }

    /// - Throws: `identifier` unless the text is 32 hexadecimal digits.
    public init(text: String) throws(SealingError) {
        guard let bytes = Hex.decode(text) else { throw SealingError(.identifier, at: "data key id") }
        try self.init(bytes: bytes)
    }

    init(trusted bytes: [UInt8]) { self.bytes = bytes }

    /// 32 lower-case hexadecimal digits.
    public var text: String { Hex.encode(bytes) }
    /// The text; an id is not a secret.
    public var description: String { text }
}

/// A random 256-bit key for the records of one patient or of one record (design §5). Destroying every wrapped copy
/// shreds what it sealed.
public struct DataKey: Sendable, Equatable, CustomStringConvertible {
    /// Stands in each record that was sealed with this key.
    public let id: DataKeyID
    let secret: Secret

    init(id: DataKeyID, secret: Secret) {
        self.id = id
        self.secret = secret
    }

    /// A new key under a new id.
    public static func random() -> DataKey {
        DataKey(id: DataKeyID(trusted: randomBytes(DataKeyID.length)), secret: .random())
    }

    /// The id only.
    public var description: String { "DataKey(\(id))" }
}

/// A data key sealed by a master key: what the table `data_key` holds.
public struct WrappedKey: Sendable, Equatable {
    /// Which data key it is.
    public let dataKeyID: DataKeyID
    /// Which master key opens it.
    public let masterID: String
    /// version ‖ nonce ‖ ciphertext ‖ tag.
    public let bytes: [UInt8]

    /// A wrapped key read from the table.
    public init(dataKeyID: DataKeyID, masterID: String, bytes: [UInt8]) {
        self.dataKeyID = dataKeyID
        self.masterID = masterID
        self.bytes = bytes
    }
}
