/// Keyed, repeatable replacements for identifiers (PS3.15 Annex E: UIDs are replaced consistently). Without the key
/// nobody can test a guess against them; with it they are pseudonyms, not anonymous (GDPR Art. 4(5)).
public struct Pseudonyms: Sendable, CustomStringConvertible, CustomReflectable {
    private let secret: Secret

    init(secret: Secret) { self.secret = secret }

    /// Pseudonyms under a key of one's own, for test vectors.
    /// - Throws: `keyLength` unless the key has 32 bytes.
    public init(key: [UInt8]) throws(SealingError) { secret = try Secret(key) }

    /// Names the key on a receipt without telling it.
    public var keyID: String { Hex.encode(code("key-id:", "").prefix(8)) }

    /// The UID that stands for another one: `2.25.` and a UUID of version 8 as a decimal number (PS3.5 B.2), at most
    /// 44 characters. Trailing padding (NUL, space) is ignored.
    public func uid(for uid: String) -> String {
        let text = uid.utf8.reversed().drop { $0 == 0 || $0 == 0x20 }.reversed()
        let bytes = withUUIDMarks(code("uid:", String(decoding: Array(text), as: UTF8.self)), version: 8)
        return "2.25.\(bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })"
    }

    /// The value that stands for a patient's identifier: 26 hexadecimal digits, 104 bits of the keyed hash.
    public func patientID(issuer: String, patientID: String) -> String {
        Hex.encode(code("pid:", "\(issuer)|\(patientID)").prefix(13))
    }

    /// Days by which every date of one patient moves: −1 … −365.
    public func dayShift(issuer: String, patientID: String) -> Int {
        let number = code("shift:", "\(issuer)|\(patientID)").prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return -(1 + Int(number % 365))
    }

    private func code(_ label: String, _ value: String) -> [UInt8] {
        secret.authenticationCode(for: Array((label + value).utf8))
    }

    /// Always `Pseudonyms`; never the key.
    public var description: String { "Pseudonyms" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
