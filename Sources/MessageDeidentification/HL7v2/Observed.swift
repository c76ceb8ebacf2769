internal import HL7v2

/// What an OBX says that its value is: OBX-2 the type, OBX-3 the concept, OBX-6 the unit. Of other segments nobody asks.
struct Observed {
    let valueType: String
    let topic: AgeLimit.Topic
    /// Every unit of OBX-6 (CWE, HL7 v2.5.1 §2.A.13): the codes, what they are called, and the original text; with v2.7
    /// a second alternate one.
    let units: [GivenUnit]

    init(_ segment: SegmentDraft, systems: CodeSystems) {
        valueType = segment[2].leaves.first ?? ""
        topic = Self.topic(segment)
        units = segment[6].repetitions.flatMap { unit in
            let codes = [1, 4].map { Self.unit(unit.component($0), of: unit.component($0 + 2), systems) }
            let names = [2, 5, 9, 10, 11].map { Self.unit(unit.component($0), of: nil, systems) }
            return (codes + names).compactMap(\.self)
        }
    }

    /// What OBX-3 says that it is about.
    static func topic(_ segment: SegmentDraft) -> AgeLimit.Topic {
        let concepts = segment[3].repetitions.flatMap { [$0.component(1), $0.component(4)] }
        return AgeLimit.Topic(codes: concepts.compactMap(\.self))
    }

    private static func unit(_ text: String?, of system: String?, _ systems: CodeSystems) -> GivenUnit? {
        guard let text, !text.isEmpty else { return nil }
        guard let system, let code = systems.code(text, of: system) else { return GivenUnit(word: text) }
        return GivenUnit(published: code, isUCUM: systems.isOfUnits(system))
    }
}
