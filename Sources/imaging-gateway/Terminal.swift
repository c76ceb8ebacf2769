import Foundation

/// What the terminal at the other end can show.
enum Terminal {
    /// Somebody is there to answer.
    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }
    /// Progress may be drawn over itself.
    static var hasProgress: Bool { isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb" }

    /// Marks in colour on a terminal, without where NO_COLOR is set, in words where the locale has no Unicode.
    static var hasUnicode: Bool {
        let locale = environment("LC_ALL") ?? environment("LC_CTYPE") ?? environment("LANG") ?? ""
        return locale.lowercased().contains("utf-8") || locale.lowercased().contains("utf8")
    }

    static var hasColour: Bool {
        isatty(STDOUT_FILENO) == 1 && environment("NO_COLOR") == nil && environment("TERM") != "dumb"
    }

    /// The width of the terminal that standard output is; nil where it is none.
    static var columns: Int? {
        var size = winsize()
        let known = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
        return known && size.ws_col > 0 ? Int(size.ws_col) : nil
    }

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Asks a question on the terminal; nil when the input has ended.
    static func ask(_ prompt: String) -> String? {
        FileHandle.standardOutput.write(Data(prompt.utf8))
        return readLine()
    }

    /// Text from outside as it may stand on a terminal: control characters could take it over.
    static func safe(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? "\u{FFFD}" : $0 }))
    }
}
