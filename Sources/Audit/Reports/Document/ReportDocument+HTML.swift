/// One page that needs nothing else: no script, no link, no picture; well-formed XML too. Everything that comes from the
/// log is escaped.
extension ReportDocument {
    /// UTF-8 text of the page.
    public var html: String {
        var page = """
            <!DOCTYPE html>
            <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <meta name="robots" content="noindex"/>
            <title>\(Self.escaped(title))</title>
            <style>
            \(Self.style(notice: notice))
            </style>
            </head>
            <body>
            <header>
            <p class="notice">\(Self.escaped(notice))</p>
            <h1>\(Self.escaped(title))</h1>
            <p class="subtitle">\(Self.escaped(subtitle))</p>
            </header>

            """
        for section in sections {
            page += "<section>\n<h2>\(Self.escaped(section.heading))</h2>\n"
            for block in section.blocks { page += Self.html(block) }
            page += "</section>\n"
        }
        return page + "<footer><p class=\"notice\">\(Self.escaped(notice))</p></footer>\n</body>\n</html>\n"
    }

    private static func html(_ block: Block) -> String {
        switch block {
        case .paragraph(let text, let mark): "<p\(attribute(mark))>\(escaped(text))</p>\n"
        case .facts(let facts):
            "<table class=\"facts\"><tbody>\n"
                + facts.map { "<tr><th scope=\"row\">\(escaped($0.name))</th>\(html($0.cell))</tr>\n" }.joined()
                + "</tbody></table>\n"
        case .table(let columns, let rows):
            "<table class=\"rows columns\(columns.count)\"><thead><tr>"
                + columns.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined() + "</tr></thead>\n<tbody>\n"
                + rows.map { "<tr\(attribute($0.mark))>\($0.cells.map(html).joined())</tr>\n" }.joined()
                + "</tbody></table>\n"
        case .blanks(let names):
            "<table class=\"blanks\"><tbody>\n"
                + names.map { "<tr><th scope=\"row\">\(escaped($0))</th><td></td></tr>\n" }.joined()
                + "</tbody></table>\n"
        }
    }

    private static func html(_ cell: Cell) -> String {
        let first = cell.lines.first.map(escaped) ?? ""
        let further = cell.lines.dropFirst().map { "<div class=\"further\">\(escaped($0))</div>" }
        return "<td\(attribute(cell.mark))>\(first)\(further.joined())</td>"
    }

    private static func attribute(_ mark: Mark) -> String { mark == .plain ? "" : " class=\"\(mark.rawValue)\"" }

    /// By scalars, not characters: `<` with a combining mark behind it is another character, but still a mark in HTML.
    /// What XML cannot hold, and what turns the direction of writing and could so show another identifier than it is,
    /// stands as U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(isShown(scalar) ? scalar : "\u{FFFD}")
            }
        }
        return result
    }

    static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF0...0xFFFB,
            0xFFFE, 0xFFFF, 0xE0000...0xE007F:
            false
        default: true
        }
    }
}
