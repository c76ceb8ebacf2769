import DICOM

/// Dates and times made complete, so that they compare as text: a time of "10" is from 10:00:00 to 10:59:59.999999.
enum TimeText {
    /// Later than every time.
    static let end = "~"

    private static let first = Array("00010101000000000000".utf8)
    private static let last = Array("99991231235959999999".utf8)

    /// The first instant that the text names; nil for text that is no date or time.
    static func earliest(_ text: String, _ vr: VR) -> String? { complete(text, vr, first) }

    /// The last instant that the text names.
    static func latest(_ text: String, _ vr: VR) -> String? { complete(text, vr, last) }

    /// The digits given and, behind them, those of `filling`. A zone is not taken.
    private static func complete(_ text: String, _ vr: VR, _ filling: [UInt8]) -> String? {
        var digits = Array(text.utf8)
        let point = digits.firstIndex(of: UInt8(ascii: "."))
        if let point { digits.remove(at: point) }
        // Where the digits of this representation stand in YYYYMMDDHHMMSSFFFFFF.
        let places: Range<Int>
        let whole: Set<Int>
        switch vr {
        case .DA: (places, whole) = (0..<8, [8])
        case .TM: (places, whole) = (8..<20, [2, 4, 6])
        default: (places, whole) = (0..<20, [4, 6, 8, 10, 12, 14])
        }
        let seconds = vr == .TM ? 6 : 14
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.count <= places.count else { return nil }
        if let point {
            guard vr != .DA, point == seconds, digits.count > seconds else { return nil }
        } else if !whole.contains(digits.count) {
            return nil
        }
        let rest = filling[places].dropFirst(digits.count)
        return String(decoding: digits + rest, as: UTF8.self)
    }
}
