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

    /// What a person may copy: never broken.
    func command(_ lines: [String]) {
        for line in lines { say("   " + styled(line, "2")) }
    }

    private func lines(_ text: String, style: String?) {
        let first = Self.beginning(of: text)
        let hang = String(repeating: " ", count: first.indentation)
        let rest = wrapped(String(text.dropFirst(first.text.count)), width: width - 3 - first.indentation)
        for (number, line) in rest.enumerated() {
            let whole = (number == 0 ? first.text : hang) + line
            say("   " + (style.map { styled(whole, $0) } ?? whole))
        }
    }

    /// What is not broken at the beginning of a line, and how far its next lines stand in: a mark with its padded name,
    /// or the blanks.
    private static func beginning(of text: String) -> (text: String, indentation: Int) {
        if let marked = text.prefixMatch(of: #/\S \S+ {2,}/#) { return (String(marked.0), marked.0.count) }
        let blanks = text.prefix { $0 == " " }
        return (String(blanks), blanks.count + 4)
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
