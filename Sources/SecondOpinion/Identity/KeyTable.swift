/// What is looked for in texts: hashes of folded words and of words written one after the other.
struct KeyTable: Sendable {
    /// What a key stands for.
    struct Key: Sendable {
        let kind: HitKind
        /// Letters and digits.
        let length: Int
        /// One word alone, not two of a name together.
        let isSingle: Bool
        /// Also a word of the standard's vocabulary.
        let isCommon: Bool
    }

    private(set) var keys: [UInt64: Key] = [:]
    /// The longest key; longer rows of words need not be looked at.
    private(set) var longest = 0
    /// One bit for each first letter or digit of a key; all others are one.
    private var firsts: UInt64 = 0
    /// Days as YYYYMMDD.
    private(set) var dates: Set<Int> = []
    private(set) var expected: Set<Int> = []
    private(set) var uids: Set<String> = []

    init(_ identity: KnownIdentity) {
        for name in identity.names { add(name: name) }
        for identifier in identity.identifiers { add(identifier: identifier) }
        for text in identity.texts { add(text: text) }
        dates = Set(identity.dates.compactMap { CalendarDay(digits: $0)?.number })
        dates.subtract(CalendarDay.dummies)
        expected = Set(identity.expectedDates.compactMap { CalendarDay(digits: $0)?.number })
        uids = identity.uids
    }

    func mayBegin(_ folded: UInt32) -> Bool { firsts & Self.bit(folded) != 0 }

    private static func bit(_ folded: UInt32) -> UInt64 {
        switch folded {
        case 0x30...0x39: 1 << UInt64(folded - 0x30)
        case 0x61...0x7A: 1 << UInt64(folded - 0x61 + 10)
        default: 1 << 63
        }
    }

    private mutating func add(name: String) {
        for group in NameWords.groups(name) {
            for word in group.all {
                insert(word, .name, isSingle: true)
                // As a reader takes it that holds every single-byte set for Latin-1.
                for bytes in SingleByteSets.encodings(of: word) {
                    let misread = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
                    if misread != word, Self.length(misread) >= 4 { insert(misread, .name, isSingle: true) }
                }
            }
            guard let family = group.family.first else { continue }
            for given in group.given {
                insert(family + given, .name)
                insert(given + family, .name)
                // Logins and captions: initial and family name.
                guard family.unicodeScalars.count >= 4, let initial = given.first else { continue }
                insert(family + String(initial), .name)
                insert(String(initial) + family, .name)
            }
            insert(group.all.joined(), .name)
            insert((group.given + group.family).joined(), .name)
        }
    }

    private mutating func add(identifier: String) {
        insert(identifier, .identifier, isSingle: true)
        for part in identifier.split(whereSeparator: { "^|".contains($0) }).prefix(1) {
            insert(String(part), .identifier, isSingle: true)
            let significant = part.drop { $0 == "0" }
            insert(String(significant), .identifier, isSingle: true)
        }
    }

    private mutating func add(text: String) {
        insert(text, .text, isSingle: true)
        for part in text.split(whereSeparator: { "^~".contains($0) }) { insert(String(part), .text, isSingle: true) }
        let digits = text.filter { $0.isASCII && $0.isNumber }
        guard digits.count >= 7, text.count(where: { $0.isLetter }) <= 3 else { return }
        // A telephone number with and without the codes of country and trunk.
        let national = digits.drop { $0 == "0" }
        for codes in 0...3 where national.count - codes >= 7 {
            insert(String(national.dropFirst(codes).drop { $0 == "0" }), .text, isSingle: true)
        }
    }

    private static func length(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + Folding.fold($1).count }
    }

    private mutating func insert(_ text: String, _ kind: HitKind, isSingle: Bool = false) {
        var hash = KeyHash()
        var first: UInt32?
        for scalar in text.unicodeScalars {
            for folded in Folding.fold(scalar) {
                if first == nil { first = folded }
                hash.add(folded)
            }
        }
        guard let first else { return }
        let isIdeographic = Folding.isIdeographic(first)
        guard hash.length >= (isIdeographic ? 2 : 3), hash.length <= 128 else { return }
        let key = Key(
            kind: kind, length: isIdeographic ? hash.length * 3 : hash.length, isSingle: isSingle,
            isCommon: Vocabulary.contains(text))
        // Of two that fold to the same, the one that counts in more places.
        if let known = keys[hash.value], known.length >= key.length, !known.isCommon || key.isCommon { return }
        keys[hash.value] = key
        longest = max(longest, hash.length)
        firsts |= Self.bit(first)
    }
}
