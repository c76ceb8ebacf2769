/// Why bytes are not an acceptable JSON text. It names a place, never what stands there.
public struct JSONError: Error, Hashable, Sendable {
    /// The kind of defect; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        case unexpectedEnd
        case unexpectedByte
        case trailingBytes
        case invalidNumber
        case invalidEscape
        case invalidUTF8
        case controlCharacter
        case loneSurrogate
        case duplicateKey
        case tooManyBytes
        case tooDeep
        case tooManyValues
        case numberTooLong
    }

    public let code: Code
    /// The offset of the byte at which reading stopped.
    public let offset: Int

    public init(code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }
}

/// What a JSON text may cost its reader.
public struct JSONLimits: Sendable, Hashable {
    /// Bytes of the whole text.
    public var bytes: Int
    /// Arrays and objects inside one another. Above 512 it counts as 512, because reading is recursive.
    public var depth: Int
    /// Values in the whole text.
    public var values: Int
    /// Characters of one number.
    public var numberLength: Int

    public init(bytes: Int = 32 << 20, depth: Int = 64, values: Int = 2_000_000, numberLength: Int = 1_000) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
        self.numberLength = numberLength
    }

    /// Reading is recursive; beyond this depth the stack would decide.
    static let deepest = 512

    /// 32 MiB, depth 64, two million values, numbers of 1,000 characters.
    public static let `default` = JSONLimits()
}
