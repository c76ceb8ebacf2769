public import DICOM
import FHIR
import Sealing

/// One value that may stand in an audit record: a code, count, digest, configured name or UID. There is no way to make
/// one of free text: what does not have the form of its kind becomes a digest or `invalid`.
public struct AuditFact: Sendable, Hashable {
    /// As it is stored.
    public let text: String

    private init(text: String) { self.text = text }

    /// A stable code of the program: letters, digits and `. _ : - + / [ ]`, at most 128 characters.
    public static func code(_ code: String) -> AuditFact {
        AuditFact(text: isPlain(code.utf8, allowing: ".:_-+/[]", limit: 128) ? code : "invalid")
    }

    /// Several codes, separated by blanks.
    public static func codes(_ codes: some Sequence<String>) -> AuditFact {
        AuditFact(text: codes.map { Self.code($0).text }.joined(separator: " "))
    }

    /// A number of things, or a size.
    public static func count(_ count: some BinaryInteger) -> AuditFact { AuditFact(text: String(count)) }

    /// A measured number.
    public static func number(_ number: Double) -> AuditFact { AuditFact(text: String(number)) }

    /// Time in whole milliseconds.
    public static func milliseconds(_ duration: Duration) -> AuditFact {
        AuditFact(text: String(duration.wholeMicroseconds / 1000))
    }

    /// A digest or root in hex, base64 or base64url.
    public static func digest(_ digest: String) -> AuditFact {
        AuditFact(text: isPlain(digest.utf8, allowing: "+/=-_", limit: 128) ? digest : "invalid")
    }

    /// Several digests, separated by blanks.
    public static func digests(_ digests: some Sequence<String>) -> AuditFact {
        AuditFact(text: digests.map { Self.digest($0).text }.joined(separator: " "))
    }

    /// What an administrator or this program named: a file, a listener, a destination, an account, a certificate, a
    /// profile. At most 200 printable ASCII characters, else a digest.
    public static func configured(_ name: String) -> AuditFact {
        let isPrintable = name.utf8.count <= 200 && name.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return AuditFact(text: isPrintable && !name.isEmpty ? name : digested(Array(name.utf8)))
    }

    /// A DICOM UID.
    public static func uid(_ uid: UID) -> AuditFact { AuditFact(text: uid.value) }

    /// An identifier that a peer chose for a message or a system, such as MSH-10, MSH-3 or an ETag: at most 64 letters,
    /// digits and `. _ - : / + ~`; what is anything else is not repeated but digested.
    public static func identifier(_ bytes: some Sequence<UInt8>) -> AuditFact {
        let bytes = Array(bytes)
        guard !bytes.isEmpty, isPlain(bytes, allowing: ".:_-+/~", limit: 64) else {
            return AuditFact(text: bytes.isEmpty ? "-" : digested(bytes))
        }
        return AuditFact(text: String(decoding: bytes, as: UTF8.self))
    }

    /// What a search asks for, as `Patient?identifier=…`, percent-encoded. It holds identifiers; nothing else is searched
    /// by. It stands in the sealed body only, as all details do.
    static func query(_ path: String, _ parameters: (name: String, value: String)...) -> AuditFact {
        let question = parameters.map { "\($0.name)=\(percentEncoded($0.value))" }.joined(separator: "&")
        return AuditFact(text: question.isEmpty ? path : "\(path)?\(question)")
    }

    /// A search for a business identifier.
    static func query(_ path: String, _ identifier: Identifier) -> AuditFact {
        query(path, ("identifier", "\(identifier.system ?? "")|\(identifier.value)"))
    }

    /// A moment, in UTC.
    public static func moment(_ time: Timestamp) -> AuditFact {
        AuditFact(text: FHIRInstant(microsecondsSinceEpoch: time.microseconds).text)
    }

    private static func digested(_ bytes: [UInt8]) -> String { "sha256:\(Digest.sha256(bytes).hex)" }

    private static func isPlain(_ bytes: some Collection<UInt8>, allowing others: StaticString, limit: Int) -> Bool {
        guard !bytes.isEmpty, bytes.count <= limit else { return false }
        let others = others.withUTF8Buffer { unsafe Array($0) }
        return bytes.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || others.contains(byte)
        }
    }
}

/// The facts of one audit record, by name.
public struct AuditDetails: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// As a record takes them.
    public private(set) var texts: [String: String] = [:]

    public init(dictionaryLiteral elements: (AuditDetail, AuditFact?)...) {
        for (name, fact) in elements { set(name, fact) }
    }

    /// Sets the fact of a name; `nil` takes it away.
    public mutating func set(_ name: AuditDetail, _ fact: AuditFact?) { texts[name.rawValue] = fact?.text }

    /// These, and others where they are missing.
    public func merging(_ others: AuditDetails) -> AuditDetails {
        var merged = self
        merged.texts.merge(others.texts) { own, _ in own }
        return merged
    }
}
