internal import FHIR
internal import JSON

/// The grammars of the primitive data types (R4 §2.24.0.1).
enum PrimitiveType: String, Sendable {
    case string, code, id, uri, url, uuid, oid, canonical, boolean, integer, positiveInt, unsignedInt, decimal, date
    case dateTime, instant, time, base64Binary, markdown, xhtml

    private static let longestString = 1 << 20

    func accepts(_ value: JSONValue) -> Bool {
        switch self {
        case .boolean: value.bool != nil
        case .decimal: value.number != nil
        case .integer: value.int.map { Int($0) == Int(Int32(truncatingIfNeeded: $0)) } ?? false
        case .unsignedInt: value.int.map { (0...Int(Int32.max)).contains($0) } ?? false
        case .positiveInt: value.int.map { (1...Int(Int32.max)).contains($0) } ?? false
        default: value.string.map(acceptsText) ?? false
        }
    }

    private func acceptsText(_ text: String) -> Bool {
        switch self {
        case .string, .markdown: Self.isText(text)
        case .code: Self.isText(text) && Self.isCode(text)
        case .id: isValidID(text)
        case .uri, .url, .canonical: !text.isEmpty && !text.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
        case .oid: text.hasPrefix("urn:oid:") && text.utf8.count > 10
        case .uuid: text.hasPrefix("urn:uuid:") && text.utf8.count == 45
        case .date: TimeRange(text)?.precision ?? .second <= .day
        case .dateTime: TimeRange(text) != nil
        case .instant: TimeRange(text)?.precision == .second
        case .time: Self.isTime(text)
        case .base64Binary: Self.isBase64(text)
        case .xhtml: Self.isNarrative(text)
        default: false
        }
    }

    /// Not blank, not too long, no control characters but tab and line ends.
    private static func isText(_ text: String) -> Bool {
        text.utf8.count <= longestString
            && text.unicodeScalars.contains { !$0.properties.isWhitespace }
            && !text.utf8.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    }

    /// No blanks at the ends, no two blanks together.
    private static func isCode(_ text: String) -> Bool {
        let words = text.unicodeScalars.split(omittingEmptySubsequences: false) { $0.properties.isWhitespace }
        return words.allSatisfy { !$0.isEmpty }
    }

    private static func isTime(_ text: String) -> Bool { TimeRange("2000-01-01T\(text)Z")?.precision == .second }

    static func isBase64(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count % 4 == 0 else { return false }
        let body = text.utf8.prefix { $0 != 0x3D }
        let padding = text.utf8.dropFirst(body.count)
        return padding.count <= 2 && padding.allSatisfy { $0 == 0x3D }
            && body.allSatisfy { byte in
                switch byte {
                case 0x2B, 0x2F, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: false
                }
            }
    }

    /// What can be seen without an XML parser: the root, and nothing that runs.
    private static func isNarrative(_ text: String) -> Bool {
        let lower = text.lowercased()
        return lower.hasPrefix("<div") && lower.contains("xmlns=\"http://www.w3.org/1999/xhtml\"")
            && lower.hasSuffix("</div>")
            && !["<script", "<iframe", "<object", "<form", "javascript:"].contains {
                lower.contains($0)
            }
    }
}
