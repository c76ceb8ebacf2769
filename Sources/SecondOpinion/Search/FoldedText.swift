/// A text as runs of letters or of digits.
struct FoldedText {
    struct Token {
        /// Folded scalars.
        let range: Range<Int>
        let isDigits: Bool
        /// Between this token and the one before stands something that is neither letter nor digit.
        let isApart: Bool
        /// The separator before: a single scalar, 0 for none, `UInt32.max` for several.
        let separator: UInt32
        /// Position of its first byte in the source.
        let offset: Int
        /// Position behind its last byte.
        let end: Int
    }

    private(set) var scalars: [UInt32] = []
    private(set) var tokens: [Token] = []

    private var start = 0
    private var startOffset = 0
    private var startSeparator: UInt32 = 0
    private var lastEnd = 0
    /// Bytes that an escape sequence (PS3.5 §6.1.2.5.3) can still have.
    private var escape = 0
    private var separator: UInt32 = 0
    private var separators = 0

    /// Text in UTF-8; bytes that are none are read as Latin-1.
    init(_ bytes: ArraySlice<UInt8>) {
        scalars.reserveCapacity(bytes.count)
        var decoder = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var position = bytes.startIndex
        decoding: while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let encoded):
                add(UTF8.decode(encoded), at: position, count: encoded.count)
                position += encoded.count
            case .error(let length):
                for index in position..<min(position + length, bytes.endIndex) {
                    add(Unicode.Scalar(bytes[index]), at: index, count: 1)
                }
                position += length
            case .emptyInput: break decoding
            }
        }
        close()
    }

    private mutating func add(_ scalar: Unicode.Scalar, at offset: Int, count: Int) {
        if scalar.value >= 0x300, Folding.isMark(scalar) { return }
        let isEscape = escape > 0 || scalar.value == 0x1B
        if isEscape { escape = scalar.value == 0x1B ? 3 : (0x20...0x2F).contains(scalar.value) ? escape - 1 : 0 }
        // The letter that ends an escape sequence is none of the text.
        let folded = isEscape ? [] : Folding.fold(scalar)
        guard let first = folded.first else {
            close()
            separator = separators == 0 ? scalar.value : .max
            separators += 1
            return
        }
        let isDigit = (0x30...0x39).contains(first)
        if scalars.count > start {
            let wasDigit = (0x30...0x39).contains(scalars[start])
            if wasDigit != isDigit || Folding.isIdeographic(first) || Folding.isIdeographic(scalars[start]) { close() }
        }
        if scalars.count == start {
            startOffset = offset
            startSeparator = separators == 0 ? 0 : separator
            (separator, separators) = (0, 0)
        }
        scalars += folded
        lastEnd = offset + count
    }

    private mutating func close() {
        guard scalars.count > start else { return }
        tokens.append(
            Token(
                range: start..<scalars.count, isDigits: (0x30...0x39).contains(scalars[start]),
                isApart: tokens.isEmpty || startSeparator != 0, separator: startSeparator, offset: startOffset,
                end: lastEnd))
        start = scalars.count
    }

    /// The number of a run of at most nine digits.
    func number(_ token: Token) -> Int? {
        guard token.isDigits, token.range.count <= 9 else { return nil }
        return scalars[token.range].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
}
