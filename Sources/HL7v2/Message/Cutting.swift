/// Cuts ranges of bytes at delimiters, without copying.
enum Cutting {
    /// The `number`th part (from 1) of `range`; nil if there are fewer. Without a separator the whole is part 1.
    static func part(_ number: Int, of range: Range<Int>, in bytes: [UInt8], at separator: UInt8?) -> Range<Int>? {
        guard let separator else { return number == 1 ? range : nil }
        let span = bytes.span
        var start = range.lowerBound
        var remaining = number - 1
        var index = start
        while index < range.upperBound {
            if span[index] == separator {
                if remaining == 0 { break }
                remaining -= 1
                start = index + 1
            }
            index += 1
        }
        return remaining == 0 ? start..<index : nil
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

    /// Field `number` of a segment that has not been scanned: MSH, FHS or BHS, which count their separator.
    static func headerField(_ number: Int, in bytes: [UInt8], separator: UInt8) -> Range<Int>? {
        guard number >= 1, bytes.count > 3 else { return nil }
        guard number > 1 else { return 3..<4 }
        return part(number - 1, of: 4..<bytes.count, in: bytes, at: separator)
    }
}
