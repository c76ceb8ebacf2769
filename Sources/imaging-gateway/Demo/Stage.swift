import Foundation

/// Where a demonstration speaks: plain text, with emphasis where standard output is a terminal. With `--json` it is
/// silent, and one object comes at the end.
struct Stage: Sendable {
    let isQuiet: Bool
    private let hasColors = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    func heading(_ text: String) { say("\n" + styled(text, "1")) }
    func note(_ text: String) { say("   " + styled(text, "2")) }
    func good(_ text: String) { say("   " + styled("✓ ", "32") + text) }
    func bad(_ text: String) { say("   " + styled("✗ \(text)", "31")) }

    /// Indented lines.
    func block(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { say("   \(line)") }
    }

    func say(_ text: String) {
        guard !isQuiet else { return }
        print(text)
        // Piped output is buffered whole; who watches a demonstration wants each line when it happens.
        FileHandle.standardOutput.synchronizeOutput()
    }

    private func styled(_ text: String, _ code: String) -> String {
        hasColors ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

extension FileHandle {
    fileprivate func synchronizeOutput() { fflush(nil) }
}

/// Text in lines of at most `width` characters; words are not broken.
func wrapped(_ text: String, width: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph -> [String] in
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
