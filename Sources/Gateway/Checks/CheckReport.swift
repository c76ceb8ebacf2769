public import JSON

/// Everything that `check` found.
public struct CheckReport: Sendable, Equatable {
    public var items: [CheckItem]

    /// How the command ends.
    public enum Verdict: Sendable, Equatable {
        case passed
        /// A problem that stands in the configuration or in the files that it names.
        case configuration
        /// Another problem: data folder, port, peer, clock.
        case surroundings
    }

    public var verdict: Verdict {
        let problems = items.filter { $0.status == .problem }
        if problems.isEmpty { return .passed }
        return problems.contains { $0.area == .configuration } ? .configuration : .surroundings
    }

    public func count(_ status: CheckItem.Status) -> Int { items.count { $0.status == status } }

    /// `{ok, checks: [{name, status, code, message, remedy}]}`.
    public var json: JSONValue {
        ["ok": .bool(verdict == .passed), "checks": .array(items.map(\.json))]
    }

    /// One line for each item, with a mark, and a last line that counts.
    ///
    /// - Parameters:
    ///   - style: Which marks; colours only on a terminal.
    public func lines(_ style: MarkStyle) -> [String] {
        let width = items.map(\.name.count).max() ?? 0
        return items.map { $0.line(style, width: width) } + ["", summary]
    }

    private var summary: String {
        let counts = CheckItem.Status.allCases.filter { count($0) > 0 }.map {
            "\(count($0)) \(Self.word($0, count($0)))"
        }
        let verdict =
            switch verdict {
            case .passed: "No problem was found"
            case .configuration: "The gateway will not start with this configuration"
            case .surroundings: "Not everything is ready"
            }
        return "\(verdict): \(counts.joined(separator: ", "))."
    }

    private static func word(_ status: CheckItem.Status, _ count: Int) -> String {
        switch status {
        case .ok: "ok"
        case .warning: count == 1 ? "warning" : "warnings"
        case .problem: count == 1 ? "problem" : "problems"
        case .skipped: "skipped"
        }
    }
}

/// The marks before the lines of a check.
public enum MarkStyle: Sendable, Equatable {
    /// Words, for terminals and files without Unicode.
    case words
    case symbols
    case colouredSymbols

    func mark(_ status: CheckItem.Status) -> String {
        switch (self, status) {
        case (.words, .ok): "ok     "
        case (.words, .warning): "WARNING"
        case (.words, .problem): "PROBLEM"
        case (.words, .skipped): "skipped"
        case (.symbols, .ok): "✓"
        case (.symbols, .warning): "!"
        case (.symbols, .problem): "✗"
        case (.symbols, .skipped): "–"
        case (.colouredSymbols, .ok): "\u{1B}[32m✓\u{1B}[0m"
        case (.colouredSymbols, .warning): "\u{1B}[33m!\u{1B}[0m"
        case (.colouredSymbols, .problem): "\u{1B}[31m✗\u{1B}[0m"
        case (.colouredSymbols, .skipped): "\u{1B}[2m–\u{1B}[0m"
        }
    }
}

extension CheckItem {
    func line(_ style: MarkStyle, width: Int) -> String {
        let padding = String(repeating: " ", count: max(0, width - name.count))
        let remedy = remedy.map { ": \($0)" } ?? ""
        let code = status == .ok ? "" : " [\(code)]"
        return "\(style.mark(status)) \(name)\(padding)  \(message)\(remedy)\(code)"
    }
}
