import Synchronization

/// The entries that are in the file as they came (`lookup_recent`) and not yet in the table `lookup`, by value.
///
/// A copy for speed only: it is brought up to date inside each transaction from the rows that it does not cover, and
/// what it says is checked against the rows it points to.
final class RecentLookups: Sendable {
    /// The rows of `lookup_recent` that are covered; none where `first > last`.
    struct Range: Sendable {
        var first: Int64 = 1
        var last: Int64 = 0
    }

    private struct State {
        var range = Range()
        var count = 0
        /// Most values have one target.
        var targets: [Int64: Int64] = [:]
        var further: [Int64: [Int64]] = [:]
    }

    private let state = Mutex(State())

    /// How many entries wait to be sorted in.
    var count: Int { state.withLock { $0.count } }
    var range: Range { state.withLock { $0.range } }

    /// Adds what is found to `found`, and says which rows that covered.
    func find(_ values: [Int64], into found: inout Set<LookupEntry>) -> Range {
        let (hits, range) = state.withLock { state in
            var hits: [LookupEntry] = []
            for value in values {
                guard let target = state.targets[value] else { continue }
                hits.append(LookupEntry(value: value, target: target))
                guard let more = state.further[value] else { continue }
                hits += more.map { LookupEntry(value: value, target: $0) }
            }
            return (hits, state.range)
        }
        found.formUnion(hits)
        return range
    }

    /// Takes up the entries of row `id`, which is the next one.
    func add(_ entries: [LookupEntry], of id: Int64) {
        state.withLock { state in
            if state.range.first > state.range.last { state.range.first = id }
            state.range.last = id
            state.count += entries.count
            for entry in entries {
                if state.targets[entry.value] == nil {
                    state.targets[entry.value] = entry.target
                } else {
                    state.further[entry.value, default: []].append(entry.target)
                }
            }
        }
    }

    /// Forgets entries that are in the table `lookup` now; the rows up to `id` are gone.
    func remove(_ entries: [LookupEntry], through id: Int64) {
        state.withLock { state in
            state.range.first = id + 1
            state.count -= entries.count
            for entry in entries {
                if state.targets[entry.value] == entry.target {
                    state.targets[entry.value] = state.further[entry.value]?.popLast()
                } else {
                    state.further[entry.value]?.removeAll { $0 == entry.target }
                }
                if state.further[entry.value]?.isEmpty == true { state.further[entry.value] = nil }
            }
        }
    }

    /// Forgets everything: another process has sorted entries in.
    func reset(before first: Int64) {
        state.withLock { state in
            state = State()
            state.range = Range(first: first, last: first - 1)
        }
    }
}
