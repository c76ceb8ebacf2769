import Foundation
import Testing

@Suite("The conformance page docs/integrate/hl7v2.md is true")
struct ConformancePageTests {
    let tree: SourceTree
    let page: String

    init() throws {
        tree = try SourceTree.shared.get()
        page = try tree.text("docs/integrate/hl7v2.md")
    }

    @Test func `every test that the page names exists`() throws {
        let known = try Self.tests(below: tree.root.appending(path: "Tests"))
        let named = Self.proofs(in: page)
        #expect(named.count >= 60)
        #expect(named.filter { !known.contains($0) }.sorted() == [])
    }

    @Test func `every row of a table with proofs names one`() {
        let rows = Self.rowsWithoutProof(in: page)
        #expect(rows == [])
    }

    @Test func `every order control code has its line`() throws {
        let codes = try cases(of: "OrderControl", in: "Sources/Mapping/Orders/OrderControl.swift")
        #expect(codes.count > 40)
        let section = Self.section("Order control", of: page)
        #expect(codes.filter { !Self.hasWord($0, in: section) } == [])
    }

    @Test func `every action of an order control code has its line`() throws {
        let actions = try cases(of: "Action", in: "Sources/Mapping/Orders/OrderControl.swift")
        let section = Self.section("Order control", of: page)
        #expect(actions.filter { !section.contains("`\($0)`") } == [])
    }

    @Test func `every acknowledgement code, condition and reply type has its line`() throws {
        let section = Self.section("Acknowledgement", of: page)
        let file = "Sources/HL7v2/Acknowledgment/AcknowledgmentCode.swift"
        let codes = try cases(of: "AcknowledgmentCode", in: file) + cases(of: "AcknowledgmentCondition", in: file)
        #expect(codes.count == 10)
        let replies = ["ACK", "ORR^O02", "ORI^O24", "ORG^O20"]
        #expect((codes + replies).filter { !Self.hasWord($0, in: section) } == [])
    }

    @Test func `every field of MSH that the program speaks of has its line`() {
        let used = Set(
            tree.files.filter { ["HL7v2", "Workflow", "Mapping", "Reporting", "Gateway"].contains($0.target) }
                .flatMap { file in file.text.matches(of: #/\bMSH-([0-9]+)/#).map { String($0.1) } })
        #expect(used.count >= 14)
        let section = Self.section("MSH", of: page)
        #expect(used.filter { !section.contains("| MSH-\($0) |") }.sorted() == [])
    }

    @Test func `every character set stands on the page`() throws {
        let sets = try cases(of: "MessageCharacterSet", in: "Sources/HL7v2/Encoding/MessageCharacterSet.swift")
        #expect(sets.count >= 20)
        let section = Self.section("Character sets", of: page)
        #expect(sets.filter { !section.contains("`\($0)`") } == [])
    }

    @Test func `every tolerance stands on the page`() throws {
        let names = try ["Sources/HL7v2/Message/Tolerances.swift", "Sources/HL7v2/XML/Message+XML.swift"].flatMap {
            file in
            try tree.text(file).matches(of: #/static let ([a-zA-Z]+) = [A-Za-z]*Tolerances\(/#).map { String($0.1) }
        }
        #expect(names.count >= 9)
        #expect(names.filter { !page.contains("`\($0)`") } == [])
    }

    @Test func `every error code of messages stands on the page`() throws {
        let codes =
            try cases(of: "Code", in: "Sources/HL7v2/Errors/HL7v2Error.swift")
            + cases(of: "Code", in: "Sources/Mapping/Errors/MappingError.swift")
        #expect(codes.count > 25)
        #expect(codes.filter { !page.contains("`\($0)`") } == [])
    }

    @Test func `the checks can fail`() {
        #expect(
            Self.proofs(in: "x `HL7v2Tests: a b` y `test_a.py::test_b` `ACK`") == [
                "HL7v2Tests: a b", "test_a.py::test_b",
            ])
        #expect(Self.hasWord("CA", in: "| CA, DC |") && !Self.hasWord("CA", in: "| CAN |"))
        #expect(
            Self.rowsWithoutProof(in: "| A | Proof |\n|---|---|\n| 1 | `t.py::test_x` |\n| 2 | |\n\ntext") == [
                "| 2 | |"
            ])
        #expect(Self.section("B", of: "## A\n1\n## B\n2\n## C\n3") == "2")
        let text = """
            public enum Code: String {
                case a, b,
                    c
                /// Words.
                case d = "D x"
                var e: Int { switch self { case .a: 1 } }
            }
            """
        #expect(Self.cases(of: "Code", in: text) == ["a", "b", "c", "D x"])
    }

    // MARK: - Reading the page

    /// Tests that a page names: `SomeTests: sentence` of Swift, `test_file.py::test_name` of pytest.
    private static func proofs(in page: String) -> Set<String> {
        let swift = page.matches(of: #/`([A-Za-z0-9]+Tests: [^`]+)`/#).map { String($0.1) }
        let python = page.matches(of: #/`([a-z0-9_]+\.py::test_[A-Za-z0-9_]+)`/#).map { String($0.1) }
        return Set(swift + python)
    }

    /// Rows of tables whose last heading is Proof, with nothing in that column.
    private static func rowsWithoutProof(in page: String) -> [String] {
        var found: [String] = []
        var hasProofs = false
        var isHead = true
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                isHead = true
                continue
            }
            if isHead {
                hasProofs = line.hasSuffix("| Proof |")
                isHead = false
            } else if hasProofs, !line.hasPrefix("|---"), proofs(in: String(line)).isEmpty {
                found.append(String(line))
            }
        }
        return found
    }

    /// What stands below a heading of the second level.
    private static func section(_ heading: String, of page: String) -> String {
        let parts = page.split(separator: "## ", omittingEmptySubsequences: true)
        let body = parts.first { $0.hasPrefix(heading + "\n") }?.dropFirst(heading.count + 1) ?? ""
        return body.trimmingCharacters(in: .newlines)
    }

    private static func hasWord(_ word: String, in text: String) -> Bool {
        var rest = text[...]
        while let range = rest.firstRange(of: word) {
            let before = rest[..<range.lowerBound].last
            let after = rest[range.upperBound...].first
            if before?.isWordCharacter != true, after?.isWordCharacter != true { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    // MARK: - Reading sources and tests

    private func cases(of name: String, in path: String) throws -> [String] {
        Self.cases(of: name, in: try tree.text(path))
    }

    /// The raw values of the cases of an enumeration, which may go on over several lines.
    private static func cases(of name: String, in text: String) -> [String] {
        let names = ["enum \(name):", "enum \(name) "].compactMap { text.firstRange(of: $0) }
        guard let name = names.first, let start = text[name.upperBound...].firstRange(of: "{") else { return [] }
        var depth = 1
        var found: [String] = []
        var list = ""
        for line in text[start.upperBound...].split(separator: "\n") {
            let code = line.drop { $0 == " " }
            if depth == 1, code.hasPrefix("case "), !code.hasPrefix("case .") {
                list = String(code.dropFirst(5))
            } else if list.hasSuffix(",") {
                list += " " + code
            }
            if !list.isEmpty, !list.hasSuffix(",") {
                found += list.split(separator: ",").map { part in
                    let words = part.split(separator: "\"")
                    return String(words.count > 1 ? words[1] : part.filter { $0 != " " })
                }
                list = ""
            }
            depth += code.count { $0 == "{" } - code.count { $0 == "}" }
            if depth <= 0 { break }
        }
        return found
    }

    /// Every test of the repository, as a page names it.
    private static func tests(below folder: URL) throws -> Set<String> {
        var known: Set<String> = []
        let folder = folder.resolvingSymlinksInPath()
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        for path in paths where path.hasSuffix(".swift") || path.hasSuffix(".py") {
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            let target = String(path.split(separator: "/").first ?? "")
            if path.hasSuffix(".swift") {
                for match in text.matches(of: #/func `([^`]+)`/#) { known.insert("\(target): \(match.1)") }
                for match in text.matches(of: #/@Test\(\s*"([^"]+)"/#) { known.insert("\(target): \(match.1)") }
            } else {
                let file = String(path.split(separator: "/").last ?? "")
                for match in text.matches(of: #/\ndef (test_[A-Za-z0-9_]+)\(/#) { known.insert("\(file)::\(match.1)") }
            }
        }
        return known
    }
}

extension Character {
    fileprivate var isWordCharacter: Bool { isLetter || isNumber || self == "^" }
}
