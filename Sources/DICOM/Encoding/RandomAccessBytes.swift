/// Bytes that are read by their position: those of a file, or of an array. A reader asks for small parts of them, mostly
/// in ascending order, so that nobody needs the whole in memory.
public protocol RandomAccessBytes {
    /// How many there are.
    var count: Int { get }

    /// `count` bytes from `offset` on. Throws `unreadable` where there are fewer, or they cannot be had any more.
    mutating func bytes(at offset: Int, count: Int) throws(DICOMError) -> [UInt8]
}

/// Bytes that are in memory anyway.
public struct BytesInMemory: RandomAccessBytes, Sendable {
    private let bytes: [UInt8]

    /// The bytes themselves; they are not copied.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var count: Int { bytes.count }

    public func bytes(at offset: Int, count: Int) throws(DICOMError) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
            throw DICOMError(.unreadable, offset: offset)
        }
        return Array(bytes[offset..<(offset + count)])
    }
}

extension BytesInMemory: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted \(bytes.count) bytes>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
