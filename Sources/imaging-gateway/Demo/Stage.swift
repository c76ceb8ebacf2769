import Foundation

/// Where a demonstration speaks: plain text, with emphasis where standard output is a terminal. With `--json` it is
/// silent, and one object comes at the end.
struct Stage: Sendable {
    let isQuiet: Bool
    /// Characters in a line: the terminal's, between 60 and 110; 110 elsewhere.
    let width: Int

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        width = min(max(Terminal.columns ?? 110, 60), 110)
    }

    func heading(_ text: String) { say("\n" + styled(text, "1")) }
    func good(_ text: String) { lines("✓ \(text)", style: "32") }
    func bad(_ text: String) { lines("✗ \(text)", style: "31") }

    func note(_ text: String) { lines(text, style: "2") }

    /// Indented lines; what goes on in a next line stands further in.
    func block(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { lines(String(line), style: nil) }
    }

    private func lines(_ text: String, style: String?) {
        let indentation = String(text.prefix { $0 == " " })
        let rest = wrapped(String(text.dropFirst(indentation.count)), width: width - 7 - indentation.count)
        for (number, line) in rest.enumerated() {
            say("   \(indentation)\(number == 0 ? "" : "    ")\(style.map { styled(line, $0) } ?? line)")
        }
    }

    func say(_ text: String) {
        guard !isQuiet else { return }
        print(Terminal.hasUnicode ? text : Self.plain(text))
        // Piped output is buffered whole; who watches a demonstration wants each line when it happens.
        fflush(nil)
    }

    private func styled(_ text: String, _ code: String) -> String {
        Terminal.hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// The marks in ASCII, for a locale without Unicode.
    private static func plain(_ text: String) -> String {
        let marks: [Character: String] = [
            "✓": "ok", "✗": "NOT", "→": "->", "·": "-", "–": "-", "…": "...", "│": "|", "┌": "+", "└": "+", "─": "-",
        ]
        return text.map { marks[$0] ?? String($0) }.joined()
    }
}

/// Text in lines of at most `width` characters; words are not broken.
func wrapped(_ text: String, width: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph -> [String] in
        guard paragraph.count > width else { return [String(paragraph)] }
        var lines: [String] = []
        var line = ""
        for word in paragraph.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return lines + [line]
    }
}
