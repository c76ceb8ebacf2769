import HL7v2

/// One segment being written, with the usual delimiters. Text is escaped (HL7 v2.5.1 §2.7) and stays UTF-8, which MSH-18
/// must declare.
struct SegmentText {
    private let name: String
    private var fields: [[UInt8]] = []
    private static let delimiters = Delimiters.usual

    init(_ name: String) {
        self.name = name
    }

    /// Sets a field, numbered from 1; its components are escaped. In MSH the fields 1 and 2 stand by themselves.
    mutating func set(_ number: Int, _ components: String...) {
        // MSH-1 is the separator itself, so the first field behind it is MSH-2.
        let index = number - (name == "MSH" ? 2 : 1)
        guard index >= 0 else { return }
        while fields.count <= index { fields.append([]) }
        let kept = components.prefix((components.lastIndex { !$0.isEmpty } ?? -1) + 1)
        fields[index] = Array(kept.map(Self.escaped).joined(separator: [Self.delimiters.component]))
    }

    /// The segment with its terminator.
    var bytes: [UInt8] {
        var all = fields
        if name == "MSH" {
            if all.isEmpty { all.append([]) }
            all[0] = Self.delimiters.encodingCharacters
        }
        return Array(name.utf8) + all.flatMap { [Self.delimiters.field] + $0 } + [0x0D]
    }

    /// Delimiters by their letters, control characters as hexadecimal bytes.
    static func escaped(_ text: String) -> [UInt8] {
        guard let escape = delimiters.escape else { return Array(text.utf8) }
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case delimiters.field: encoded += [escape, UInt8(ascii: "F"), escape]
            case delimiters.component: encoded += [escape, UInt8(ascii: "S"), escape]
            case delimiters.subcomponent: encoded += [escape, UInt8(ascii: "T"), escape]
            case delimiters.repetition: encoded += [escape, UInt8(ascii: "R"), escape]
            case escape: encoded += [escape, UInt8(ascii: "E"), escape]
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += [escape, UInt8(ascii: "X")] + (byte < 0x10 ? Array("0".utf8) : []) + Array(digits.utf8)
                encoded.append(escape)
            default: encoded.append(byte)
            }
        }
        return encoded
    }
}
