/// Key material of 32 bytes. Printing, dumping or interpolating it shows `<redacted>`; comparison takes constant time.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key material itself: only for a cipher or for writing the key file.
    public let exposedBytes: [UInt8]

    /// The length of every secret here, in bytes.
    public static let length = 32

    /// - Throws: `keyLength` unless there are 32 bytes.
    public init(_ bytes: [UInt8]) throws(SealingError) {
        guard bytes.count == Self.length else { throw SealingError(.keyLength) }
        exposedBytes = bytes
    }

    init(trusted bytes: [UInt8]) { exposedBytes = bytes }

    /// 32 bytes of the system's generator.
    public static func random() -> Secret { Secret(trusted: randomBytes(length)) }

    /// Equal contents, found without a branch on them.
    public static func == (left: Secret, right: Secret) -> Bool {
        zip(left.exposedBytes, right.exposedBytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { description }
    /// Without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
