internal import FHIR
internal import Foundation
internal import JSON

/// Decides which resources a search means.
struct SearchMatching {
    let store: ResourceStore
    let base: String

    /// The matches in the order asked for, else in the order of creation.
    func matches(_ query: SearchQuery) -> [ResourceKey] {
        let found = store.all(query.type).filter { matches($0.resource, query) }
        guard !query.sort.isEmpty else { return found.map(\.key) }
        let keyed = found.enumerated().map { index, one in
            (key: one.key, index: index, values: query.sort.map { sortText($0.parameter, one.resource) })
        }
        return keyed.sorted { first, second in
            for (position, sort) in query.sort.enumerated() {
                let (left, right) = (first.values[position], second.values[position])
                if left != right { return (left < right) != sort.descending }
            }
            return first.index < second.index
        }.map(\.key)
    }

    func matches(_ resource: JSONObject, _ query: SearchQuery) -> Bool {
        query.clauses.allSatisfy { matches(resource, $0) }
    }

    private func matches(_ resource: JSONObject, _ clause: SearchClause) -> Bool {
        let values = values(of: clause.parameter, in: resource)
        if clause.modifier == "missing", clause.chain.isEmpty {
            return clause.values.contains { ($0 == "true") == values.isEmpty }
        }
        if !clause.chain.isEmpty {
            return values.contains { value in
                guard let key = key(value), let target = store.resource(key) else { return false }
                return clause.chain.contains { $0.type == key.type && matches(target, $0.clause) }
            }
        }
        if clause.modifier == "not" {
            return !values.contains { value in clause.values.contains { Self.token($0, matches: value) } }
        }
        return values.contains { value in clause.values.contains { matches($0, value, clause) } }
    }

    private func matches(_ asked: String, _ value: JSONValue, _ clause: SearchClause) -> Bool {
        switch clause.parameter.kind {
        case .token: Self.token(asked, matches: value)
        case .reference:
            if clause.modifier == "identifier" {
                value["identifier"].map { Self.token(asked, matches: $0) } ?? false
            } else {
                matchesReference(SearchValue.unescaped(asked), value, type: clause.modifier)
            }
        case .string: Self.string(SearchValue.unescaped(asked), matches: value, clause.modifier)
        case .date:
            SearchDate(asked).flatMap { date in SearchDate.range(of: value).map(date.matches) } ?? false
        case .uri: value.string == SearchValue.unescaped(asked)
        }
    }

    /// What the parameter looks at; for `patient`, only references to Patients.
    private func values(of parameter: SearchParameter, in resource: JSONObject) -> [JSONValue] {
        let values = parameter.values(in: resource)
        guard let target = parameter.target else { return values }
        return values.filter { value in
            let text = value["reference"]?.string
            return (text.flatMap(ReferenceTarget.init)?.type ?? value["type"]?.string ?? target) == target
        }
    }

    /// A token against a code, boolean, Coding, CodeableConcept or Identifier (R4 §3.1.1.4.10).
    static func token(_ asked: String, matches value: JSONValue) -> Bool {
        let token = SearchToken(asked)
        switch value {
        case .string(let code): return token.matches(system: nil, code: code)
        case .bool(let flag): return token.matches(system: nil, code: flag ? "true" : "false")
        case .object(let object):
            if let codings = object["coding"]?.array {
                return codings.contains { token.matches(system: $0["system"]?.string, code: $0["code"]?.string) }
            }
            return token.matches(
                system: object["system"]?.string, code: object["value"]?.string ?? object["code"]?.string)
        case .null, .number, .array: return false
        }
    }

    /// `Type/id`, a whole URL, or an id alone (R4 §3.1.1.4.12).
    private func matchesReference(_ asked: String, _ value: JSONValue, type: String?) -> Bool {
        guard let reference = value["reference"]?.string else { return false }
        let own = ReferenceIntegrity.key(reference, base: base)
        if let type, own?.type != type { return false }
        if let key = ReferenceIntegrity.key(asked, base: base) { return key == own }
        return asked == reference || asked == own?.id
    }

    private static func string(_ asked: String, matches value: JSONValue, _ modifier: String?) -> Bool {
        guard let text = value.string else { return false }
        switch modifier {
        case "exact": return text.utf8.elementsEqual(asked.utf8)
        case "contains": return folded(text).contains(folded(asked))
        default: return folded(text).hasPrefix(folded(asked))
        }
    }

    /// Without case and accents (R4 §3.1.1.4.9).
    private static func folded(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }

    private func key(_ reference: JSONValue) -> ResourceKey? {
        reference["reference"]?.string.flatMap { ReferenceIntegrity.key($0, base: base) }
    }

    private func sortText(_ parameter: SearchParameter, _ resource: JSONObject) -> String {
        let texts = parameter.values(in: resource).compactMap { value in
            value.string ?? value["value"]?.string ?? value["coding"]?[0]?["code"]?.string ?? value["start"]?.string
                ?? value["reference"]?.string
        }
        return texts.min() ?? ""
    }

    /// Resources to send along with these matches.
    func included(_ query: SearchQuery, with matches: [ResourceKey]) -> [ResourceKey] {
        var seen = Set(matches)
        var result: [ResourceKey] = []
        func add(_ key: ResourceKey) {
            if store.resource(key) != nil, seen.insert(key).inserted { result.append(key) }
        }
        for include in query.includes {
            if include.isReverse {
                for (key, resource) in store.all(include.source)
                where targets(of: include, in: resource).contains(where: matches.contains) { add(key) }
            } else {
                for match in matches {
                    guard let resource = store.resource(match) else { continue }
                    targets(of: include, in: resource).forEach(add)
                }
            }
        }
        return result
    }

    private func targets(of include: SearchInclude, in resource: JSONObject) -> [ResourceKey] {
        values(of: include.parameter, in: resource).compactMap(key)
            .filter { include.target == nil || include.target == $0.type }
    }
}
