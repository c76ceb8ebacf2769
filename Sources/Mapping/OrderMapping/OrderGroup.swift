import HL7v2

/// The segments that belong to one order of a message: its own, those of its patient (PID, PV1), and those before the
/// first patient (MSH).
struct OrderGroup: Sendable, Hashable {
    /// Which occurrences of a segment, counted over the whole message, this order may read. A handful: looked through
    /// faster than hashed.
    private typealias Occurrences = [(name: String, numbers: Range<Int>)]

    private let names: [String]
    private let numbers: [Range<Int>]

    private init(_ own: Occurrences, common: Occurrences) {
        let all = own + common.filter { one in !own.contains { $0.name == one.name } }
        names = all.map(\.name)
        numbers = all.map(\.numbers)
    }

    /// The orders of a message: each ORC begins one, and so does an OBR that has no ORC of its own. A PID behind an order
    /// begins the next patient.
    static func groups(of message: Message) -> [OrderGroup] {
        groups(of: message, patient: "PID") { name, last in
            name == "ORC" || name == "OBR" && (last?.contains { $0.name == "OBR" } ?? true)
        }
    }

    /// The groups of a message that each begin with a segment of this name.
    static func groups(of message: Message, startingAt first: String) -> [OrderGroup] {
        groups(of: message) { name, _ in name == first }
    }

    /// - Parameters:
    ///   - patient: The segment that ends a group and begins what the groups behind it have in common.
    ///   - begins: Whether a segment begins a group, behind a group with these segments, if it is in one.
    private static func groups(
        of message: Message, patient: String? = nil, begins: (String, Occurrences?) -> Bool
    ) -> [OrderGroup] {
        var seen: [(name: String, count: Int)] = []
        var header: Occurrences?
        var common: Occurrences = []
        var groups: [(own: Occurrences, common: Occurrences)] = []
        var isInGroup = false
        for segment in message.segments {
            let name = segment.name
            let number: Int
            if let index = seen.firstIndex(where: { $0.name == name }) {
                seen[index].count += 1
                number = seen[index].count
            } else {
                seen.append((name, 1))
                number = 1
            }
            if name == patient {
                header = header ?? common
                if isInGroup { common = header ?? [] }
                isInGroup = false
            }
            if begins(name, isInGroup ? groups.last?.own : nil) {
                header = header ?? common
                groups.append(([], common))
                isInGroup = true
            }
            if isInGroup {
                add(name, number, to: &groups[groups.count - 1].own)
            } else {
                add(name, number, to: &common)
            }
        }
        return groups.map { OrderGroup($0.own, common: $0.common) }
    }

    private static func add(_ name: String, _ number: Int, to occurrences: inout Occurrences) {
        guard let index = occurrences.firstIndex(where: { $0.name == name }) else {
            return occurrences.append((name, number..<(number + 1)))
        }
        // Those of one order or patient follow each other; what is between belongs to others.
        let known = occurrences[index].numbers
        occurrences[index].numbers = (known.upperBound == number ? known.lowerBound : number)..<(number + 1)
    }

    private func numbers(of segment: String) -> Range<Int>? {
        names.firstIndex(of: segment).map { numbers[$0] }
    }

    /// The same place counted over the whole message; nil where this order has no such segment.
    func path(_ path: FieldPath) -> FieldPath? {
        guard let own = numbers(of: path.segment) else { return nil }
        let number = own.lowerBound + path.segmentOccurrence - 1
        guard own.contains(number) else { return nil }
        return number == path.segmentOccurrence ? path : path.with(segmentOccurrence: number)
    }

    /// The place in every occurrence of its segment that this order has.
    func paths(_ path: FieldPath) -> [FieldPath] {
        numbers(of: path.segment)?.map { path.with(segmentOccurrence: $0) } ?? []
    }

    /// Which NTE of the message, by number, are about this order itself: those behind its ORC, OBR or TQ1.
    func noteNumbers(in message: Message) -> [Int] {
        guard let own = numbers(of: "NTE") else { return [] }
        var number = 0
        var subject = ""
        var found: [Int] = []
        for segment in message.segments {
            guard segment.name == "NTE" else {
                subject = segment.name
                continue
            }
            number += 1
            if own.contains(number), ["ORC", "OBR", "TQ1"].contains(subject) { found.append(number) }
        }
        return found
    }
}
