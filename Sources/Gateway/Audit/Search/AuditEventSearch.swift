import Audit
import FHIR
import Mapping
import Persistence
import Workflow

/// A search for AuditEvents (IHE ITI-81, R4 §3.1.1) as the log is asked for it.
///
/// Parameters that are not known are refused and never ignored: an answer that is wider or narrower than the question
/// misleads an auditor.
struct AuditEventSearch: Sendable {
    static let defaultCount = 100
    static let mostCount = 1000

    /// Why a search is refused; the name of the parameter only, never its value.
    struct Refusal: Error, Equatable {
        let code: String
        let parameter: String
    }

    private(set) var period = SearchPeriod()
    private(set) var subjects: [Subject] = []
    private(set) var count = Self.defaultCount
    /// The names of the parameters, for the record of the question.
    private(set) var names: [String] = []
    private var outcomes: Set<Outcome> = []
    private var agents: Set<String> = []
    private var types: [Token] = []
    private var subtypes: [Token] = []

    /// Reads the parameters.
    /// - Throws: `Refusal`.
    init(_ form: SearchForm, assigners: AssignerDirectory) throws(Refusal) {
        for (name, value) in form.pairs {
            try read(name, value, assigners)
            if !names.contains(name) { names.append(name) }
        }
    }

    private mutating func read(_ name: String, _ value: String, _ assigners: AssignerDirectory) throws(Refusal) {
        switch name {
        case "date":
            guard period.narrow(value) else { throw Refusal(code: "audit.search.date", parameter: name) }
        case "patient.identifier", "patient:identifier":
            var patients: [Subject] = []
            for token in try Self.identifiers(value, name) {
                patients.append(try Self.patient(token, assigners, name))
            }
            try about(patients, name)
        case "entity.identifier", "entity:identifier":
            try about(Self.identifiers(value, name).flatMap { Self.things($0, assigners) }, name)
        case "agent", "agent.identifier", "agent-name": agents.formUnion(Self.list(value).map(Self.unescaped))
        case "type": types += Self.list(value).map(Token.init)
        case "subtype": subtypes += Self.list(value).map(Token.init)
        case "outcome":
            for code in Self.list(value).map({ Token($0).code }) {
                guard let outcome = Int(code).flatMap(Outcome.init(rawValue:)) else {
                    throw Refusal(code: "audit.search.outcome", parameter: name)
                }
                outcomes.insert(outcome)
            }
        case "_count":
            guard let number = Int(value), number >= 1 else {
                throw Refusal(code: "audit.search.count", parameter: name)
            }
            count = min(number, Self.mostCount)
        case "_sort" where value == "date": break
        case "_format" where ["json", "application/json", "application/fhir+json"].contains(value): break
        default: throw Refusal(code: "audit.search.unsupported", parameter: Self.isWord(name) ? name : "")
        }
    }

    /// The question to the log, within these places.
    func query(_ indexes: Range<UInt64>) -> AuditQuery {
        AuditQuery(
            subjects: subjects, includesCorrelated: !subjects.isEmpty, includesUnreadable: true, indexes: indexes,
            from: period.from, until: period.until, outcomes: outcomes)
    }

    /// What the log does not decide itself.
    func admits(_ record: AuditRecord, _ event: AuditEvent) -> Bool {
        // An intent has no outcome yet.
        if !outcomes.isEmpty, record.phase == .intent { return false }
        if !agents.isEmpty, !agents.contains(record.principal.name), !agents.contains(record.peer?.name ?? "") {
            return false
        }
        if !types.isEmpty, !types.contains(where: { $0.matches(event.type) }) { return false }
        return subtypes.isEmpty || subtypes.contains { token in event.subtype.contains { token.matches($0) } }
    }

    // MARK: - Identifiers

    /// Two parameters of this kind would both have to hold; one is enough for an auditor, and what is meant is plain.
    private mutating func about(_ found: [Subject], _ name: String) throws(Refusal) {
        guard subjects.isEmpty else { throw Refusal(code: "audit.search.repeated", parameter: name) }
        guard !found.isEmpty else { throw Refusal(code: "audit.search.identifier", parameter: name) }
        subjects = found
    }

    private static func identifiers(_ value: String, _ name: String) throws(Refusal) -> [Token] {
        let tokens = list(value).map(Token.init)
        guard tokens.allSatisfy({ $0.system != nil && !$0.code.isEmpty }) else {
            throw Refusal(code: "audit.search.identifier", parameter: name)
        }
        return tokens
    }

    private static func patient(
        _ token: Token, _ assigners: AssignerDirectory, _ name: String
    ) throws(Refusal) -> Subject {
        guard let assigner = assigners.assigner(fhirSystem: token.system ?? "")?.name else {
            throw Refusal(code: "audit.search.system", parameter: name)
        }
        return Subject(type: .patient, assigner: assigner, identifier: token.code)
    }

    /// Everything that may have this identifier.
    private static func things(_ token: Token, _ assigners: AssignerDirectory) -> [Subject] {
        let system = token.system ?? ""
        if system == CodeSystem.dicomUID {
            let uid = token.code.hasPrefix("urn:oid:") ? String(token.code.dropFirst(8)) : token.code
            return [Subject(type: .study, identifier: uid)]
        }
        if system.isEmpty { return [Subject(type: .order, identifier: token.code.lowercased())] }
        guard let assigner = assigners.assigner(fhirSystem: system)?.name else { return [] }
        return [.accession, .filler, .placer, .serviceRequest, .report].map {
            Subject(type: $0, assigner: assigner, identifier: token.code)
        }
    }

    // MARK: - Values

    /// `system|code`, `|code` or `code`; `\|`, `\,` and `\$` are what they escape (R4 §3.1.1.4.1).
    struct Token: Sendable, Equatable {
        let system: String?
        let code: String

        init(_ text: String) {
            let parts = AuditEventSearch.split(text, at: "|", most: 1)
            system = parts.count > 1 ? AuditEventSearch.unescaped(parts[0]) : nil
            code = AuditEventSearch.unescaped(parts.last ?? "")
        }

        func matches(_ coding: Coding?) -> Bool {
            guard let coding, coding.code == code else { return false }
            return system == nil || system == coding.system
        }
    }

    private static func list(_ value: String) -> [String] { split(value, at: ",", most: 100).filter { !$0.isEmpty } }

    fileprivate static func split(_ text: String, at separator: Character, most: Int) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if character == separator, !isEscaped, parts.count <= most {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return parts
    }

    fileprivate static func unescaped(_ text: String) -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }

    private static func isWord(_ name: String) -> Bool { name.wholeMatch(of: /[a-zA-Z_.:-]{1,40}/) != nil }
}
