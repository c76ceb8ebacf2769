internal import Deidentification
internal import HL7v2

/// When the persons of a file were born, as far as it says so. No date that tells it stays, whatever else becomes of
/// dates: not the day, nor its month or year alone.
struct BirthDays: Sendable, Equatable {
    /// `YYYYMMDD`, and each of its beginnings.
    private var told: Set<String> = []

    /// Those that are known to the day, as `YYYYMMDD`.
    var days: [String] { told.filter { $0.utf8.count == 8 }.sorted() }

    /// A date in the forms of HL7 v2, of FHIR, or as people write it (`15.1.1930`). What is none is left out.
    mutating func add(_ text: String) {
        for digits in Self.digits(text) {
            // A year, a month, a day.
            for length in [4, 6, 8] where length <= digits.count { told.insert(String(digits.prefix(length))) }
        }
    }

    /// Whether a date tells one: `YYYY`, `YYYYMM` or `YYYYMMDD`.
    func contain(_ digits: some StringProtocol) -> Bool { told.contains(String(digits)) }

    private static func digits(_ text: String) -> [String] {
        guard text.utf8.count <= 64 else { return [] }
        let text = text.filter { !$0.isWhitespace }
        if let time = try? DTM(parsing: text) { return [String(time.description.prefix(8).prefix(while: \.isNumber))] }
        if let date = text.prefixMatch(of: /([0-9]{4})[-.\/]([0-9]{2})(?:[-.\/]([0-9]{2}))?/) {
            return ["\(date.1)\(date.2)\(date.3 ?? "")"]
        }
        guard let date = text.prefixMatch(of: /([0-9]{1,2})[.\/-]?([0-9]{1,2})[.\/-]?([0-9]{4})/) else { return [] }
        // Nobody says which is the month.
        return [(date.1, date.2), (date.2, date.1)].map { "\(date.3)\(padded($0.1))\(padded($0.0))" }
            .filter { CalendarDate($0) != nil }
    }

    private static func padded(_ number: Substring) -> String { number.count == 1 ? "0\(number)" : String(number) }
}
