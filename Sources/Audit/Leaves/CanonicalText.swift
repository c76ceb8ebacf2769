import FHIR

/// Writes the JSON of leaves and bodies straight to bytes: the very text that `JSONValue.serialized(.canonical)` gives,
/// without building the value first. Every message makes a leaf, so this is on the way of every acknowledgment.
///
/// The caller names the members in the order of their UTF-8 bytes.
struct CanonicalText {
    private(set) var bytes: [UInt8] = []
    /// Whether the next member or element stands behind another one.
    private var isFollowing = false

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// `{…}` with the members that `body` writes.
    mutating func object(_ body: (inout CanonicalText) -> Void) { nested(0x7B, 0x7D, body) }

    /// `[…]` with one element for each.
    mutating func array<Element>(_ elements: [Element], _ write: (inout CanonicalText, Element) -> Void) {
        nested(0x5B, 0x5D) { text in
            for element in elements {
                text.separate()
                write(&text, element)
                text.isFollowing = true
            }
        }
    }

    mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    mutating func member(_ name: String, _ value: String?) {
        if let value { member(name, value) }
    }

    mutating func member(_ name: String, _ number: Int) {
        key(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func member(_ name: String, _ elements: [String]) {
        member(name) { $0.array(elements) { $0.string($1) } }
    }

    mutating func member(_ name: String, _ isTrue: Bool) {
        member(name) { $0.verbatim(Array((isTrue ? "true" : "false").utf8)) }
    }

    /// A member whose value `body` writes.
    mutating func member(_ name: String, _ body: (inout CanonicalText) -> Void) {
        key(name)
        body(&self)
        isFollowing = true
    }

    mutating func string(_ value: String) {
        bytes.append(0x22)
        for byte in value.utf8 {
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { escape(byte) } else { bytes.append(byte) }
        }
        bytes.append(0x22)
        isFollowing = true
    }

    /// Text that is canonical already.
    mutating func verbatim(_ text: [UInt8]) { bytes += text }

    private mutating func key(_ name: String) {
        separate()
        string(name)
        bytes.append(0x3A)
        isFollowing = true
    }

    private mutating func separate() {
        if isFollowing { bytes.append(0x2C) }
        isFollowing = false
    }

    private mutating func nested(_ open: UInt8, _ close: UInt8, _ body: (inout CanonicalText) -> Void) {
        bytes.append(open)
        isFollowing = false
        body(&self)
        bytes.append(close)
        isFollowing = true
    }

    /// As the writer of the module JSON does.
    private mutating func escape(_ byte: UInt8) {
        let letters: [UInt8: UInt8] = [0x22: 0x22, 0x5C: 0x5C, 8: 0x62, 9: 0x74, 10: 0x6E, 12: 0x66, 13: 0x72]
        bytes.append(0x5C)
        if let letter = letters[byte] { return bytes.append(letter) }
        bytes.append(contentsOf: (byte < 0x10 ? "u000" : "u00").utf8)
        bytes.append(contentsOf: String(byte, radix: 16).utf8)
    }
}

extension AuditRecord {
    /// What the commitment to the body is made of: the text of `json`, which is what old bodies hold.
    /// - Parameter time: the text of `time`, which the leaf needs as well.
    func canonicalText(time text: String) -> [UInt8] {
        var writer = CanonicalText(capacity: 1024)
        writer.object { writer in
            writer.member("class", accessClass.rawValue)
            writer.member("code", code)
            writer.member("correlation", correlation.value)
            if !details.isEmpty {
                let sorted = details.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                writer.member("details") { $0.object { for (name, value) in sorted { $0.member(name, value) } } }
            }
            writer.member("event", event.rawValue)
            if let intent = phase.intent { writer.member("intent", Int(clamping: intent)) }
            writer.member("microseconds", Int(time.microsecondsSinceEpoch))
            writer.member("outcome", outcome.rawValue)
            if let peer {
                writer.member("peer") { writer in
                    writer.object {
                        $0.member("address", peer.address)
                        $0.member("name", peer.name)
                    }
                }
            }
            writer.member("phase", phase.name)
            writer.member("principal") { writer in
                writer.object {
                    $0.member("kind", principal.kind.rawValue)
                    $0.member("name", principal.name)
                }
            }
            writer.member("purpose", purpose.code)
            writer.member("roles") { $0.array(roles) { $0.string($1.value) } }
            writer.member("subjects") { writer in
                writer.array(subjects) { writer, subject in
                    writer.object {
                        $0.member("assigner", subject.assigner)
                        $0.member("identifier", subject.identifier)
                        $0.member("type", subject.type.rawValue)
                    }
                }
            }
            writer.member("time", text)
            writer.member("v", 1)
        }
        return writer.bytes
    }
}
