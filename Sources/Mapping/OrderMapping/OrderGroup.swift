import HL7v2

/// The segments that belong to one order of a message: its own, and those before the first order (MSH, PID, PV1).
struct OrderGroup: Sendable, Hashable {
    /// Which occurrences of a segment, counted over the whole message, this order may read.
    private let occurrences: [String: Range<Int>]

    /// The orders of a message: each ORC begins one, and so does an OBR that has no ORC of its own.
    static func groups(of message: Message) -> [OrderGroup] {
        var seen: [String: Int] = [:]
        var common: [String: Range<Int>] = [:]
        var groups: [[String: Range<Int>]] = []
        for segment in message.segments {
            let number = seen[segment.name, default: 0] + 1
            seen[segment.name] = number
            if segment.name == "ORC" || segment.name == "OBR" && groups.last?["OBR"] != nil
                || segment.name == "OBR" && groups.isEmpty
            {
                groups.append([:])
            }
            let added = number..<(number + 1)
            if groups.isEmpty {
                common[segment.name] = Self.joined(common[segment.name], added)
            } else {
                let last = groups.count - 1
                groups[last][segment.name] = Self.joined(groups[last][segment.name], added)
            }
        }
        return groups.map { own in OrderGroup(occurrences: common.merging(own) { _, own in own }) }
    }

    private static func joined(_ one: Range<Int>?, _ other: Range<Int>) -> Range<Int> {
        (one?.lowerBound ?? other.lowerBound)..<other.upperBound
    }

    /// The same place counted over the whole message; nil where this order has no such segment.
    func path(_ path: FieldPath) -> FieldPath? {
        guard let own = occurrences[path.segment] else { return nil }
        let number = own.lowerBound + path.segmentOccurrence - 1
        return own.contains(number) ? path.with(segmentOccurrence: number) : nil
    }

    /// The place in every occurrence of its segment that this order has.
    func paths(_ path: FieldPath) -> [FieldPath] {
        occurrences[path.segment]?.map { path.with(segmentOccurrence: $0) } ?? []
    }
}
