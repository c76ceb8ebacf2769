internal import HL7v2

extension FieldDraft {
    /// Every text in it, from the left.
    var leaves: [String] {
        switch self {
        case .empty, .null: []
        case .text(let text): [text]
        case .components(let list), .repetitions(let list): list.flatMap(\.leaves)
        }
    }

    /// Each repetition.
    var repetitions: [FieldDraft] {
        guard case .repetitions(let list) = self else { return [self] }
        return list
    }

    /// The first text of component `number` of one repetition; nil where there is none.
    func component(_ number: Int) -> String? {
        switch self {
        case .text(let text): number == 1 ? text : nil
        case .components(let list): list.indices.contains(number - 1) ? list[number - 1].leaves.first : nil
        case .empty, .null, .repetitions: nil
        }
    }

    /// The text of subcomponent `part` of component `number` of one repetition; nil where there is none.
    func component(_ number: Int, _ part: Int) -> String? {
        guard case .components(let list) = self, list.indices.contains(number - 1) else { return nil }
        return list[number - 1].component(part)
    }

    /// Persons (XPN, XCN): each repetition's parts that are text of a name, joined as a name, and the further surnames of
    /// a family name (FN: own, and the spouse's) for themselves.
    var names: [String] {
        repetitions.flatMap { repetition in
            // XCN begins with an identifier, XPN with the family name: digits are no name.
            let parts = (1...5).compactMap { repetition.component($0) }
            let surnames = [1, 2].flatMap { place in (2...5).compactMap { repetition.component(place, $0) } }
            return [parts.filter(Self.isOfName).joined(separator: "^")] + surnames.filter(Self.isOfName)
        }.filter { !$0.isEmpty }
    }

    private static func isOfName(_ text: String) -> Bool { !text.contains(where: \.isNumber) }

    /// Identifiers (CX, EI): the first component of each repetition.
    var identifiers: [String] { repetitions.compactMap { $0.component(1) } }

    /// The same with each text changed; nil makes it empty.
    func mapLeaves(_ change: (String) -> String?) -> FieldDraft {
        switch self {
        case .empty, .null: self
        case .text(let text): change(text).map { .text($0) } ?? .empty
        case .components(let list): .components(list.map { $0.mapLeaves(change) })
        case .repetitions(let list): .repetitions(list.map { $0.mapLeaves(change) })
        }
    }
}
