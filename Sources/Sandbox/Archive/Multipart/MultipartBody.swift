/// Reads a whole multipart body. Written apart from the gateway's own reader, so that neither covers a fault of the
/// other.
struct MultipartBody {
    private static let mostParts = 1_000
    private static let mostHeaderBytes = 8 << 10

    private let bytes: [UInt8]
    private let delimiter: [UInt8]
    private let steps: [Int]

    /// - Throws: 400 for a boundary that RFC 2046 does not allow.
    init(_ bytes: [UInt8], boundary: String?) throws(ArchiveProblem) {
        guard let boundary, (1...70).contains(boundary.utf8.count), !boundary.hasSuffix(" "),
            boundary.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw ArchiveProblem(400, "Content-Type has no usable boundary") }
        // A delimiter at the very start has no line end of its own: this one stands in.
        self.bytes = [0x0D, 0x0A] + bytes
        delimiter = Array("\r\n--\(boundary)".utf8)
        var steps = [Int](repeating: delimiter.count, count: 256)
        for (offset, byte) in delimiter.dropLast().enumerated() { steps[Int(byte)] = delimiter.count - 1 - offset }
        self.steps = steps
    }

    /// All parts in their order.
    ///
    /// - Throws: 400 for a body without a first or without the closing delimiter, for header fields that cannot be read
    ///   and for too many parts.
    func parts() throws(ArchiveProblem) -> [MultipartPart] {
        var parts: [MultipartPart] = []
        var start: Int?
        var position = 0
        while let found = find(from: position) {
            let end = found + delimiter.count
            guard let line = lineEnd(end) else {
                position = found + 1
                continue
            }
            if let start { parts.append(try part(start..<found)) }
            guard parts.count <= Self.mostParts else { throw ArchiveProblem(400, "Too many parts") }
            guard !line.closes else { return parts }
            start = line.next
            position = line.next
        }
        throw ArchiveProblem(400, "The closing delimiter of the body is missing")
    }

    /// What follows a delimiter: `--`, or blanks and a line end; nil for anything else.
    private func lineEnd(_ start: Int) -> (closes: Bool, next: Int)? {
        if bytes[start...].starts(with: [0x2D, 0x2D]) { return (true, start + 2) }
        let end = bytes[start...].prefix(64).firstIndex { $0 != 0x20 && $0 != 0x09 } ?? start
        return bytes[end...].starts(with: [0x0D, 0x0A]) ? (false, end + 2) : nil
    }

    private func part(_ range: Range<Int>) throws(ArchiveProblem) -> MultipartPart {
        var part = MultipartPart(content: [])
        var start = range.lowerBound
        while true {
            // The blank line of a part without content may be the first half of the next delimiter.
            guard start - range.lowerBound <= Self.mostHeaderBytes,
                let end = bytes[start..<min(range.upperBound + 2, bytes.count)].firstIndex(of: 0x0A)
            else { throw ArchiveProblem(400, "The header fields of a part cannot be read") }
            var line = bytes[start..<end]
            if line.last == 0x0D { line.removeLast() }
            start = end + 1
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: 0x3A) else {
                throw ArchiveProblem(400, "The header fields of a part cannot be read")
            }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            let value = String(decoding: line[(colon + 1)...].drop { $0 == 0x20 }, as: UTF8.self)
            if name == "content-type" { part.contentType = value }
            if name == "content-location" { part.contentLocation = value }
        }
        part.content = start < range.upperBound ? Array(bytes[start..<range.upperBound]) : []
        return part
    }

    private func find(from start: Int) -> Int? {
        var position = start
        let last = delimiter.count - 1
        while position + last < bytes.count {
            var offset = last
            while offset >= 0, bytes[position + offset] == delimiter[offset] { offset -= 1 }
            if offset < 0 { return position }
            position += steps[Int(bytes[position + last])]
        }
        return nil
    }
}
