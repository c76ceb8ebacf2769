/// Pixel Data (7FE0,0010) as stored (PS3.5 §8 and §A.4).
public enum PixelData: Hashable, Sendable {
    /// All frames one after another, little endian.
    case native([UInt8])
    /// Fragments with the Basic Offset Table, which may be empty.
    case encapsulated(offsets: [UInt8], fragments: [[UInt8]])

    /// Bytes of pixel data.
    public var byteCount: Int {
        switch self {
        case .native(let bytes): bytes.count
        case .encapsulated(_, let fragments): fragments.reduce(0) { $0 + $1.count }
        }
    }
}

extension PixelData: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted pixel data of \(byteCount) bytes>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
