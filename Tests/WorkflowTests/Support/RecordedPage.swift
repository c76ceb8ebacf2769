import Foundation

/// `docs/comply/recorded.md`: what the log records and where, as an auditor reads it.
struct RecordedPage {
    /// Details by event; `as` another event takes that one's too.
    let details: [String: Set<String>]
    /// Events by way, such as `EHR.patients(identifier:)`, of one kind; empty where no patient data passes.
    private let ways: [String: [String: Set<String>]]

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        self.init(try String(contentsOf: root.appending(path: "docs/comply/recorded.md"), encoding: .utf8))
    }

    init(_ text: String) {
        var details: [String: Set<String>] = [:]
        var ways: [String: [String: Set<String>]] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            if cells.count == 4, cells[0].hasPrefix("`") {
                details[Self.words(cells[0])[0]] = Set(Self.words(cells[2]))
            } else if cells.count == 3, cells[1].hasPrefix("`") {
                let events = cells[2].hasPrefix("–") ? [] : Set(Self.words(cells[2]))
                ways[cells[0], default: [:]][Self.words(cells[1])[0]] = events
            }
        }
        self.ways = ways
        for (event, names) in details {
            for other in names where details[other] != nil {
                details[event, default: []].formUnion(details[other] ?? [])
                details[event]?.remove(other)
            }
        }
        self.details = details
    }

    func ways(_ kind: String) -> [String: Set<String>] { ways[kind] ?? [:] }

    /// What stands between backquotes.
    private static func words(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap {
            $0 % 2 == 1 ? String($1) : nil
        }
    }
}

/// The methods of the protocols in `Sources/Workflow/Seams`, as `EHR.patients(identifier:)`.
enum Seams {
    /// The text of the Swift files of modules, by path.
    static func sources(of modules: [String]) throws -> [String: String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        var found: [String: String] = [:]
        for module in modules {
            let folder = root.appending(path: "Sources/\(module)")
            for case let path as String in FileManager.default.enumerator(atPath: folder.path) ?? .init()
            where path.hasSuffix(".swift") {
                found["\(module)/\(path)"] = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            }
        }
        return found
    }

    static func methods() throws -> Set<String> {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Sources/Workflow/Seams")
        var found: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) where file.hasSuffix(".swift") {
            found.formUnion(methods(in: try String(contentsOf: folder.appending(path: file), encoding: .utf8)))
        }
        return found.filter { !$0.hasPrefix("OrderStore.") }
    }

    static func methods(in text: String) -> Set<String> {
        var found: Set<String> = []
        var name: Substring?
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(Substring.init)
        for (index, line) in lines.enumerated() {
            if let match = line.firstMatch(of: #/^(?:public )?protocol (\w+)/#) { name = match.1 }
            if line == "}" { name = nil }
            guard let name, let match = line.firstMatch(of: #/^    func (\w+)(?:<\w+>)?\((.*)/#) else { continue }
            let rest = ([match.2] + lines[(index + 1)...]).joined(separator: " ")
            found.insert("\(name).\(match.1)(\(labels(rest)))")
        }
        return found
    }

    /// The labels of the parameters that `text`, which goes on after the opening parenthesis, begins with.
    private static func labels(_ text: String) -> String {
        var (depth, parameter, parameters) = (0, "", [String]())
        for character in text {
            if depth == 0, character == ")" || character == "," {
                if !parameter.allSatisfy(\.isWhitespace) { parameters.append(parameter) }
                parameter = ""
                if character == ")" { break }
                continue
            }
            if "([<".contains(character) { depth += 1 }
            if ")]".contains(character) || character == ">" && parameter.last != "-" { depth -= 1 }
            parameter.append(character)
        }
        return parameters.map { parameter in
            (parameter.split(whereSeparator: { " :".contains($0) }).first ?? "") + ":"
        }.joined()
    }
}
