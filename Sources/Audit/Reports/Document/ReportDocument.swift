/// A report laid out for reading: headings, words and tables. It is written as a page or as text; neither adds words.
/// Identified data.
public struct ReportDocument: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// What stands out.
    enum Mark: String, Sendable { case plain, good, warning, alarm, faint }

    /// A cell: its first line, and smaller ones below.
    struct Cell: Sendable, Equatable {
        var lines: [String]
        var mark = Mark.plain

        init(_ lines: [String], _ mark: Mark = .plain) {
            self.lines = lines.filter { !$0.isEmpty }
            self.mark = mark
        }

        init(_ text: String, _ mark: Mark = .plain) { self.init([text], mark) }
    }

    struct Row: Sendable, Equatable {
        var cells: [Cell]
        var mark = Mark.plain
    }

    /// A named fact.
    struct Fact: Sendable, Equatable {
        let name: String
        let cell: Cell

        init(_ name: String, _ text: String, _ mark: Mark = .plain) {
            self.name = name
            cell = Cell(text, mark)
        }

        init(_ name: String, _ lines: [String]) {
            self.name = name
            cell = Cell(lines)
        }
    }

    /// A part of the report.
    enum Block: Sendable, Equatable {
        case paragraph(String, Mark)
        case facts([Fact])
        case table(columns: [String], rows: [Row])
        /// Lines to be filled in by hand.
        case blanks([String])
    }

    struct Section: Sendable, Equatable {
        let heading: String
        var blocks: [Block]
    }

    /// The heading of all.
    let title: String
    /// What was asked, in one line.
    let subtitle: String
    /// Stands on each page.
    let notice: String
    let sections: [Section]

    /// Says nothing of what stands in it.
    public var description: String { "ReportDocument(\(sections.count) sections)" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
