internal import HL7v2

/// What an OBX says that its value is: OBX-2 the type, OBX-3 the concept, OBX-6 the unit. Of other segments nobody asks.
struct Observed {
    let valueType: String
    let topic: AgeLimit.Topic
    let unit: String?

    init(_ segment: SegmentDraft) {
        valueType = segment[2].leaves.first ?? ""
        let concepts = segment[3].repetitions.flatMap { [$0.component(1), $0.component(4)] }
        topic = AgeLimit.Topic(codes: concepts.compactMap(\.self))
        unit = segment[6].repetitions.first.flatMap { $0.component(1) ?? $0.component(2) }
    }
}
