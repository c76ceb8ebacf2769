/// Recognises the leaves that this gateway writes, byte by byte and without building values: a log of a million leaves
/// is to be read in seconds.
///
/// Whatever it does not recognise, it leaves to `LeafHeader`, which alone decides what a leaf is: it never accepts what
/// `LeafHeader` refuses, and both then say the same (a test compares them).
struct LeafScanner {
    /// What the verification of a log needs of a leaf.
    struct Finding: Equatable {
        var log: Range<Int>
        var event: Range<Int>
        var correlation: Range<Int>
        var phase: Phase
    }

    /// The limits of `LeafHeader` in other words, far from them.
    private static let lengthLimit = 1 << 16
    private static let elementLimit = 1_000

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// What a leaf says; nil where another reader has to look.
    static func scan(_ leaf: ArraySlice<UInt8>) -> Finding? {
        guard leaf.count <= lengthLimit else { return nil }
        var scanner = LeafScanner(leaf)
        return scanner.leaf()
    }

    /// The members in the order of their names.
    private mutating func leaf() -> Finding? {
        guard skip(#"{"body":""#), commitment(), skip(#","class":""#), accessClass(), skip(#","correlation":""#),
            let correlation = text(), skip(#","event":""#), let event = text()
        else { return nil }
        var intent: UInt64?
        if skip(#","intent":"#) {
            guard let number = number() else { return nil }
            intent = number
        }
        guard skip(#","log":""#), let log = text(), skip(#","outcome":"#), outcome(), skip(#","phase":""#),
            let phase = phase(intent), skip(#","principal":""#), text() != nil, skip(#","purpose":""#), text() != nil,
            skip(#","roles":["#), elements({ $0.string() != nil }), skip(#","subjects":["#),
            elements({ $0.commitment() }), skip(#","time":""#), time(), skip(#"","v":1}"#), position == bytes.endIndex
        else { return nil }
        return Finding(log: log, event: event, correlation: correlation, phase: phase)
    }
}

// Elements, each with its closing quote.
extension LeafScanner {
    /// A text that is not empty.
    private mutating func text() -> Range<Int>? {
        guard let range = string(), !range.isEmpty else { return nil }
        return range
    }

    /// Printable ASCII without escapes: all that the gateway writes into a leaf.
    private mutating func string() -> Range<Int>? {
        let start = position
        while position < bytes.endIndex {
            let byte = bytes[position]
            if byte == 0x22 {
                position += 1
                return start..<(position - 1)
            }
            guard byte >= 0x20, byte < 0x80, byte != 0x5C else { return nil }
            position += 1
        }
        return nil
    }

    /// base64url of 32 bytes: 43 characters, of which the last has two spare bits that are zero.
    private mutating func commitment() -> Bool {
        guard bytes.endIndex - position >= 44 else { return false }
        let table = Self.sextets
        var all: UInt8 = 0
        for offset in position..<(position + 43) { all |= table[Int(bytes[offset])] }
        guard all < 64, table[Int(bytes[position + 42])] & 3 == 0, bytes[position + 43] == 0x22 else { return false }
        position += 44
        return true
    }

    private mutating func accessClass() -> Bool {
        skip(#"treatment""#) || skip(#"operations""#) || skip(#"none""#) || skip(#"disclosure""#)
    }

    private mutating func outcome() -> Bool { skip("0") || skip("4") || skip("8") || skip("12") }

    private mutating func phase(_ intent: UInt64?) -> Phase? {
        guard let intent else {
            if skip(#"single""#) { return .single }
            return skip(#"intent""#) ? .intent : nil
        }
        return skip(#"outcome""#) ? .outcome(of: intent) : nil
    }

    /// Digits without a leading zero, few enough for 63 bits.
    private mutating func number() -> UInt64? {
        let start = position
        var value: UInt64 = 0
        while position < bytes.endIndex, bytes[position] &- 0x30 < 10 {
            value = value &* 10 &+ UInt64(bytes[position] - 0x30)
            position += 1
        }
        let count = position - start
        guard count > 0, count <= 18, count == 1 || bytes[start] != 0x30 else { return nil }
        return value
    }

    /// Strings up to `]`.
    private mutating func elements(_ element: (inout LeafScanner) -> Bool) -> Bool {
        if skip("]") { return true }
        for _ in 0..<Self.elementLimit {
            guard skip("\""), element(&self) else { return false }
            if skip("]") { return true }
            guard skip(",") else { return false }
        }
        return false
    }

    /// `2026-11-21T10:00:00.000001Z`.
    private mutating func time() -> Bool {
        let pattern: StaticString = "0000-00-00T00:00:00.000000Z"
        guard bytes.endIndex - position > pattern.utf8CodeUnitCount else { return false }
        let matches = pattern.withUTF8Buffer { pattern in
            var matches = true
            for offset in 0..<pattern.count {
                let (expected, byte) = unsafe (pattern[offset], bytes[position + offset])
                matches = matches && (expected == 0x30 ? byte &- 0x30 < 10 : byte == expected)
            }
            return matches
        }
        position += pattern.utf8CodeUnitCount
        return matches
    }

    /// Whether this text stands here; then it is passed.
    private mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.endIndex - position >= count else { return false }
        let matches = text.withUTF8Buffer { expected in
            for offset in 0..<count where unsafe expected[offset] != bytes[position + offset] { return false }
            return true
        }
        if matches { position += count }
        return matches
    }

    /// The value of each byte as a character of base64url; 255 where it is none.
    private static let sextets: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for (value, character) in alphabet.utf8.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
