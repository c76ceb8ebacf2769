import Glibc

/// Whether words in bytes that are no text stand there by chance: what they are made of and what is around them is weighed
/// against the number of places and words where chance could have put them.
struct Evidence: Sendable {
    /// Bits that the number of words compared costs.
    private let choices: Double

    /// - Parameter keys: words that are looked for.
    init(keys: Int) { choices = log2(Double(max(keys, 1))) }

    /// Bits of the smallest: one in a million for a kilobyte, for sixteen values of this size, for 128 megabytes.
    private func least(_ bytes: TextPlace.Bytes) -> Double {
        switch bytes {
        case .text: 0
        case .encoded: 30 + choices
        case .binary(let size): 24 + log2(Double(max(size, 64))) + choices
        case .stream: 47 + choices
        }
    }

    /// - Parameters:
    ///   - span: positions of the words in `bytes`.
    ///   - isWhole: no letter or digit is beside them.
    ///   - choices: bits that others cost which would count as well.
    func isEnough(
        _ span: Range<Int>, isWhole: Bool, in bytes: ArraySlice<UInt8>, at place: TextPlace, choices: Double = 0
    ) -> Bool {
        if place.bytes == .text { return true }
        let word = bits(bytes[span])
        let least = least(place.bytes) + choices
        if min(word, Surprise.bits(bytes[span].map(PatternMatcher.fold))) >= least { return true }
        // Four letters that are no ramp of a table.
        let alone = min(word, Surprise.bitsInRamp(bytes[span]))
        guard isWhole, alone >= 24 else { return false }
        return alone + context(of: span, in: bytes) >= least
    }

    /// The same for a word as bytes of its own character set.
    func isEnough(foreign word: ArraySlice<UInt8>, in bytes: ArraySlice<UInt8>, at place: TextPlace) -> Bool {
        place.bytes == .text || Surprise.bitsInStream(Array(word)) >= least(place.bytes)
    }

    /// Of evenly distributed bytes: separators between letters can be any, a repeated letter counts once.
    private func bits(_ word: ArraySlice<UInt8>) -> Double {
        var sum = 0.0
        var last: [UInt32] = []
        func add(_ scalar: Unicode.Scalar, _ bits: Double) {
            let folded = Folding.fold(scalar)
            guard let first = folded.first, first <= 0x39 || folded != last else { return }
            last = folded
            sum += bits
        }
        var decoder = UTF8.ForwardParser()
        var iterator = word.makeIterator()
        var index = word.startIndex
        decoding: while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let encoded):
                let scalar = UTF8.decode(encoded)
                // Letters of ASCII in both cases; of two bytes, a dozen can be alike.
                let bits = encoded.count > 1 ? (encoded.count == 2 ? 10.0 : 18) : scalar.value <= 0x39 ? 7 : 6
                add(scalar, bits)
                index += encoded.count
            case .error(let length):
                // A letter of Latin-1, of which a dozen are alike.
                for byte in word[index..<min(index + length, word.endIndex)] { add(Unicode.Scalar(byte), 3.5) }
                index += length
            case .emptyInput: return sum
            }
        }
    }

    /// Bits of the visible characters around: each is one of 95 among 256, unless it follows from the one beside it.
    private func context(of span: Range<Int>, in bytes: ArraySlice<UInt8>) -> Double {
        var count = 0
        var seen: Set<UInt8> = []
        func isVisible(_ index: Int) -> Bool {
            let (byte, beside) = (bytes[index], index < span.lowerBound ? bytes[index + 1] : bytes[index - 1])
            guard (0x20...0x7E).contains(byte) || [9, 10, 13].contains(byte) else { return false }
            if abs(Int(byte) - Int(beside)) > 3 { (count, _) = (count + 1, seen.insert(byte)) }
            return true
        }
        var index = span.lowerBound - 1
        while index >= bytes.startIndex, span.lowerBound - index <= 32, isVisible(index) { index -= 1 }
        index = span.upperBound
        while index < bytes.endIndex, index - span.upperBound < 32, isVisible(index) { index += 1 }
        return Double(min(count, 4 * seen.count, 32)) * 1.43
    }
}
