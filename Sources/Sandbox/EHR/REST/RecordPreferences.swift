/// What the client prefers (`Prefer`, RFC 7240 and R4 §3.1.0.1.6).
struct RecordPreferences: Sendable {
    enum Return: String, Sendable { case minimal, representation, outcome = "OperationOutcome" }

    /// Nil when the client says nothing.
    var returns: Return?
    var isStrict = false

    init(_ header: String?) {
        for item in (header ?? "").split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let parts = item.split(separator: "=", maxSplits: 1).map(Self.plain)
            guard parts.count == 2 else { continue }
            switch parts[0].lowercased() {
            case "return": returns = Return(rawValue: parts[1]) ?? returns
            case "handling": isStrict = parts[1].lowercased() == "strict"
            default: continue
            }
        }
    }

    private static func plain(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\"" }.reversed().drop { $0 == " " || $0 == "\"" }.reversed())
    }
}
