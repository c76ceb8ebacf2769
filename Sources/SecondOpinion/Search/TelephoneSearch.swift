/// Looks for telephone numbers in the digits of a text, whatever separates them.
struct TelephoneSearch {
    private let text: FoldedText
    private let bytes: ArraySlice<UInt8>
    private let known: TelephoneNumbers

    /// Bytes of the longest separator: `) - `.
    private static let widest = 5

    init(_ text: FoldedText, _ bytes: ArraySlice<UInt8>, _ known: TelephoneNumbers) {
        (self.text, self.bytes, self.known) = (text, bytes, known)
    }

    /// What is found, with the tokens that it is made of.
    func found() -> [(kind: HitKind, tokens: ClosedRange<Int>)] {
        guard !known.isEmpty else { return [] }
        return text.tokens.indices.compactMap { last in
            text.tokens[last].isDigits ? number(endingAt: last) : nil
        }
    }

    private func number(endingAt last: Int) -> (kind: HitKind, tokens: ClosedRange<Int>)? {
        var digits: [UInt8] = []
        var first = last
        while true {
            let token = text.tokens[first]
            guard token.isDigits, digits.count + token.range.count <= TelephoneNumbers.most + 2 else { return nil }
            digits = text.scalars[token.range].map { UInt8(truncatingIfNeeded: $0) } + digits
            if digits.count >= TelephoneNumbers.least, let kind = known.kind(of: digits) { return (kind, first...last) }
            guard first > 0, text.tokens[first - 1].end < token.offset else { return nil }
            let separator = bytes[text.tokens[first - 1].end..<token.offset]
            guard separator.count <= Self.widest, separator.allSatisfy(TelephoneNumbers.isSeparator) else { return nil }
            first -= 1
        }
    }
}
