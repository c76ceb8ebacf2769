import Audit
import FHIR
import JSON
import Workflow

/// The part of a query that a leaf answers without being opened; what is empty admits everything.
struct LeafFilter: Sendable {
    private let indexes: Range<UInt64>?
    private let from: [UInt8]?
    private let until: [UInt8]?
    private let principals: Set<[UInt8]>
    private let events: Set<[UInt8]>
    private let outcomes: Set<Int>
    private let classes: Set<[UInt8]>
    private let correlations: Set<[UInt8]>

    init(_ query: AuditQuery) {
        indexes = query.indexes
        from = query.from.map(Self.text)
        until = query.until.map(Self.text)
        principals = Set([query.principal].compactMap { $0.map { Self.escaped($0.value) } })
        events = Set(query.events.map { Self.escaped($0.rawValue) })
        outcomes = Set(query.outcomes.map(\.rawValue))
        classes = Set(query.classes.map { Self.escaped($0.rawValue) })
        correlations = Set([query.correlation].compactMap { $0.map(Self.escaped) })
    }

    /// Leaves with one of these correlations.
    init(correlations: Set<String>) {
        (indexes, from, until) = (nil, nil, nil)
        (principals, events, outcomes, classes) = ([], [], [], [])
        self.correlations = Set(correlations.map(Self.escaped))
    }

    /// Whether the leaf belongs to the answer.
    func admits(_ index: Int64, _ leaf: [UInt8]) -> Bool {
        if let indexes, !indexes.contains(UInt64(clamping: index)) { return false }
        let text = LeafText(leaf)
        return admitsTime(text) && admits(text.string("correlation"), correlations)
            && admits(text.string("principal"), principals) && admits(text.string("event"), events)
            && admits(text.string("class"), classes)
            && (outcomes.isEmpty || text.number("outcome").map(outcomes.contains) ?? false)
    }

    /// Whether leaves of this time or older can belong to the answer.
    func admitsLeaves(upTo newest: Timestamp) -> Bool {
        guard let from else { return true }
        return !Self.text(newest).lexicographicallyPrecedes(from)
    }

    private func admitsTime(_ leaf: LeafText) -> Bool {
        guard from != nil || until != nil else { return true }
        guard let time = leaf.string("time") else { return false }
        if let from, time.lexicographicallyPrecedes(from) { return false }
        if let until { return time.lexicographicallyPrecedes(until) }
        return true
    }

    private func admits(_ value: @autoclosure () -> ArraySlice<UInt8>?, _ sought: Set<[UInt8]>) -> Bool {
        sought.isEmpty || value().map { sought.contains(Array($0)) } ?? false
    }

    /// As leaves write it: equal texts are equal moments, and their order is that of the moments.
    static func text(_ time: Timestamp) -> [UInt8] {
        Array(FHIRInstant(microsecondsSinceEpoch: time.microseconds).text.utf8)
    }

    /// Between the quotation marks, as canonical JSON writes it.
    private static func escaped(_ text: String) -> [UInt8] {
        Array(JSONValue.string(text).serialized(.canonical).dropFirst().dropLast())
    }
}

extension Timestamp {
    /// The moment that a leaf writes as text; nil for another form. Every text is compared with what it means.
    init?(leafText text: [UInt8]) {
        var (low, high) = (Int64(-62_135_596_800), Int64(253_402_300_800))
        let seconds = Array(text.prefix(19))
        guard text.count == 27, let fraction = Int64(String(decoding: text[20..<26], as: UTF8.self)) else { return nil }
        // Texts are in the order of the moments: the second is found between the ends.
        while low < high {
            let middle = low + (high - low) / 2
            let written = LeafFilter.text(Timestamp(microseconds: middle * 1_000_000)).prefix(19)
            if written.lexicographicallyPrecedes(seconds) { low = middle + 1 } else { high = middle }
        }
        self.init(microseconds: low * 1_000_000 + fraction)
        guard LeafFilter.text(self) == text else { return nil }
    }
}
