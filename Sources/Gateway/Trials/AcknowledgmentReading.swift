import HL7v2
import JSON
import Workflow

/// The reply that a message would get, read back from its bytes.
public struct AcknowledgmentReading: Sendable {
    /// One ERR segment.
    public struct Row: Sendable, Equatable {
        /// ERR-2, as `PID^1^3`; nil where no place is named.
        public let location: String?
        /// Table 0357.
        public let code: String
        public let text: String
        /// ERR-8.
        public let userText: String?
    }

    /// MSA-1; nil when the sender asked for no reply.
    public let code: String?
    public let rows: [Row]
    /// What the message is counted as: `order`, `notApplicable`, `notOurs`, `inError`, `rejected` …
    public let outcome: String

    /// A sender that is told AE, AR, CE or CR has to do something, and so has one whose message is refused in silence.
    public var isPositive: Bool {
        guard let code else { return !["inError", "rejected", "AR", "withheld"].contains(outcome) }
        return code == "AA" || code == "CA"
    }

    init(_ reply: IntakeReply, outcome: String) {
        self.outcome = outcome
        guard case .reply(let bytes) = reply, let message = try? Message(parsing: bytes) else {
            code = nil
            rows = []
            return
        }
        code = (try? FieldPath(parsing: "MSA-1")).flatMap { message.value(at: $0) }
        rows = (0..<message.count(of: "ERR")).compactMap { Self.row(message, $0 + 1) }
    }

    private static func row(_ message: Message, _ number: Int) -> Row? {
        func text(_ path: String) -> String? {
            (try? FieldPath(parsing: path)).flatMap { message.value(at: $0.with(segmentOccurrence: number)) }
        }
        if let code = text("ERR-3.1") {
            let place = (1...6).compactMap { text("ERR-2.\($0)") }
            return Row(
                location: place.isEmpty ? nil : place.joined(separator: "^"), code: code, text: text("ERR-3.2") ?? "",
                userText: text("ERR-8"))
        }
        // Before version 2.5 place and code stand in ERR-1.
        guard let code = text("ERR-1.4.1") else { return nil }
        let place = (1...3).compactMap { text("ERR-1.\($0)") }
        return Row(
            location: place.isEmpty ? nil : place.joined(separator: "^"), code: code, text: text("ERR-1.4.2") ?? "",
            userText: nil)
    }

    var json: JSONValue {
        [
            "code": code.json, "outcome": .string(outcome),
            "errors": .array(
                rows.map {
                    [
                        "location": $0.location.json, "code": .string($0.code), "text": .string($0.text),
                        "userText": $0.userText.json,
                    ]
                }),
        ]
    }
}
