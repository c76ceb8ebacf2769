/// Reads the common name out of a DER certificate (X.509, RFC 5280 §4.1). The certificate was verified by the TLS
/// library; this only walks to the subject, within bounds, because NIOSSL does not publish it.
enum DistinguishedName {
    private static let sequence: UInt8 = 0x30
    private static let set: UInt8 = 0x31
    private static let explicitVersion: UInt8 = 0xA0
    private static let commonName: [UInt8] = [0x06, 0x03, 0x55, 0x04, 0x03]
    private static let stringTags: Set<UInt8> = [0x0C, 0x13, 0x14, 0x16]

    /// The last common name of the subject; nil when there is none or it is in no string type that is UTF-8.
    static func commonName(ofSubjectIn certificate: [UInt8]) -> String? {
        guard let outer = value(certificate[...]), let body = value(outer.content) else { return nil }
        var fields = children(body.content)
        if fields.first?.tag == explicitVersion { fields.removeFirst() }
        // serialNumber, signature, issuer, validity, subject
        guard fields.count > 4, fields[4].tag == sequence else { return nil }
        let names = children(fields[4].content).filter { $0.tag == set }.flatMap { children($0.content) }
        return names.compactMap { name -> String? in
            guard name.content.starts(with: commonName), let text = value(name.content.dropFirst(commonName.count)),
                stringTags.contains(text.tag)
            else { return nil }
            return String(validating: text.content, as: UTF8.self)
        }.last
    }

    private struct Value {
        let tag: UInt8
        let content: ArraySlice<UInt8>
        let end: Int
    }

    private static func children(_ bytes: ArraySlice<UInt8>) -> [Value] {
        var found: [Value] = []
        var rest = bytes
        while let next = value(rest) {
            found.append(next)
            rest = rest[next.end...]
        }
        return found
    }

    private static func value(_ bytes: ArraySlice<UInt8>) -> Value? {
        guard bytes.count >= 2, let tag = bytes.first else { return nil }
        var position = bytes.startIndex + 2
        var length = Int(bytes[bytes.startIndex + 1])
        if length >= 0x80 {
            let octets = length - 0x80
            guard (1...3).contains(octets), bytes.endIndex - position >= octets else { return nil }
            length = bytes[position..<position + octets].reduce(0) { $0 << 8 | Int($1) }
            position += octets
        }
        guard length <= bytes.endIndex - position else { return nil }
        return Value(tag: tag, content: bytes[position..<position + length], end: position + length)
    }
}
