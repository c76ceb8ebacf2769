internal import DICOM

/// Which objects carry a risk of text in their pixels, what each demands, and which words are no identifying text:
/// `mappings/deidentification/burned-in.yaml`.
public struct BurnedInRules: Sendable, Hashable {
    /// What an object must go through.
    public enum Demand: String, Sendable, Hashable, CaseIterable, Comparable {
        /// The header's word is enough.
        case pass
        /// The pixels are searched for text; a template that fits the device is laid over them before.
        case detect
        /// As `detect`, and a template must fit.
        case mask
        /// The object is refused.
        case refuse

        /// In the order of strictness.
        public static func < (lhs: Demand, rhs: Demand) -> Bool {
            (allCases.firstIndex(of: lhs) ?? 0) < (allCases.firstIndex(of: rhs) ?? 0)
        }
    }

    /// What objects of a kind demand; all conditions of `match` must hold.
    public struct Rule: Sendable, Hashable {
        /// What the kind is called in the documentation.
        public let name: String
        /// What it demands.
        public let demand: Demand
        /// When it matches.
        public let match: HeaderPattern

        /// A rule of its parts.
        public init(_ name: String, _ demand: Demand, _ patterns: [HeaderPattern.Key: [String]]) {
            self.name = name
            self.demand = demand
            self.match = HeaderPattern(patterns)
        }
    }

    /// In the order of the file, which has no meaning: the strictest of all that match holds.
    public let rules: [Rule]
    /// For objects that no rule matches.
    public let otherwise: Demand
    /// What counts as text.
    public let words: WordRules

    /// What an object with `header` demands. A statement in Burned In Annotation other than NO demands a mask, whatever
    /// the rules say.
    func demand(of header: DataSet) -> Demand {
        let demand = rules.filter { $0.match.matches(header) }.map(\.demand).max() ?? otherwise
        let declaration = header.string(.burnedInAnnotation) ?? ""
        return declaration.isEmpty || declaration == "NO" ? demand : max(demand, .mask)
    }
}
