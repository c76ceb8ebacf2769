/// How a JSON text is laid out.
public enum JSONStyle: Sendable, Hashable {
    /// Members in their order, no white space.
    case compact
    /// Members sorted by the UTF-8 bytes of their keys, no white space, numbers as they are: one text per value, for
    /// hashes and signatures.
    case canonical
    /// Members in their order, indented by two spaces.
    case pretty
}

/// Writes JSON text; only quote, backslash and control characters are escaped.
struct JSONWriter {
    let style: JSONStyle
    private(set) var bytes: [UInt8] = []
    private var level = 0

    init(style: JSONStyle) { self.style = style }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let value): bytes.append(contentsOf: value.text.utf8)
        case .string(let value): write(value)
        case .array(let elements): write(elements)
        case .object(let object): write(object)
        }
    }

    private mutating func write(_ elements: [JSONValue]) {
        guard !elements.isEmpty else { return bytes.append(contentsOf: "[]".utf8) }
        bytes.append(ASCII.openBracket)
        level += 1
        for (position, element) in elements.enumerated() {
            if position > 0 { bytes.append(ASCII.comma) }
            newLine()
            write(element)
        }
        level -= 1
        newLine()
        bytes.append(ASCII.closeBracket)
    }

    private mutating func write(_ object: JSONObject) {
        guard !object.isEmpty else { return bytes.append(contentsOf: "{}".utf8) }
        bytes.append(ASCII.openBrace)
        level += 1
        if style == .canonical {
            // String's own order follows Unicode equivalence; a hash needs the order of the bytes.
            write(members: object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
        } else {
            write(members: object)
        }
        level -= 1
        newLine()
        bytes.append(ASCII.closeBrace)
    }

    private mutating func write(members: some Collection<JSONObject.Element>) {
        for (position, member) in members.enumerated() {
            if position > 0 { bytes.append(ASCII.comma) }
            newLine()
            write(member.key)
            bytes.append(ASCII.colon)
            if style == .pretty { bytes.append(0x20) }
            write(member.value)
        }
    }

    private mutating func write(_ text: String) {
        bytes.append(ASCII.quote)
        if text.utf8.contains(where: Self.needsEscape) {
            for byte in text.utf8 { writeEscaped(byte) }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(ASCII.quote)
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == ASCII.quote || byte == ASCII.backslash
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case ASCII.quote, ASCII.backslash: bytes.append(contentsOf: [ASCII.backslash, byte])
        case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x0C: bytes.append(contentsOf: #"\f"#.utf8)
        case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
        case 0..<0x20:
            bytes.append(contentsOf: (byte < 0x10 ? #"\u000"# : #"\u00"#).utf8)
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }

    private mutating func newLine() {
        guard style == .pretty else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }
}
