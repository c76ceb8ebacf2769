internal import FHIR

/// One condition of a search: `patient.identifier=…`, `status:not=…`, `subject:identifier=…`.
struct SearchClause: Sendable {
    let parameter: SearchParameter
    let modifier: String?
    /// What is asked of the resource referred to: its types and a condition on each.
    let chain: [(type: String, clause: SearchClause)]
    /// Alternatives, escapes still in them.
    let values: [String]
}

/// A search of one type, read from its parameters (R4 §3.1.1).
struct SearchQuery: Sendable {
    enum Summary: String, Sendable { case count, full = "false" }

    let type: String
    private(set) var clauses: [SearchClause] = []
    private(set) var count: Int?
    private(set) var summary = Summary.full
    private(set) var includes: [SearchInclude] = []
    private(set) var sort: [(parameter: SearchParameter, descending: Bool)] = []
    /// The parameters that were understood, for the self link.
    private(set) var used: [FormCoding.Parameter] = []

    static let defaultCount = 50
    static let largestCount = 500
    private static let deepestChain = 3

    /// - Parameter strict: whether an unknown parameter is an error (`Prefer: handling=strict`) or is left out.
    /// - Throws: 400 for modifiers and values that cannot be understood.
    init(type: String, parameters: [FormCoding.Parameter], strict: Bool) throws(RecordFault) {
        self.type = type
        for parameter in parameters where !["_format", "_pretty"].contains(parameter.name) {
            if try take(parameter) {
                used.append(parameter)
            } else if strict {
                // The name only: a value may name a patient.
                throw RecordFault(400, "not-supported", "A search parameter is unknown, empty or not supported.")
            }
        }
    }

    /// A search that decides about a write: everything must be understood, and something must be asked.
    static func condition(_ text: String, type: String) throws(RecordFault) -> SearchQuery {
        guard let parameters = FormCoding.parse(text) else {
            throw RecordFault(400, "invalid", "The condition is not a proper query.")
        }
        let query = try SearchQuery(type: type, parameters: parameters, strict: true)
        guard !query.clauses.isEmpty else {
            throw RecordFault(412, "not-supported", "The condition selects nothing in particular.")
        }
        return query
    }

    var pageSize: Int { min(max(count ?? Self.defaultCount, 1), Self.largestCount) }

    /// Only the number of matches is asked for (`_summary=count`, `_count=0`).
    var wantsCountOnly: Bool { summary == .count || count == 0 }

    private mutating func take(_ parameter: FormCoding.Parameter) throws(RecordFault) -> Bool {
        guard !parameter.value.isEmpty else { return false }
        switch parameter.name {
        case "_count":
            guard let number = Int(parameter.value), number >= 0 else {
                throw RecordFault(400, "value", "_count must be a number, 0 or more.")
            }
            count = number
        case "_summary":
            guard let value = Summary(rawValue: parameter.value) else { return false }
            summary = value
        case "_total":
            guard ["none", "estimate", "accurate"].contains(parameter.value) else {
                throw RecordFault(400, "value", "_total must be none, estimate or accurate.")
            }
        case "_include", "_revinclude":
            let isReverse = parameter.name == "_revinclude"
            guard let include = SearchInclude(parameter.value, of: type, isReverse: isReverse) else { return false }
            includes.append(include)
        case "_sort":
            guard let keys = Self.sortKeys(parameter.value, type) else { return false }
            sort += keys
        default:
            guard let clause = try Self.clause(parameter, type, depth: 0) else { return false }
            clauses.append(clause)
        }
        return true
    }

    private static func sortKeys(
        _ value: String, _ type: String
    ) -> [(parameter: SearchParameter, descending: Bool)]? {
        var keys: [(parameter: SearchParameter, descending: Bool)] = []
        for key in value.split(separator: ",") {
            let name = key.hasPrefix("-") ? key.dropFirst() : key
            guard let parameter = SearchParameter.named(String(name), of: type) else { return nil }
            keys.append((parameter, key.hasPrefix("-")))
        }
        return keys
    }

    /// Nil when the name, or a name in the chain, is unknown.
    private static func clause(
        _ parameter: FormCoding.Parameter, _ type: String, depth: Int
    ) throws(RecordFault) -> SearchClause? {
        let links = parameter.name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let head = links[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = head.first, let found = SearchParameter.named(String(name), of: type) else { return nil }
        let modifier = head.count > 1 ? String(head[1]) : nil
        var chain: [(type: String, clause: SearchClause)] = []
        if links.count > 1 {
            guard found.kind == .reference, depth < deepestChain else { return nil }
            let targets = modifier.map { [$0] } ?? found.target.map { [$0] } ?? ElementTable.resourceTypes
            for target in targets {
                let inner = (name: String(links[1]), value: parameter.value)
                if let clause = try clause(inner, target, depth: depth + 1) { chain.append((target, clause)) }
            }
            guard !chain.isEmpty else { return nil }
        } else if let modifier {
            try checkModifier(modifier, of: found)
        }
        let values = SearchValue.split(parameter.value, at: ",").filter { !$0.isEmpty }
        guard !values.isEmpty else { return nil }
        try checkValues(values, of: found, modifier: modifier, isChained: !chain.isEmpty)
        return SearchClause(parameter: found, modifier: modifier, chain: chain, values: values)
    }

    /// R4 §3.1.1.4.5: a modifier that is not supported must be refused.
    private static func checkModifier(_ modifier: String, of parameter: SearchParameter) throws(RecordFault) {
        let known: [String] =
            switch parameter.kind {
            case .token: ["missing", "not"]
            case .reference: ["missing", "identifier"] + ElementTable.resourceTypes
            case .string: ["missing", "exact", "contains"]
            case .date, .uri: ["missing"]
            }
        guard known.contains(modifier) else {
            throw RecordFault(400, "not-supported", "This modifier of \(parameter.name) is not supported.")
        }
    }

    private static func checkValues(
        _ values: [String], of parameter: SearchParameter, modifier: String?, isChained: Bool
    ) throws(RecordFault) {
        guard !isChained else { return }
        let isSound: (String) -> Bool =
            if modifier == "missing" {
                { $0 == "true" || $0 == "false" }
            } else if parameter.kind == .date {
                { SearchDate($0) != nil }
            } else if parameter.kind == .token || modifier == "identifier" {
                { !SearchToken($0).isEmpty }
            } else {
                { _ in true }
            }
        guard values.allSatisfy(isSound) else {
            throw RecordFault(400, "value", "A value of \(parameter.name) cannot be understood.")
        }
    }
}

/// `_include=DiagnosticReport:result` and its reverse (R4 §3.1.1.5.4).
struct SearchInclude: Sendable {
    let parameter: SearchParameter
    /// The type whose resources hold the reference.
    let source: String
    let target: String?
    let isReverse: Bool

    init?(_ text: String, of type: String, isReverse: Bool) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), isReverse || parts[0] == type,
            let parameter = SearchParameter.named(parts[1], of: parts[0]), parameter.kind == .reference
        else { return nil }
        self.parameter = parameter
        source = parts[0]
        target = parts.count > 2 ? parts[2] : parameter.target
        self.isReverse = isReverse
    }
}
