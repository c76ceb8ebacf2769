/// The numbers inside an identifier: `MRN88311777`, `2026-88311777` and `88311777/2` are all 88311777 to somebody.
package enum NumberRuns {
    /// Significant digits of the shortest, and of the shortest that is joined from several.
    private static let least = 6
    private static let leastJoined = 7

    /// Numbers to look for besides the identifier itself, without leading zeros; days are none of them.
    package static func numbers(in identifier: String) -> [String] {
        let runs = rows(identifier)
        let isOnly = runs.joined().count == 1
        var result: Set<String> = []
        for row in runs {
            for run in row where run.count >= least && !isDay(run, isOnly: isOnly) { result.insert(run) }
            let joined = significant(row.joined())
            if row.count > 1, joined.count >= leastJoined, !isDay(joined, isOnly: false) { result.insert(joined) }
        }
        return result.map { significant($0) }.filter { $0.count >= least && $0.count <= 64 }.sorted()
    }

    /// Days inside an identifier, as YYYYMMDD.
    static func days(in identifier: String) -> [Int] {
        rows(identifier).flatMap { row in row + [row.joined()] }.compactMap { run in
            [8, 12, 14].contains(run.count) ? CalendarDay(digits: run)?.number : nil
        }
    }

    /// Runs of digits, those together that no letter parts. What is no number of a person is left out: OIDs, whose
    /// components are others' numbers too, what follows the first part of a CX, and digests.
    private static func rows(_ identifier: String) -> [[String]] {
        let parts = identifier.split(whereSeparator: { "^|".contains($0) })
        let first = parts.first { part in part.utf8.contains(where: isDigit) }
        guard let bytes = first.map({ Array($0.utf8) }) else { return [] }
        let digests = Digests(bytes[...])
        var rows: [[String]] = []
        var row: [String] = []
        var index = 0
        while index < bytes.count {
            let end = bytes[index...].firstIndex { !isDigit($0) && $0 != 0x2E } ?? bytes.count
            let piece = bytes[index..<end]
            if piece.count(where: { $0 == 0x2E }) < 3, !digests.contain(index) {
                row += piece.split(separator: 0x2E).map { String(decoding: $0, as: UTF8.self) }
            }
            index = max(end, index + 1)
            guard end < bytes.count, isLetter(bytes[end]) else { continue }
            rows.append(row)
            row = []
        }
        return rows + [row]
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x80 || (0x61...0x7A).contains(byte | 0x20) }

    static func significant(_ digits: String) -> String { String(digits.drop { $0 == "0" }) }

    /// Whether digits read as a day or a month; two digits of a year are one beside other digits only.
    private static func isDay(_ run: String, isOnly: Bool) -> Bool {
        let digits = run.utf8.map { Int($0) - 0x30 }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
        func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool { CalendarDay(year, month, day) != nil }
        switch digits.count {
        case 6:
            if isDay(number(0..<4), number(4..<6), 1) { return true }
            return !isOnly
                && (isDay(2000 + number(0..<2), number(2..<4), number(4..<6))
                    || isDay(2000 + number(4..<6), number(2..<4), number(0..<2))
                    || isDay(2000 + number(4..<6), number(0..<2), number(2..<4)))
        case 8:
            return isDay(number(0..<4), number(4..<6), number(6..<8))
                || isDay(number(4..<8), number(2..<4), number(0..<2))
                || isDay(number(4..<8), number(0..<2), number(2..<4))
        case 12, 14:
            return isDay(number(0..<4), number(4..<6), number(6..<8)) && number(8..<10) < 24 && number(10..<12) < 60
        default: return false
        }
    }
}
