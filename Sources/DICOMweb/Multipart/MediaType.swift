/// A Content-Type value: type, subtype and parameters (RFC 9110 §8.3.1), names in lower case.
public struct MediaType: Sendable, Hashable {
    /// `type/subtype` in lower case.
    public let essence: String
    /// Parameter values by name in lower case; of a repeated name the first counts.
    public let parameters: [String: String]

    /// Nil without a type and subtype. Parameters that cannot be read end the list.
    public init?(_ field: String) {
        let bytes = Array(field.utf8)
        guard bytes.count <= 4_096 else { return nil }
        let end = bytes.firstIndex(of: 0x3B) ?? bytes.endIndex
        let essence = Self.text(bytes[..<end]).lowercased()
        guard essence.split(separator: "/", omittingEmptySubsequences: false).count == 2, !essence.contains(" ")
        else { return nil }
        self.essence = essence
        parameters = Self.parameters(bytes[end...])
    }

    private static func parameters(_ bytes: ArraySlice<UInt8>) -> [String: String] {
        var found: [String: String] = [:]
        var rest = bytes
        while rest.first == 0x3B {
            rest = rest.dropFirst()
            let name = rest.prefix { $0 != 0x3D && $0 != 0x3B }
            rest = rest[name.endIndex...]
            guard rest.first == 0x3D else { continue }
            rest = rest.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
            guard let value = rest.first == 0x22 ? quoted(&rest) : token(&rest) else { break }
            let key = text(name).lowercased()
            if !key.isEmpty, found[key] == nil { found[key] = value }
        }
        return found
    }

    private static func token(_ rest: inout ArraySlice<UInt8>) -> String? {
        let value = rest.prefix { $0 != 0x3B }
        rest = rest[value.endIndex...]
        return text(value)
    }

    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> String? {
        rest = rest.dropFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case 0x22:
                rest = rest.drop { $0 != 0x3B }
                return String(decoding: value, as: UTF8.self)
            case 0x5C:
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped)
            default:
                value.append(byte)
            }
        }
        return nil
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        while bytes.last == 0x20 || bytes.last == 0x09 { bytes = bytes.dropLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
