/// Where an input lies. A name on Linux is any bytes, and one that is no UTF-8 is a name too.
public struct InputPath: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The bytes, without a NUL at the end.
    let bytes: [UInt8]

    /// A path as it stands on the command line.
    public init(_ path: String) { bytes = Array(path.utf8) }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// A name in this folder.
    func appending(_ name: [UInt8]) -> InputPath {
        InputPath(bytes: (bytes.last == UInt8(ascii: "/") ? bytes : bytes + [UInt8(ascii: "/")]) + name)
    }

    /// Calls with the path as C wants it.
    func withCharacters<T>(_ body: (UnsafePointer<CChar>) -> T) -> T {
        unsafe body(bytes.map { CChar(bitPattern: $0) } + [0])
    }

    /// The path as text; what is no UTF-8 is told by replacement characters. It may name a patient: for the person who
    /// gave it, and for no log.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// By bytes.
    public static func < (lhs: InputPath, rhs: InputPath) -> Bool { lhs.bytes.lexicographicallyPrecedes(rhs.bytes) }
}
