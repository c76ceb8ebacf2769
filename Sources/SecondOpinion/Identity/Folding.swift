/// One form for all spellings of a word: no case, no diacritics, no width, transliterations alike.
enum Folding {
    /// The letters and digits that stand for a scalar; empty for what separates words.
    static func fold(_ scalar: Unicode.Scalar) -> [UInt32] {
        let value = scalar.value
        switch value {
        case 0x30...0x39, 0x61...0x7A: return [value]
        case 0x41...0x5A: return [value + 0x20]
        // The apostrophe of a name, whichever it is, parts two words.
        case 0..<0x80, 0x2B9...0x2BF: return []
        case 0xFF01...0xFF5E:
            guard let narrow = Unicode.Scalar(value - 0xFEE0) else { return [] }
            return fold(narrow)
        default: break
        }
        if let known = letters[value] { return known }
        let properties = scalar.properties
        guard properties.isAlphabetic || properties.numericType != nil else { return [] }
        return properties.lowercaseMapping.unicodeScalars.map(\.value)
    }

    /// A combining mark changes the letter before it and separates nothing.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x300 && (scalar.properties.generalCategory == .nonspacingMark)
    }

    /// Scripts that put no spaces between words: each character stands for itself.
    static func isIdeographic(_ value: UInt32) -> Bool {
        (0x2E80...0x9FFF).contains(value) || (0xAC00...0xD7AF).contains(value) || (0xF900...0xFAFF).contains(value)
            || (0xFF66...0xFF9F).contains(value) || (0x20000...0x3FFFF).contains(value)
    }

    /// Latin letters with diacritics, found by what the standard library holds to be canonically equal, and those that
    /// have no decomposition.
    private static let letters: [UInt32: [UInt32]] = {
        var table: [UInt32: [UInt32]] = [
            0xDF: [0x73, 0x73], 0x1E9E: [0x73, 0x73], 0xE6: [0x61, 0x65], 0xC6: [0x61, 0x65], 0x153: [0x6F, 0x65],
            0x152: [0x6F, 0x65], 0xF8: [0x6F], 0xD8: [0x6F], 0xF0: [0x64], 0xD0: [0x64], 0xFE: [0x74, 0x68],
            0xDE: [0x74, 0x68], 0x142: [0x6C], 0x141: [0x6C], 0x111: [0x64], 0x110: [0x64], 0x131: [0x69],
            0x127: [0x68], 0x126: [0x68],
        ]
        var bases: [Character: UInt32] = [:]
        let marks = (0x300...0x33F).compactMap(Unicode.Scalar.init(_:))
        for letter in (0x61...0x7A).compactMap(Unicode.Scalar.init(_:)) {
            for mark in marks {
                var marked = String.UnicodeScalarView([letter, mark])
                if String(marked).count == 1 { bases[Character(String(marked))] = letter.value }
                guard mark.value <= 0x302 || mark.value == 0x306 || mark.value == 0x31B else { continue }
                for second in marks {
                    marked.append(second)
                    bases[Character(String(marked))] = letter.value
                    marked.removeLast()
                }
            }
        }
        for value in [0xC0...0x24F, 0x1E00...0x1EFF].joined() {
            guard table[UInt32(value)] == nil, let scalar = Unicode.Scalar(UInt32(value)),
                let lower = scalar.properties.lowercaseMapping.first, let base = bases[lower]
            else { continue }
            table[UInt32(value)] = [base]
        }
        return table
    }()
}

/// A running hash over folded letters and digits, in which transliterations are alike: a double letter counts once, and
/// an `e` after `a`, `o` or `u` not at all (`Müller`, `Mueller`, `MULLER`).
struct KeyHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var length = 0
    /// Letters and digits that count.
    private(set) var units = 0
    private var last: UInt32 = 0

    /// Of a whole text.
    static func value(of text: String) -> UInt64 {
        var hash = KeyHash()
        for scalar in text.unicodeScalars {
            for folded in Folding.fold(scalar) { hash.add(folded) }
        }
        return hash.value
    }

    mutating func add(_ folded: UInt32) {
        length += 1
        let isLetter = folded > 0x39
        let isDoubled = isLetter && folded == last
        let isUmlaut = folded == 0x65 && (last == 0x61 || last == 0x6F || last == 0x75)
        if !isUmlaut { last = folded }
        guard !isDoubled, !isUmlaut else { return }
        units += 1
        value = (value ^ UInt64(folded)) &* 0x100_0000_01B3
        value ^= value >> 29
    }
}
