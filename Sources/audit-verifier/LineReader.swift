import Glibc

/// Reads a file line by line, each with its newline, in memory that the limit bounds.
struct LineReader: ~Copyable {
    private static let pieceLength = 1 << 16
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// - Parameter path: a file; `-` for standard input.
    init(path: String) throws(Unusable) {
        descriptor = unsafe path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unusable(text: "the file cannot be opened") }
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// The next line; of one longer than the limit only so much and no newline, and the rest is passed over.
    mutating func next(limit: Int) throws(Unusable) -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            if position == buffer.count { try fill() }
            guard position < buffer.count else { return line.isEmpty ? nil : line }
            let rest = buffer[position...]
            let end = rest.firstIndex(of: 0x0a).map { $0 + 1 } ?? rest.endIndex
            let isWhole = buffer[end - 1] == 0x0a
            if line.count <= limit { line += rest[..<end] }
            position = end
            guard !isWhole else { return line.count <= limit ? line : Array(line.prefix(limit)) + [0] }
        }
    }

    private mutating func fill() throws(Unusable) {
        guard !isAtEnd else { return }
        var piece = [UInt8](repeating: 0, count: Self.pieceLength)
        // Safe: read writes no more than the buffer holds.
        let count = unsafe piece.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw Unusable(text: "the file cannot be read") }
        isAtEnd = count == 0
        buffer = Array(piece.prefix(count))
        position = 0
    }
}

/// Writes to standard error.
func writeError(_ text: String) {
    var text = text
    // Safe: the bytes are there for the length of the call.
    _ = text.withUTF8 { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
