/// Reads fields and rows from bytes that are known to be UTF-8.
struct CSVReader {
    private let bytes: [UInt8]
    private let separator: UInt8
    private var index = 0
    private var number = 0

    private static let quote = UInt8(ascii: "\"")
    private static let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let line = bytes[index...].prefix { !Self.endsLine($0) }
        let counts = Self.separators.map { separator in line.count { $0 == separator } }
        let most = counts.max() ?? 0
        separator = zip(Self.separators, counts).first { $0.1 == most }?.0 ?? Self.separators[0]
    }

    /// The next row that is not blank; nil at the end.
    mutating func row() throws(EvaluationError) -> CSVTable.Row? {
        while index < bytes.count {
            number += 1
            guard !skipLineEnd() else { continue }
            var fields = [try field(0)]
            while index < bytes.count, bytes[index] == separator {
                index += 1
                guard fields.count <= CSVTable.mostColumns else { throw EvaluationError(.labelsTooLarge, row: number) }
                fields.append(try field(fields.count))
            }
            _ = skipLineEnd()
            return CSVTable.Row(number: number, fields: fields)
        }
        return nil
    }

    private mutating func field(_ column: Int) throws(EvaluationError) -> String {
        guard index < bytes.count, bytes[index] == Self.quote else {
            let start = index
            while index < bytes.count, bytes[index] != separator, !Self.endsLine(bytes[index]) { index += 1 }
            return Self.trimmed(bytes[start..<index])
        }
        var content: [UInt8] = []
        index += 1
        while index < bytes.count {
            guard bytes[index] == Self.quote else {
                content.append(bytes[index])
                index += 1
                continue
            }
            index += 1
            guard index < bytes.count, bytes[index] == Self.quote else {
                guard index == bytes.count || bytes[index] == separator || Self.endsLine(bytes[index]) else { break }
                return Self.trimmed(content[...])
            }
            content.append(Self.quote)
            index += 1
        }
        throw EvaluationError(.labelsQuoteMalformed, row: number, column: String(column + 1))
    }

    /// Goes behind CR LF, LF or CR; false where there is none.
    private mutating func skipLineEnd() -> Bool {
        guard index < bytes.count, Self.endsLine(bytes[index]) else { return false }
        let isReturn = bytes[index] == 0x0D
        index += 1
        if isReturn, index < bytes.count, bytes[index] == 0x0A { index += 1 }
        return true
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let rest = bytes.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
        return String(decoding: Array(rest), as: UTF8.self)
    }
}
