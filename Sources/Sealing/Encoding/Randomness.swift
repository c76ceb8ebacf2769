internal import Glibc

/// Bytes of the system's cryptographic generator (getrandom on Linux), in one call however many they are.
public func randomBytes(_ count: Int) -> [UInt8] {
    // Safe: the call fills the whole buffer or ends the process.
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        if let start = buffer.baseAddress { unsafe arc4random_buf(start, count) }
        filled = count
    }
}

/// A random UUID (RFC 9562 version 4) in lower case.
public func randomUUID() -> String { uuid(randomBytes(16), version: 4) }

/// The UUID text of 16 bytes after version and variant are set; further bytes are ignored.
func uuid(_ bytes: [UInt8], version: UInt8) -> String {
    let hex = Array(Hex.encode(withUUIDMarks(bytes, version: version)).utf8)
    let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: hex[$0], as: UTF8.self) }
    return groups.joined(separator: "-")
}

/// The first 16 bytes with version and variant bits of RFC 9562 §4 set.
func withUUIDMarks(_ bytes: [UInt8], version: UInt8) -> [UInt8] {
    var marked = Array(bytes.prefix(16))
    marked[6] = marked[6] & 0x0f | version << 4
    marked[8] = marked[8] & 0x3f | 0x80
    return marked
}

/// Whether the text is a UUID in lower case with hyphens.
func isUUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12], text == text.lowercased() else { return false }
    return Hex.decode(groups.joined()) != nil
}
