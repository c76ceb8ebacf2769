/// The ways known values can be written as bytes.
struct ByteForms {
    private(set) var patterns: [PatternMatcher.Pattern] = []
    private var seen: Set<[UInt8]> = []
    private let isNarrow: Bool

    init(_ identity: KnownIdentity, expected: Set<Int> = []) {
        // Very many names (a study with a crowd in it) are looked for word by word only.
        isNarrow = identity.names.count > 200
        for name in identity.names.sorted() { add(name: name) }
        for identifier in identity.identifiers.sorted() { add(identifier: identifier) }
        for text in identity.texts.sorted() {
            add(spellingsOf: text, .text)
            for part in text.split(whereSeparator: { "^~".contains($0) }) where part.utf8.count < text.utf8.count {
                add(spellingsOf: String(part), .text)
            }
        }
        for date in identity.dates.sorted() {
            guard let day = CalendarDay(digits: date)?.number, !expected.contains(day) else { continue }
            add(date: date)
        }
        for bytes in identity.originals { add(bytes, .text) }
        // In texts every UID is found in base64 and hexadecimal digits too; in pixels those of study and series.
        for uid in identity.uids.sorted().prefix(64) { add(encoded: Array(uid.utf8), .uid) }
        for stem in Set(identity.uids.map { String($0.prefix(8)) }).sorted() where stem.utf8.count >= 6 {
            for bytes in [Array(stem.utf8), Self.wide(stem, bigEndian: false), Self.wide(stem, bigEndian: true)] {
                add(bytes, .uid, isStem: true)
            }
        }
    }

    private mutating func add(name: String) {
        for group in NameWords.groups(name) {
            for word in group.all + group.joined where word.unicodeScalars.count >= 5 || !word.allASCII {
                add(spellingsOf: word, .name)
            }
            guard !isNarrow, let given = group.given.first else { continue }
            for family in group.families {
                for separator in ["^", " ", "", ", ", "_"] {
                    add(spellingsOf: family + separator + given, .name)
                    add(spellingsOf: given + separator + family, .name)
                }
            }
        }
    }

    private mutating func add(identifier: String) {
        add(everyWay: identifier, .identifier)
        let significant = String(identifier.drop { $0 == "0" })
        if significant != identifier { add(everyWay: significant, .identifier) }
        let joined = identifier.filter { $0.isLetter || $0.isNumber }
        if joined != identifier { add(everyWay: joined, .identifier) }
        for number in NumberRuns.numbers(in: identifier) where number.utf8.count >= 8 {
            add(everyWay: number, .identifier)
        }
    }

    private mutating func add(date: String) {
        guard let day = CalendarDay(digits: date)?.number, !CalendarDay.dummies.contains(day) else { return }
        let (y, m, d) = (
            String(date.prefix(4)), String(date.dropFirst(4).prefix(2)), String(date.dropFirst(6).prefix(2))
        )
        for form in [y + m + d, "\(y)-\(m)-\(d)", "\(d).\(m).\(y)", "\(d)/\(m)/\(y)", "\(m)/\(d)/\(y)"] {
            add(everyWay: form, .date)
        }
    }

    /// As written, in lower and upper case, and without diacritics in two ways.
    private mutating func add(spellingsOf text: String, _ kind: HitKind) {
        var spellings: Set<String> = [text, text.lowercased(), text.uppercased(), text.titled]
        for umlauts in [true, false] {
            let plain = text.transliterated(umlauts: umlauts)
            spellings.formUnion([plain, plain.lowercased(), plain.uppercased(), plain.titled])
        }
        for spelling in spellings.sorted() { add(everyWay: spelling, kind) }
    }

    private mutating func add(everyWay text: String, _ kind: HitKind) {
        let bytes = Array(text.utf8)
        add(bytes, kind, isPlain: true)
        add(Self.wide(text, bigEndian: false), kind)
        add(Self.wide(text, bigEndian: true), kind)
        for encoded in SingleByteSets.encodings(of: text) {
            add(encoded, kind)
            for written in Self.base64(encoded) { add(written, kind) }
        }
        add(encoded: bytes, kind)
    }

    private mutating func add(encoded bytes: [UInt8], _ kind: HitKind) {
        for written in Self.base64(bytes) { add(written, kind) }
        add(bytes.flatMap { byte in [byte >> 4, byte & 15].map { $0 < 10 ? $0 + 0x30 : $0 + 0x57 } }, kind)
    }

    private mutating func add(_ bytes: [UInt8], _ kind: HitKind, isPlain: Bool = false, isStem: Bool = false) {
        let folded = bytes.map(PatternMatcher.fold)
        guard folded.count >= PatternMatcher.least, seen.insert(folded).inserted else { return }
        let bits = Surprise.bits(folded)
        guard bits >= PatternMatcher.leastBits || isStem else { return }
        patterns.append(
            PatternMatcher.Pattern(
                bytes: folded, kind: kind, bits: bits, bitsInStream: Surprise.bitsInStream(folded), isPlain: isPlain,
                isASCII: folded.allSatisfy { (0x20..<0x7F).contains($0) },
                isStem: isStem))
    }

    private static func wide(_ text: String, bigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit -> [UInt8] in
            let (low, high) = (UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8))
            return bigEndian ? [high, low] : [low, high]
        }
    }

    /// The characters that bytes give at each of the three positions in a longer base64 text, without those that their
    /// neighbours decide.
    static func base64(_ bytes: [UInt8]) -> [[UInt8]] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        return (0..<3).map { before in
            let first = (before * 8 + 5) / 6
            let end = (before + bytes.count) * 8 / 6
            return (first..<max(first, end)).map { character in
                var value: UInt8 = 0
                for bit in (character * 6)..<(character * 6 + 6) {
                    let byte = bytes[bit / 8 - before]
                    value = value << 1 | (byte >> UInt8(7 - bit % 8) & 1)
                }
                return alphabet[Int(value)]
            }
        }
    }
}

extension String {
    var allASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }

    /// `MÜLLER^JÖRG` as `Müller^Jörg`.
    var titled: String {
        var result = ""
        var isStart = true
        for character in self {
            result += isStart ? character.uppercased() : character.lowercased()
            isStart = !character.isLetter
        }
        return result
    }

    /// Without diacritics; ä as `ae` or as `a`.
    fileprivate func transliterated(umlauts: Bool) -> String {
        var result = ""
        for scalar in unicodeScalars {
            if Folding.isMark(scalar) { continue }
            if umlauts,
                let two = ["ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"][Character(scalar).lowercased()]
            {
                result += two
            } else if scalar.value < 0x80 || scalar.value >= 0x250 {
                result.unicodeScalars.append(scalar)
            } else {
                let folded = Folding.fold(scalar).compactMap(Unicode.Scalar.init(_:))
                result.unicodeScalars.append(contentsOf: folded.isEmpty ? [scalar] : folded)
            }
        }
        return result
    }
}
