/// Swift source with comments and string literals blanked out, so that a search finds code only.
///
/// Line breaks are kept, so line numbers stay true. Interpolations inside strings are blanked with them.
struct SwiftCode {
    /// The code, line by line.
    let lines: [String]

    init(_ source: String) {
        var scanner = Scanner(Array(source.utf8))
        lines = scanner.code().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Modules named in import lines, with the line each stands on.
    var imports: [(module: String, line: Int)] {
        lines.enumerated().compactMap { index, line in
            var words = line.split(separator: " ").map(String.init)
            words.removeAll {
                $0.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains($0)
            }
            guard words.count >= 2, words[0] == "import" else { return nil }
            let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return (String(name.prefix { $0 != "." && $0 != ";" }), index + 1)
        }
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0
        var output: [UInt8] = []

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            output.reserveCapacity(bytes.count)
        }

        mutating func code() -> String {
            while position < bytes.count {
                if starts("//") {
                    blank { $0.starts("\n") }
                } else if starts("/*") {
                    comment()
                } else if bytes[position] == UInt8(ascii: "\"") || startsRawString {
                    string()
                } else {
                    output.append(bytes[position])
                    position += 1
                }
            }
            return String(decoding: output, as: UTF8.self)
        }

        private func starts(_ text: String) -> Bool {
            var place = position
            for byte in text.utf8 {
                guard place < bytes.count, bytes[place] == byte else { return false }
                place += 1
            }
            return true
        }

        private var startsRawString: Bool {
            guard bytes[position] == UInt8(ascii: "#") else { return false }
            let next = bytes[position...].firstIndex { $0 != UInt8(ascii: "#") }
            return next.map { bytes[$0] == UInt8(ascii: "\"") } ?? false
        }

        private mutating func skip(_ count: Int) {
            for _ in 0..<min(count, bytes.count - position) {
                if bytes[position] == UInt8(ascii: "\n") { output.append(bytes[position]) }
                position += 1
            }
        }

        private mutating func blank(until end: (Scanner) -> Bool) {
            while position < bytes.count, !end(self) { skip(1) }
        }

        private mutating func comment() {
            skip(2)
            var depth = 1
            while position < bytes.count, depth > 0 {
                if starts("/*") {
                    depth += 1
                    skip(2)
                } else if starts("*/") {
                    depth -= 1
                    skip(2)
                } else {
                    skip(1)
                }
            }
        }

        private mutating func string() {
            let hashes = String(repeating: "#", count: bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count)
            skip(hashes.utf8.count)
            let quotes = starts("\"\"\"") ? "\"\"\"" : "\""
            skip(quotes.utf8.count)
            while position < bytes.count {
                if starts("\\\(hashes)(") {
                    skip(2 + hashes.utf8.count)
                    interpolation()
                } else if starts("\\\(hashes)") {
                    skip(2 + hashes.utf8.count)
                } else if starts(quotes + hashes) {
                    skip(quotes.utf8.count + hashes.utf8.count)
                    break
                } else {
                    skip(1)
                }
            }
            // A literal is an operand: `"x"!` must not become `!`.
            output.append(UInt8(ascii: "_"))
        }

        private mutating func interpolation() {
            var depth = 1
            while position < bytes.count, depth > 0 {
                if bytes[position] == UInt8(ascii: "\"") || startsRawString {
                    string()
                } else {
                    if bytes[position] == UInt8(ascii: "(") { depth += 1 }
                    if bytes[position] == UInt8(ascii: ")") { depth -= 1 }
                    skip(1)
                }
            }
        }
    }
}
