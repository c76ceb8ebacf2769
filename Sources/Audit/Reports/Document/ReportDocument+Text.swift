/// The same report for a terminal: nothing that a terminal would obey.
extension ReportDocument {
    /// Lines for a terminal of that many columns.
    public func text(columns: Int = 100) -> String {
        var lines = [title, subtitle, notice, ""]
        for section in sections {
            lines += ["", section.heading, String(repeating: "=", count: section.heading.count)]
            for block in section.blocks { lines += Self.lines(block, columns: max(columns, 60)) }
        }
        return lines.map(Self.plain).joined(separator: "\n") + "\n"
    }

    private static func lines(_ block: Block, columns: Int) -> [String] {
        switch block {
        case .paragraph(let text, let mark):
            return wrapped((mark == .alarm || mark == .warning ? "! " : "") + text, columns: columns)
        case .facts(let facts):
            let width = facts.map(\.name.count).max() ?? 0
            return facts.flatMap { fact in
                hanging(padded(fact.name, width) + "  ", fact.cell.lines, columns: columns)
            }
        case .table(let names, let rows):
            let width = names.map(\.count).max() ?? 0
            return rows.flatMap { row in
                [""]
                    + zip(names, row.cells).filter { !$1.lines.isEmpty }.flatMap { name, cell in
                        hanging(padded(name, width) + "  ", cell.lines, columns: columns)
                    }
            }
        case .blanks(let names): return names.map { "\($0): ______________________" }
        }
    }

    private static func hanging(_ head: String, _ lines: [String], columns: Int) -> [String] {
        let body = lines.flatMap { wrapped($0, columns: columns - head.count) }
        let indent = String(repeating: " ", count: head.count)
        return body.enumerated().map { ($0.offset == 0 ? head : indent) + $0.element }
    }

    private static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            if !line.isEmpty, line.count + 1 + word.count > columns {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isShown($0) ? $0 : "\u{FFFD}" }))
    }
}
