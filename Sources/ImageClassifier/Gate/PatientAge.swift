/// PatientAge (0010,1010), VR AS: three digits and a unit.
struct PatientAge: Sendable, Equatable {
    /// Completed years.
    let years: Int

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 4, bytes.prefix(3).allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let number = bytes.prefix(3).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        switch bytes[3] {
        case UInt8(ascii: "Y"): years = number
        case UInt8(ascii: "M"): years = number / 12
        // 1461 days are four years; the error is below one day.
        case UInt8(ascii: "W"): years = number * 7 * 4 / 1461
        case UInt8(ascii: "D"): years = number * 4 / 1461
        default: return nil
        }
    }
}
