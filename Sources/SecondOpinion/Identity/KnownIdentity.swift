/// Everything known of a patient that must not stand in a de-identified file: from the order, the EHR and the original
/// headers. It prints redacted.
public struct KnownIdentity: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Names, identifiers, dates and texts one study can have.
    public static let limit = 5000
    /// UIDs one study can have: a CT has thousands of instances.
    public static let uidLimit = 200_000

    private(set) var names: Set<String> = []
    private(set) var identifiers: Set<String> = []
    private(set) var dates: Set<String> = []
    private(set) var uids: Set<String> = []
    private(set) var texts: Set<String> = []
    private(set) var originals: Set<[UInt8]> = []
    private(set) var expectedDates: Set<String> = []
    /// Those of `dates` that are a day of birth.
    private(set) var birthDates: Set<String> = []

    /// Nothing known.
    public init() {}

    /// A person name: PN with components and groups (`Müller^Jörg`), or in free form.
    public mutating func add(name: String) throws(SecondOpinionError) { try insert(name, \.names) }

    /// A patient's, accession, order, insurance or other number, with or without issuer (`CX` components are separate
    /// calls).
    public mutating func add(identifier: String) throws(SecondOpinionError) { try insert(identifier, \.identifiers) }

    /// A day as `YYYYMMDD`; what follows (DT) is left out. What is no day is ignored.
    public mutating func add(date: String) throws(SecondOpinionError) {
        try insert(String(date.prefix(8)), \.dates)
    }

    /// A day of birth: found in words also where other days are kept.
    public mutating func add(birthDate: String) throws(SecondOpinionError) {
        try add(date: birthDate)
        birthDates.insert(String(birthDate.prefix(8)))
    }

    /// A UID of the original that must not stay, nor be the stem of another. The caller leaves out registered ones
    /// (PS3.6 Annex A), and what those begin with: they stand in every file.
    public mutating func add(uid: String) throws(SecondOpinionError) { try insert(uid, \.uids) }

    /// An address, telephone number, e-mail, institution or any other text that identifies.
    public mutating func add(text: String) throws(SecondOpinionError) { try insert(text, \.texts) }

    /// The bytes of an original value in its own character set, found again as they are: for ISO 2022 and GB18030.
    public mutating func add(original bytes: [UInt8]) throws(SecondOpinionError) {
        guard bytes.count >= 4 else { return }
        originals.insert(bytes)
        try check()
    }

    /// A day the profile itself wrote (`YYYYMMDD`, a shifted date), which is no hit even if it is one of the original's.
    public mutating func expect(date: String) { expectedDates.insert(String(date.prefix(8))) }

    /// What the other knows too.
    public mutating func merge(_ other: Self) throws(SecondOpinionError) {
        names.formUnion(other.names)
        identifiers.formUnion(other.identifiers)
        dates.formUnion(other.dates)
        uids.formUnion(other.uids)
        texts.formUnion(other.texts)
        originals.formUnion(other.originals)
        expectedDates.formUnion(other.expectedDates)
        birthDates.formUnion(other.birthDates)
        try check()
    }

    /// The same without some kinds: what a profile keeps by an option of its own (UIDs, institutions) is no hit.
    public func without(_ kinds: Set<HitKind>) -> Self {
        var other = self
        if kinds.contains(.name) { other.names = [] }
        if kinds.contains(.identifier) { other.identifiers = [] }
        if kinds.contains(.date) { (other.dates, other.birthDates) = ([], []) }
        if kinds.contains(.uid) { other.uids = [] }
        if kinds.contains(.text) { (other.texts, other.originals) = ([], []) }
        return other
    }

    /// The days of birth alone.
    public var birthDatesOnly: Self {
        var other = Self()
        (other.dates, other.birthDates) = (birthDates, birthDates)
        return other
    }

    /// Values known, UIDs too.
    public var count: Int {
        names.count + identifiers.count + dates.count + uids.count + texts.count + originals.count
    }

    /// Nothing is known.
    public var isEmpty: Bool { count == 0 }

    /// The number of values, never one of them.
    public var description: String { "KnownIdentity(\(count) values)" }
    /// As `description`.
    public var debugDescription: String { description }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }

    private mutating func insert(
        _ value: String, _ place: WritableKeyPath<Self, Set<String>>
    ) throws(SecondOpinionError) {
        let trimmed = value.trimmed
        guard !trimmed.isEmpty else { return }
        self[keyPath: place].insert(trimmed)
        try check()
    }

    private func check() throws(SecondOpinionError) {
        guard count - uids.count <= Self.limit, uids.count <= Self.uidLimit else {
            throw SecondOpinionError(.tooManyIdentifiers)
        }
    }
}

extension String {
    /// Without the padding of values: spaces and NUL at both ends.
    var trimmed: String {
        let padding: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0 || $0 == 9 || $0 == 10 || $0 == 13 }
        guard let first = utf8.firstIndex(where: { !padding($0) }),
            let last = utf8.lastIndex(where: { !padding($0) })
        else {
            return ""
        }
        return String(self[first...last])
    }
}
