internal import DICOM
internal import SecondOpinion

/// Whether a private value that is called safe holds a day although no VR says so: text and bytes that read as one,
/// numbers that are written as one (YYYYMMDD, with a time behind it too), and seconds or milliseconds since 1970 that lie
/// beside the object's own dates. Where dates move or go such a value would tell by how much they moved (PS3.15 §E.3.6
/// with §E.3.10).
struct PrivateDays: Sendable {
    /// The object's dates as YYYYMMDD.
    private var own: Set<Int> = []
    /// The same as days since 1970.
    private var sinceEpoch: Set<Int> = []

    /// What no object tells.
    init() {}

    /// All dates of a header, those in items too.
    init(of header: DataSet) { collect(header) }

    private mutating func collect(_ dataSet: DataSet) {
        for element in dataSet {
            switch element.value {
            case .sequence(let items): for item in items { collect(item) }
            case .text(let values) where element.vr == .DA || element.vr == .DT:
                for value in values where !value.hasPrefix(Dummy.date) {
                    guard let day = CalendarDate(digits: Array(value.utf8.prefix(8))) else { continue }
                    own.insert(day.number)
                    sinceEpoch.insert(day.sinceEpoch)
                }
            default: continue
            }
        }
    }

    /// Whether the value holds one. `search` reads text; what it finds of the patient beside days counts too.
    func occur(in element: DataElement, _ search: ResidualSearch?) -> Bool {
        switch element.value {
        case .text where element.vr == .DA || element.vr == .DT || element.vr == .TM || element.vr == .UI: false
        case .text(let values): values.contains { occur(in: $0, search) }
        case .integers(let values): values.contains { isDay(Double($0)) }
        case .numbers(let values): values.contains { isDay($0) }
        case .bytes(let bytes): occur(in: bytes, search)
        case .tags: false
        case .undecodedText, .sequence, .pixelFragments: true
        }
    }

    private func occur(in text: String, _ search: ResidualSearch?) -> Bool {
        if Double(text.filter { $0 != " " }).map(isDay) == true { return true }
        let numbers = text.split { !("0"..."9").contains($0) }
        return numbers.contains { Double($0).map(isDay) == true }
            || search.map { !$0.search(text: Array(text.utf8)).isClean } == true
    }

    /// Readable text in them, of one byte a character or of two, and words of 32 bits that are one of the object's dates.
    private func occur(in bytes: [UInt8], _ search: ResidualSearch?) -> Bool {
        for text in [bytes, bytes.filter { $0 != 0 }] {
            let runs = text.split { !(0x20...0x7E).contains($0) }.filter { $0.count >= 6 }
            let readable = String(decoding: Array(runs.joined(separator: [0x0A])), as: UTF8.self)
            if !readable.isEmpty, occur(in: readable, search) { return true }
        }
        return stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).contains { start in
            let word = bytes[start..<(start + 4)]
            return own.contains(word.reduce(0) { $0 << 8 | Int($1) })
                || own.contains(word.reversed().reduce(0) { $0 << 8 | Int($1) })
        }
    }

    private func isDay(_ number: Double) -> Bool {
        guard number == number.rounded(), number > 0, number < 1e17, let whole = Int(exactly: number) else {
            return false
        }
        switch whole {
        case 1890_00_00..<2100_00_00: return CalendarDate(number: whole) != nil
        // With hours and minutes, with seconds.
        case 1890_00_00_0000..<2100_00_00_0000: return CalendarDate(number: whole / 10_000) != nil
        case 1890_00_00_000000..<2100_00_00_000000: return CalendarDate(number: whole / 1_000_000) != nil
        default: return isBeside(seconds: whole) || isBeside(seconds: whole / 1000)
        }
    }

    /// Within a year: as far as dates move.
    private func isBeside(seconds: Int) -> Bool {
        guard seconds > 100_000_000 else { return false }
        return sinceEpoch.contains { abs($0 - seconds / 86_400) <= 366 }
    }
}
