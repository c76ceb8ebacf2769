import DICOM

/// The query of a search (PS3.18 §8.3.4 and §10.6.1.2).
struct SearchParameters: Sendable {
    /// What one attribute must be.
    struct Key: Hashable, Sendable {
        let path: AttributePath
        let rule: MatchingRule

        /// Whether a record fulfils it; of several items of a sequence one is enough.
        func admits(_ record: DataSet) -> Bool {
            rule == .universal || path.elements(in: record).contains { rule.admits($0) }
        }
    }

    private(set) var keys: [Key] = []
    /// Attributes that the answer shows beside those it shows anyway.
    private(set) var included: [AttributePath] = []
    private(set) var includesAll = false
    private(set) var limit: Int?
    private(set) var offset = 0
    private(set) var wantsFuzzyMatching = false

    /// - Throws: 400 for anything that is not understood, so that no search answers another question than was asked.
    init(
        _ query: [(name: String, value: String)], level: ArchiveLevel, maximumParameters: Int
    ) throws(ArchiveProblem) {
        guard query.count <= maximumParameters else { throw ArchiveProblem(400, "Too many parameters") }
        guard let dictionary = try? DataDictionary.standard() else {
            throw ArchiveProblem(500, "The data dictionary is not installed")
        }
        for (name, value) in query {
            switch name {
            case "limit": limit = try Self.number(value)
            case "offset": offset = try Self.number(value)
            case "fuzzymatching": wantsFuzzyMatching = try Self.bool(value)
            case "includefield": try include(value, dictionary)
            case "accept": continue
            default: try match(name, value, level, dictionary)
            }
        }
    }

    private mutating func match(
        _ name: String, _ value: String, _ level: ArchiveLevel, _ dictionary: DataDictionary
    ) throws(ArchiveProblem) {
        let path = try AttributePath(name, dictionary)
        guard AttributeLevel.level(of: path.shown) <= level else {
            throw ArchiveProblem(400, "The search names an attribute of a level below it")
        }
        keys.append(Key(path: path, rule: try MatchingRule(value, vr: path.vr ?? .LO)))
    }

    private mutating func include(_ list: String, _ dictionary: DataDictionary) throws(ArchiveProblem) {
        for name in list.split(separator: ",") {
            if name == "all" {
                includesAll = true
            } else {
                guard included.count < 1_000 else { throw ArchiveProblem(400, "Too many parameters") }
                included.append(try AttributePath(String(name), dictionary))
            }
        }
    }

    private static func number(_ text: String) throws(ArchiveProblem) -> Int {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
            throw ArchiveProblem(400, "limit and offset are whole numbers")
        }
        return number
    }

    private static func bool(_ text: String) throws(ArchiveProblem) -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default: throw ArchiveProblem(400, "fuzzymatching is true or false")
        }
    }
}
