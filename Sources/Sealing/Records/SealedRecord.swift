/// Where a sealed record stands. It is authenticated with the record, which so cannot be moved to another row.
public struct SealedContext: Sendable, Hashable {
    /// The table.
    public let table: String
    /// The row's id.
    public let row: String
    /// The column.
    public let column: String

    /// The place of one value.
    public init(table: String, row: String, column: String) {
        self.table = table
        self.row = row
        self.column = column
    }
}

/// A sealed record: version ‖ data key id ‖ 96-bit random nonce ‖ ciphertext ‖ tag (design §5).
public enum SealedRecord {
    /// The only version so far.
    static let version: UInt8 = 1
    static let headerLength = 1 + DataKeyID.length

    /// Which data key opens the record.
    /// - Throws: `malformed` for a short record or an unknown version.
    public static func dataKeyID(of sealed: [UInt8]) throws(SealingError) -> DataKeyID {
        guard sealed.count >= headerLength + AuthenticatedCipher.nonceLength + AuthenticatedCipher.tagLength,
            sealed[0] == version
        else { throw SealingError(.malformed, at: "record") }
        return DataKeyID(trusted: Array(sealed[1..<headerLength]))
    }

    static func associatedData(_ header: [UInt8], _ context: SealedContext) -> [UInt8] {
        header + lengthPrefixed([context.table, context.row, context.column])
    }
}

extension DataKey {
    /// Seals one value for one place. At most 2³² records per key (SP 800-38D §8.3).
    /// - Throws: `cipher` only.
    public func seal(_ plain: [UInt8], context: SealedContext) throws(SealingError) -> [UInt8] {
        let header = [SealedRecord.version] + id.bytes
        return try header
            + AuthenticatedCipher(secret)
            .seal(plain, associatedData: SealedRecord.associatedData(header, context))
    }

    /// Opens one value at the place for which it was sealed.
    /// - Throws: `malformed`, `wrongDataKey`, `notAuthentic`.
    public func open(_ sealed: [UInt8], context: SealedContext) throws(SealingError) -> [UInt8] {
        guard try SealedRecord.dataKeyID(of: sealed) == id else { throw SealingError(.wrongDataKey, at: "record") }
        let header = Array(sealed.prefix(SealedRecord.headerLength))
        return try AuthenticatedCipher(secret).open(
            sealed.dropFirst(SealedRecord.headerLength),
            associatedData: SealedRecord.associatedData(header, context))
    }
}
