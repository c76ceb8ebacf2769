/// What is looked for in texts: hashes of folded words and of words written one after the other.
struct KeyTable: Sendable {
    /// What a key stands for.
    struct Key: Sendable {
        let kind: HitKind
        /// Letters and digits; an ideograph counts as three.
        let length: Int
        let isIdeographic: Bool
        /// One word alone, not two of a name together.
        let isSingle: Bool
        /// Also a word of the standard's vocabulary, or folds to the same.
        let isCommon: Bool
        /// Likewise of a certificate.
        let isOfCertificate: Bool
        /// Digits only.
        let isNumber: Bool
    }

    private(set) var keys: [UInt64: Key] = [:]
    /// Names in character sets of one byte, and in UTF-8, as bytes.
    private(set) var foreign = ForeignWords()
    private(set) var telephones = TelephoneNumbers()
    /// The longest key; longer rows of words need not be looked at.
    private(set) var longest = 0
    /// One bit for each first letter or digit of a key; all others are one.
    private var firsts: UInt64 = 0
    /// Days as YYYYMMDD.
    private(set) var dates: Set<Int> = []
    private(set) var expected: Set<Int> = []
    /// Those of `dates` that are a day of birth.
    private(set) var births: Set<Int> = []
    private(set) var uids: Set<String> = []

    init(_ identity: KnownIdentity) {
        for name in identity.names { add(name: name) }
        for identifier in identity.identifiers { add(identifier: identifier) }
        for text in identity.texts { add(text: text) }
        dates.formUnion(identity.dates.compactMap { CalendarDay(digits: $0)?.number })
        dates.subtract(CalendarDay.dummies)
        births = Set(identity.birthDates.compactMap { CalendarDay(digits: $0)?.number }).intersection(dates)
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
            for word in Set(group.all + group.joined) {
                insert(word, .name, isSingle: true)
                foreign.add(word)
            }
            for family in group.families {
                for given in group.givens {
                    insert(family + given, .name)
                    insert(given + family, .name)
                    // Logins and captions: initial and family name.
                    guard family.unicodeScalars.count >= 4, let initial = given.first else { continue }
                    insert(family + String(initial), .name)
                    insert(String(initial) + family, .name)
                }
            }
            guard !group.family.isEmpty else { continue }
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
        for number in NumberRuns.numbers(in: identifier) { insert(number, .identifier, isSingle: true) }
        dates.formUnion(NumberRuns.days(in: identifier))
        guard TelephoneNumbers.isWrittenSo(identifier) else { return }
        telephones.add(identifier, .identifier)
        if identifier.hasPrefix("+") || identifier.hasPrefix("0") { add(nationalNumber: identifier, .identifier) }
    }

    private mutating func add(text: String) {
        insert(text, .text, isSingle: true)
        for part in text.split(whereSeparator: { "^~".contains($0) }) { insert(String(part), .text, isSingle: true) }
        for number in NumberRuns.numbers(in: text) where number.utf8.count >= 7 {
            insert(number, .text, isSingle: true)
        }
        guard text.count(where: { $0.isLetter }) <= 3 else { return }
        telephones.add(text, .text)
        add(nationalNumber: text, .text)
    }

    /// A telephone number with and without the codes of country and trunk, as one number.
    private mutating func add(nationalNumber text: String, _ kind: HitKind) {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        guard digits.count >= 7 else { return }
        let national = digits.drop { $0 == "0" }
        for codes in 0...3 where national.count - codes >= 7 {
            insert(String(national.dropFirst(codes).drop { $0 == "0" }), kind, isSingle: true)
        }
    }

    private mutating func insert(_ text: String, _ kind: HitKind, isSingle: Bool = false) {
        var hash = KeyHash()
        var first: UInt32?
        var isNumber = true
        for scalar in text.unicodeScalars {
            for folded in Folding.fold(scalar) {
                if first == nil { first = folded }
                isNumber = isNumber && (0x30...0x39).contains(folded)
                hash.add(folded)
            }
        }
        guard let first else { return }
        let isIdeographic = Folding.isIdeographic(first)
        // àáâã would be each "A".
        guard hash.length >= (isIdeographic ? 2 : 3), hash.length <= 128, isIdeographic || isNumber || hash.units > 1
        else { return }
        let key = Key(
            kind: kind, length: isIdeographic ? hash.length * 3 : hash.length, isIdeographic: isIdeographic,
            isSingle: isSingle, isCommon: Vocabulary.contains(hash: hash.value),
            isOfCertificate: CertificateWords.contains(hash: hash.value), isNumber: isNumber)
        // Of two that fold to the same, the one that counts in more places.
        if let known = keys[hash.value], known.length >= key.length { return }
        keys[hash.value] = key
        longest = max(longest, hash.length)
        firsts |= Self.bit(first)
    }
}
