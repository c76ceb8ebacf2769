import Gateway
import JSON

/// What was read in a message, for people.
struct ReadingText {
    private let reading: MessageReading
    private let isRedacted: Bool
    private let showsViews: Bool

    init(_ reading: MessageReading, isRedacted: Bool, showsViews: Bool = false) {
        self.reading = reading
        self.isRedacted = isRedacted
        self.showsViews = showsViews && !isRedacted
    }

    func lines(title: String) -> [String] {
        let header = [
            reading.shown(reading.type, isRedacted),
            reading.shown(reading.version, isRedacted).map { "version \($0)" },
            isRedacted ? nil : reading.controlID.map { "control ID \($0)" },
        ].compactMap(\.self).filter { !$0.isEmpty }
        var lines = ["\(title): \(Terminal.safe(header.joined(separator: ", ")))"]
        if let version = reading.mappingVersion { lines.append("  Read by the mapping files of version \(version)") }
        lines += patientChange
        if reading.orders.isEmpty, reading.patientChange == nil {
            lines.append("  no order is read in it: counted as \(reading.acknowledgment.outcome)")
        }
        for (index, order) in reading.orders.enumerated() {
            if reading.orders.count > 1 { lines.append("  order \(index + 1)") }
            lines += self.lines(order)
        }
        return lines + acknowledgment + [""]
    }

    private func lines(_ order: OrderReading) -> [String] {
        var lines = ["  Fields"]
        for field in order.fields {
            let note = field.note.map { " (\($0))" } ?? ""
            let value = field.path == nil ? "–" : "\(hidden(field.value ?? "–"))\(note)"
            let place = "    \(padded(field.name, 22))\(padded(field.path ?? "", 14))"
            lines.append(place + (field.origin.map { "\(padded(value, 40))  ← \(Terminal.safe($0))" } ?? value))
        }
        lines.append("  Numbers of the order, strongest first")
        lines += order.keys.map { "    \(padded($0.kind, 22))\(padded(hidden($0.assigner), 14))\(hidden($0.value))" }
        if order.keys.isEmpty { lines.append("    none with a known assigner") }
        lines.append("  Identifiers of the patient")
        lines += order.patient.map {
            "    \(padded(hidden($0.type ?? ""), 22))\(padded($0.assigner.map(hidden) ?? "UNKNOWN", 14))\(hidden($0.value))"
        }
        if order.patient.isEmpty { lines.append("    none") }
        lines.append("  Routing")
        for (index, rule) in order.rules.enumerated() {
            let way = order.rules[..<index].count { $0.name == rule.name } + 1
            let result =
                rule.unfulfilled.isEmpty ? "fulfilled" : "not fulfilled: \(rule.unfulfilled.joined(separator: ", "))"
            lines.append("    \(padded("\(rule.name) #\(way)", 22))\(result)")
        }
        lines.append(
            order.model.map { $0 == "*" ? "    → for the model whose own rule fits" : "    → for the model \($0)" }
                ?? "    → not applicable (\(order.rule)): acknowledged, counted, no report")
        for problem in order.problems {
            let matters = order.model == nil ? "would be wrong in an order for a model" : "wrong"
            lines.append("  ✗ \(problem.path): \(matters): \(problem.words) [\(problem.code)]")
        }
        for warning in order.warnings {
            lines.append("  ! \(warning.path): left out: \(warning.words) [\(warning.code)]")
        }
        return lines + view(order)
    }

    /// The order as FHIR resources, indented.
    private func view(_ order: OrderReading) -> [String] {
        guard showsViews, let view = order.view else { return [] }
        let text = String(decoding: view.json.serialized(.pretty), as: UTF8.self)
        return ["  As FHIR resources"] + text.split(separator: "\n").map { "    \(Terminal.safe(String($0)))" }
    }

    private var patientChange: [String] {
        guard let change = reading.patientChange else { return [] }
        if change.kind == "update" {
            return ["  Updates the patient"] + change.identifiers.map { "    \(hidden($0))" }
        }
        guard !change.merges.isEmpty else { return ["  Merges nothing that a known assigner numbered"] }
        return ["  Merges"] + change.merges.map { "    \(hidden($0.prior)) → \(hidden($0.surviving))" }
    }

    private var acknowledgment: [String] {
        let answer = reading.acknowledgment
        let words =
            switch answer.code {
            case "AA"?, "CA"?: "accepted"
            case "AE"?, "CE"?: "in error: sending it unchanged again is of no use"
            case "AR"?, "CR"?: "rejected"
            default: "the sender asked for none"
            }
        var lines = ["  Acknowledgement: \(answer.code ?? "none") (\(words))"]
        if let state = reading.state { lines[0] += ", a new order begins as \(state)" }
        for row in answer.rows {
            let place = row.location.map { "\($0): " } ?? ""
            lines.append("    \(place)\(row.code) \(row.text)\(row.userText.map { ", \($0)" } ?? "")")
        }
        return lines
    }

    private func hidden(_ text: String) -> String { isRedacted ? "•••" : Terminal.safe(text) }

    private func padded(_ text: String, _ width: Int) -> String {
        let text = Terminal.safe(text)
        return text + String(repeating: " ", count: max(1, width - text.count))
    }
}
