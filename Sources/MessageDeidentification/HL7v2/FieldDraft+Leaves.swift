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

    /// Persons (XPN, XCN): each repetition's parts that are text of a name, joined as a name.
    var names: [String] {
        repetitions.map { repetition in
            // XCN begins with an identifier, XPN with the family name: digits are no name.
            let parts = (1...5).compactMap { repetition.component($0) }
            return parts.filter { !$0.contains(where: \.isNumber) }.joined(separator: "^")
        }.filter { !$0.isEmpty }
    }

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
