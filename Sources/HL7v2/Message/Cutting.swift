/// Cuts ranges of bytes at delimiters, without copying.
enum Cutting {
    /// The `number`th part (from 1) of `range`; nil if there are fewer. Without a separator the whole is part 1.
    static func part(_ number: Int, of range: Range<Int>, in bytes: [UInt8], at separator: UInt8?) -> Range<Int>? {
        guard let separator else { return number == 1 ? range : nil }
        var start = range.lowerBound
        var remaining = number - 1
        while remaining > 0 {
            guard let next = bytes[start..<range.upperBound].firstIndex(of: separator) else { return nil }
            start = next + 1
            remaining -= 1
        }
        return start..<(bytes[start..<range.upperBound].firstIndex(of: separator) ?? range.upperBound)
    }

    /// All parts of `range`, at least one.
    static func parts(of range: Range<Int>, in bytes: [UInt8], at separator: UInt8?) -> [Range<Int>] {
        guard let separator else { return [range] }
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        for index in range where bytes[index] == separator {
            parts.append(start..<index)
            start = index + 1
        }
        return parts + [start..<range.upperBound]
    }

    /// Field `number` of a segment, MSH counted by its own rule.
    static func field(_ number: Int, of segment: Segment, in bytes: [UInt8], _ delimiters: Delimiters) -> Range<Int>? {
        let separator = segment.range.lowerBound + 3
        guard number >= 1, separator < segment.range.upperBound else { return nil }
        let content = (separator + 1)..<segment.range.upperBound
        guard segment.countsItsSeparator else {
            return part(number, of: content, in: bytes, at: delimiters.field)
        }
        guard number > 1 else { return separator..<(separator + 1) }
        return part(number - 1, of: content, in: bytes, at: delimiters.field)
    }
}
