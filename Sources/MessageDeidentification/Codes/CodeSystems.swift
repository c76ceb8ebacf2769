internal import Mapping

/// The published systems whose codes may stay, and which codes these are. A system is known by its whole name: a
/// beginning that is published says nothing of what follows.
struct CodeSystems: Sendable {
    private enum Codes: Sendable {
        case form(CodeGrammar)
        case these(Set<String>)
        /// Of any table of the standard.
        case standard
        /// What the value is as a URI decides.
        case uri
    }

    private let systems: [String: Codes]
    let standard: StandardCodes

    /// A mapping of system to a word of `CodeGrammar`, `standard`, `uri`, or a list of codes, of one too. The standard's
    /// own systems need no entry.
    init(_ node: YAMLNode, standard: StandardCodes) throws(MappingError) {
        var systems: [String: Codes] = [:]
        for member in try node.members() {
            // A sequence has no text of its own.
            guard let word = try? member.value.text() else {
                systems[member.key] = .these(Set(try member.value.texts()))
                continue
            }
            switch word {
            case "standard": systems[member.key] = .standard
            case "uri": systems[member.key] = .uri
            default:
                guard let grammar = CodeGrammar(rawValue: word) else { throw member.value.error(.invalidValue) }
                systems[member.key] = .form(grammar)
            }
        }
        self.systems = systems
        self.standard = standard
    }

    /// Whether it is a published system.
    func isPublished(_ system: String) -> Bool { systems[system] != nil || standard.has(system: system) }

    /// Whether its codes are units.
    func isOfUnits(_ system: String) -> Bool {
        guard case .form(.ucum) = systems[system] else { return false }
        return true
    }

    /// The code if it is one of the system; `uri` answers for systems whose codes are URIs.
    func code(_ code: String, of system: String, uri: (String) -> String? = { _ in nil }) -> String? {
        if standard.has(code, of: system) { return code }
        return switch systems[system] {
        case .form(let grammar): grammar.accepts(code) ? code : nil
        case .these(let codes): codes.contains(code) ? code : nil
        case .standard: standard.has(code) ? code : nil
        case .uri: uri(code)
        case nil: nil
        }
    }
}
