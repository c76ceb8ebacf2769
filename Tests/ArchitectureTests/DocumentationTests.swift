import Testing

@Suite("Stable names stand in the operator's documentation (decision 0004)")
struct DocumentationTests {
    let tree: SourceTree
    let errors: String
    let states: String
    let configuration: String

    init() throws {
        tree = try SourceTree.shared.get()
        errors = try tree.text("docs/operate/errors.md")
        states = try tree.text("docs/operate/states.md")
        configuration = try tree.text("docs/operate/configuration.md")
    }

    @Test func `every case of an error's Code and every refusal stands on the page of errors`() {
        let codes = tree.files.flatMap { file in
            ["Code", "RefusalCode", "Reason", "StoreFailure"].flatMap { Self.cases(of: $0, in: file.text) }
        }
        #expect(codes.count > 50)
        #expect(Set(codes).filter { !Self.mentions($0, in: errors) }.sorted() == [])
    }

    @Test func `every code that is written out stands on the page of errors`() {
        let codes = tree.files.filter { ["Workflow", "Gateway", "Persistence"].contains($0.target) }.flatMap { file in
            file.text.matches(of: #/code: "([a-zA-Z]+(?:\.[a-zA-Z]+)+)"/#).map { String($0.1) }
        }
        #expect(Set(codes).filter { !Self.mentions($0, in: errors) }.sorted() == [])
    }

    @Test func `every state and park reason has its line with what to do`() {
        let names = tree.files.flatMap { file in
            ["OrderState", "ParkReason"].flatMap { Self.cases(of: $0, in: file.text) }
        }
        #expect(names.count >= 8)
        #expect(names.filter { !states.contains("| `\($0)` |") } == [])
    }

    @Test func `every key that the configuration allows stands in its reference`() {
        let allowed = #/\.allow\(([^)]*)\)/#
        let keys = tree.files.filter { $0.path.contains("Gateway/Configuration/") }.flatMap { file in
            file.text.matches(of: allowed).flatMap { match in
                match.1.matches(of: #/"([A-Za-z0-9]+)"/#).map { String($0.1) }
            }
        }
        #expect(keys.count > 20)
        #expect(Set(keys).filter { !Self.mentionsKey($0, in: configuration) }.sorted() == [])
    }

    @Test func `cases are read with and without raw values, and not from switches`() {
        let text = """
            public enum Code: String {
                /// Words.
                case first, second
                case third = "x.third"
                var text: String { switch self { case .first: "a" } }
            }
            enum Other { case fourth }
            """
        #expect(Self.cases(of: "Code", in: text) == ["first", "second", "x.third"])
    }

    /// The raw values of the cases of an enumeration of strings.
    private static func cases(of name: String, in text: String) -> [String] {
        var found: [String] = []
        var depth = 0
        for line in text.split(separator: "\n") {
            let code = line.drop { $0 == " " }
            if depth == 0 {
                guard code.contains("enum \(name):") || code.contains("enum \(name) ") else { continue }
                depth = count("{", in: code) - count("}", in: code)
                continue
            }
            if depth == 1, code.hasPrefix("case "), !code.hasPrefix("case .") {
                for part in code.dropFirst(5).split(separator: ",") {
                    let words = part.split(separator: "\"")
                    found.append(String(words.count > 1 ? words[1] : part.filter { $0 != " " }))
                }
            }
            depth += count("{", in: code) - count("}", in: code)
        }
        return found
    }

    private static func count(_ character: Character, in text: Substring) -> Int {
        text.count { $0 == character }
    }

    /// In backticks, alone or behind a prefix.
    private static func mentions(_ code: String, in page: String) -> Bool {
        page.contains("`\(code)`") || page.contains(".\(code)`")
    }

    private static func mentionsKey(_ key: String, in page: String) -> Bool {
        page.contains("`\(key)`") || page.contains(".\(key)`") || page.contains("`\(key).")
            || page.contains("`\(key)[]")
            || page.contains(".\(key)[") || page.contains("`\(key)[")
    }
}
