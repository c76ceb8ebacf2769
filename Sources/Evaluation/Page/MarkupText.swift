internal import Glibc

/// Text for a page and its pictures.
enum MarkupText {
    /// Text in which no character is markup.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // Control characters are not allowed in HTML.
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}": result += " "
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// A number with so many places, rounded to nearest; a dash where there is none.
    static func number(_ value: Double?, _ places: Int) -> String {
        guard let value, value.isFinite, abs(value) < 1e12 else { return "–" }
        let scale = pow(10, Double(places))
        let rounded = (abs(value) * scale).rounded()
        let whole = Int64(rounded)
        let digits = String(whole)
        let padded = String(repeating: "0", count: max(places + 1 - digits.count, 0)) + digits
        let sign = value < 0 && whole != 0 ? "−" : ""
        guard places > 0 else { return sign + padded }
        return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
    }

    /// A share as a percentage.
    static func percent(_ share: Double?, _ places: Int = 1) -> String {
        guard let share, share.isFinite else { return "–" }
        return number(share * 100, places) + " %"
    }

    /// A figure with its interval, or with the words that there is none.
    static func estimate(_ estimate: Estimate?, _ places: Int = 3) -> String {
        guard let estimate else { return "–" }
        return estimate.interval.map { interval($0, places) }
            ?? "\(number(estimate.value, places)) <span class=\"i\">no interval</span>"
    }

    /// A figure with its interval: `.972 (.958 to .983)` with the zero written out.
    static func interval(_ interval: Interval?, _ places: Int = 3) -> String {
        guard let interval else { return "–" }
        return "\(number(interval.value, places)) <span class=\"i\">\(number(interval.lower, places)) to "
            + "\(number(interval.upper, places))</span>"
    }
}
