/// The header fields of one part (RFC 2046 §5.1, RFC 5322 §2.2).
enum PartHeaders {
    /// Fields by name in lower case; folded lines are joined.
    static func parse(_ lines: [ArraySlice<UInt8>]) throws(MultipartError) -> [String: String] {
        var fields: [String: String] = [:]
        var last: String?
        for line in lines {
            if line.first == 0x20 || line.first == 0x09 {
                guard let name = last else { throw MultipartError(code: .malformedHeader) }
                fields[name, default: ""] += " " + text(line)
                continue
            }
            guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex else {
                throw MultipartError(code: .malformedHeader)
            }
            let name = text(line[..<colon]).lowercased()
            last = fields[name] == nil ? name : last
            if fields[name] == nil { fields[name] = text(line[(colon + 1)...]) }
        }
        return fields
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        while bytes.last == 0x20 || bytes.last == 0x09 { bytes = bytes.dropLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
