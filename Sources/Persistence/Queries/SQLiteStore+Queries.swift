public import Audit
import GRDB
import MerkleLog
import Sealing
public import Workflow

/// Reading the log.
extension SQLiteStore {
    /// Appends `records` (the reading itself) and then gives each entry of the answer to `body`, in the order of the
    /// log; where the first fails nothing is read. Memory does not grow with the answer, and segments are read as well.
    /// - Throws: `AdapterError`, `fault` `audit.segmentMissing` where a segment is not in its place, and what `body`
    ///   throws.
    public func auditEntries(
        _ query: AuditQuery, reading records: [AuditRecord], _ body: (AuditEntry) async throws -> Void
    ) async throws {
        _ = try await record(records)
        do {
            try await each(query, body)
        } catch let error as StoreFailure {
            throw AdapterError(store: error)
        } catch let error as DatabaseError {
            throw AdapterError(store: error)
        } catch let error as SealingError {
            throw AdapterError(store: error)
        }
    }

    /// The same with the whole answer in memory.
    public func auditEntries(
        _ query: AuditQuery, reading records: [AuditRecord]
    ) async throws(AdapterError) -> [AuditEntry] {
        _ = try await record(records)
        var entries: [AuditEntry] = []
        do {
            try await each(query) { entries.append($0) }
            return entries
        } catch {
            throw AdapterError(store: error)
        }
    }

    private func each(_ query: AuditQuery, _ body: (AuditEntry) async throws -> Void) async throws {
        guard query.limit > 0 else { return }
        let plan = try await plan(query)
        var reader = LogReader(self, indexes: plan.indexes, wanted: plan.wanted, filter: LeafFilter(query))
        var count = 0
        while let rows = try await reader.page() {
            for entry in try await opened(rows, tolerant: query.includesUnreadable) where plan.admits(entry) {
                try await body(entry)
                count += 1
                if count == query.limit { return }
            }
        }
    }

    /// - Parameter tolerant: whether an entry that does not open is marked instead of being an error.
    func opened(_ rows: [LeafRow], tolerant: Bool = false) async throws(AdapterError) -> [AuditEntry] {
        try await read { transaction in
            try rows.map { tolerant ? try transaction.entryOrMark($0) : try transaction.entry($0) }
        }
    }
}

/// Where the answer to a query is looked for.
private struct QueryPlan {
    let indexes: Range<Int64>
    /// Leaves that may belong to the answer; all where nil.
    var wanted: [Int64]?
    var subjects: Set<Subject> = []
    var correlations: Set<String> = []

    /// Keyed values are compared by their beginning: the record itself decides, where it can be read.
    func admits(_ entry: AuditEntry) -> Bool {
        guard !subjects.isEmpty, let record = entry.record else { return true }
        return record.subjects.contains(where: subjects.contains) || correlations.contains(record.correlation.value)
    }
}

extension SQLiteStore {
    private func plan(_ query: AuditQuery) async throws -> QueryPlan {
        let size = try await read { Int64(clamping: try $0.frontier().size) }
        let asked = query.indexes ?? 0..<UInt64(size)
        let first = min(Int64(clamping: asked.lowerBound), size)
        var plan = QueryPlan(indexes: first..<max(first, min(Int64(clamping: asked.upperBound), size)))
        if !query.subjects.isEmpty {
            plan.subjects = Set(query.subjects)
            if query.includesMerged { plan.subjects = try await merged(with: plan.subjects) }
            var found = try await indexes(of: Array(plan.subjects))
            if query.includesCorrelated {
                plan.correlations = try await correlations(of: found.sorted())
                found.formUnion(try await indexes(ofCorrelations: plan.correlations))
            }
            plan.wanted = found.sorted()
        } else if let correlation = query.correlation {
            plan.wanted = try await indexes(ofCorrelations: [correlation]).sorted()
        }
        return plan
    }

    /// These subjects and every patient whom a merge in the log ties to one of them.
    private func merged(with subjects: Set<Subject>) async throws -> Set<Subject> {
        var (known, open) = (subjects, subjects.filter { $0.type == .patient })
        while !open.isEmpty {
            let wanted = try await indexes(of: Array(open)).sorted()
            open = []
            guard let last = wanted.last else { break }
            var reader = LogReader(
                self, indexes: 0..<(last + 1), wanted: wanted, filter: LeafFilter(AuditQuery(events: [.patientMerge])))
            while let rows = try await reader.page() {
                for entry in try await opened(rows) {
                    let patients = entry.record?.subjects.filter { $0.type == .patient } ?? []
                    guard patients.contains(where: known.contains) else { continue }
                    open.formUnion(patients.filter { known.insert($0).inserted })
                }
            }
        }
        return known
    }

    private func indexes(of subjects: [Subject]) async throws -> Set<Int64> {
        try await read { transaction in
            try transaction.indexes(ofSubjects: subjects.map { transaction.values(.subject, $0.value) })
        }
    }

    /// The correlations of leaves.
    func correlations(of indexes: [Int64]) async throws -> Set<String> {
        guard let last = indexes.last else { return [] }
        var reader = LogReader(self, indexes: 0..<(last + 1), wanted: indexes, filter: LeafFilter(AuditQuery()))
        var found: Set<String> = []
        while let rows = try await reader.page() { found.formUnion(rows.compactMap(\.correlation)) }
        return found
    }

    /// Leaves that may have one of the correlations: from the keyed index, and from the leaves themselves where they
    /// are older than it.
    func indexes(ofCorrelations correlations: Set<String>) async throws -> Set<Int64> {
        let (indexed, start) = try await read { transaction in
            (
                try transaction.indexes(ofSubjects: correlations.map(transaction.value(ofCorrelation:))),
                try transaction.correlationsFrom()
            )
        }
        var found = indexed
        guard start > 0, !correlations.isEmpty else { return found }
        var reader = LogReader(self, indexes: 0..<start, filter: LeafFilter(correlations: correlations))
        while let rows = try await reader.page() { found.formUnion(rows.map(\.index)) }
        return found
    }
}

extension LeafRow {
    var correlation: String? { LeafText(leaf).text("correlation") }
}
