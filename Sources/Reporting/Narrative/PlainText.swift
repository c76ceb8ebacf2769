/// Text from outside made fit for FHIR strings and XHTML: characters that either refuses become blanks, and what is too
/// long is cut.
func plainText(_ text: String, limit: Int = 500) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) { result.append(isAllowed(scalar) ? scalar : " ") }
    return String(result)
}

// XML 1.0 §2.2 Char, without line ends and tabs, C1 controls, and the marks that reverse the direction of text, which
// could make a report read other than it says.
private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF: false
    default: true
    }
}

/// A number from 0 to 1 with a fixed number of digits. What would round to 0 or 1 is shown as beyond the last step,
/// because no model is certain.
struct FixedDecimal {
    let text: String
    /// `<` or `>` where the number lies beyond what the digits can show (R4 Quantity.comparator).
    let comparator: String?

    /// Nil unless `value` is from 0 to 1.
    init?(_ value: Double, decimals: Int) {
        guard value >= 0, value <= 1 else { return nil }
        let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
        let rounded = Int((value * Double(scale)).rounded())
        let shown = min(max(rounded, 1), scale - 1)
        let digits = String(shown)
        text = "0." + String(repeating: "0", count: decimals - digits.count) + digits
        comparator = rounded < shown ? "<" : rounded > shown ? ">" : nil
    }

    /// For people: `0.870`, `below 0.001`, `above 0.999`.
    var words: String {
        switch comparator {
        case "<": "below \(text)"
        case ">": "above \(text)"
        default: text
        }
    }
}
