import Testing

@Suite("The habits of CONTRIBUTING.md")
struct StyleTests {
    let tree: SourceTree

    init() throws {
        tree = try SourceTree.shared.get()
    }

    /// What may not stand in code without comments and strings. The plain search before each pattern is for speed.
    static let forbidden: [(name: String, found: @Sendable (String) -> Bool)] = [
        ("try!", { $0.contains("try!") }),
        ("as!", { $0.contains("as!") && $0.contains(#/\bas!/#) }),
        ("force unwrap", { $0.contains("!") && $0.contains(#/[\w\)\]\}?]!(?!=)/#) && !$0.contains(#/\b(try|as)!/#) }),
        ("fatalError", { $0.contains("fatalError(") || $0.contains("preconditionFailure(") }),
        (
            "unstructured Task",
            { $0.contains("Task") && $0.contains(#/\bTask(\.detached)?\s*(<[^>]*>)?\s*(\([^)]*\))?\s*\{/#) }
        ),
    ]

    @Test func `no line can bring the process down on input or escape structured concurrency`() {
        var places: [String] = []
        for file in tree.files {
            for (index, line) in file.code.lines.enumerated() {
                for rule in Self.forbidden where rule.found(line) {
                    places.append("\(file.path):\(index + 1): \(rule.name)")
                }
            }
        }
        #expect(places == [])
    }

    @Test func `an unchecked Sendable says why on the line above`() {
        var places: [String] = []
        for file in tree.files {
            let written = file.text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in file.code.lines.enumerated() where line.contains("@unchecked Sendable") {
                let above = index > 0 ? written[index - 1].drop { $0 == " " } : ""
                if !above.hasPrefix("//") { places.append("\(file.path):\(index + 1)") }
            }
        }
        #expect(places == [])
    }

    @Test func `no file is longer than 500 lines`() {
        #expect(tree.files.filter { $0.lineCount > 500 }.map { "\($0.path): \($0.lineCount)" } == [])
    }

    @Test func `a file is called by its concept, an extension by type and topic`() {
        let wrong = tree.files.filter { file in
            let isProgram = file.target == "imaging-gateway" && file.name == "main.swift"
            return !isProgram && file.name.wholeMatch(of: #/[A-Z][A-Za-z0-9]*(\+[A-Za-z0-9]+)*\.swift/#) == nil
        }
        #expect(wrong.map(\.path) == [])
        let empty = tree.files.filter { $0.name.lowercased().contains(#/manager|helper|utils?\b|utility|common|misc/#) }
        #expect(empty.map(\.path) == [])
    }

    @Test func `no type carries a module's name`() {
        let modules = Set(tree.targets)
        let kinds = ["struct ", "class ", "enum ", "actor ", "protocol ", "typealias "]
        var places: [String] = []
        for file in tree.files {
            for line in file.code.lines where kinds.contains(where: line.contains) {
                for match in line.matches(of: #/\b(?:struct|class|enum|actor|protocol|typealias)\s+([A-Za-z0-9_]+)/#)
                where modules.contains(String(match.1)) {
                    places.append("\(file.path): \(match.1)")
                }
            }
        }
        #expect(places == [])
    }

    @Test func `no file names a place on somebody's machine`() throws {
        let places = tree.files.filter { $0.text.contains(#/"\/(home|root|Users)\/[a-z]/#) }
        #expect(places.map(\.path) == [])
    }

    // The checks themselves can fail.

    @Test(arguments: [
        ("let x = try! f()", "try!"), ("let x = y as! Z", "as!"), ("return items.first!.name", "force unwrap"),
        ("let x = dictionary[key]!", "force unwrap"), ("call()!", "force unwrap"), ("fatalError()", "fatalError"),
        ("preconditionFailure(\"x\")", "fatalError"), ("Task { await x() }", "unstructured Task"),
        ("Task.detached { }", "unstructured Task"), ("Task<Void, Never>(priority: .low) {", "unstructured Task"),
    ])
    func `a forbidden line is found`(line: String, name: String) {
        let searched = SwiftCode(line).lines[0]
        #expect(Self.forbidden.filter { $0.found(searched) }.map(\.name) == [name])
    }

    @Test(arguments: [
        "if !done && a != b { }", "let text = \"stop! now!\"", "// never try! here", "group.addTask { }",
        "func f(_ x: Int) -> Bool { !g(x) }", "let s = #\"a \"quoted\"! b\"#", "withThrowingTaskGroup(of: Int.self) {",
    ])
    func `an innocent line is not`(line: String) {
        let searched = SwiftCode(line).lines[0]
        #expect(Self.forbidden.filter { $0.found(searched) }.map(\.name) == [])
    }
}
