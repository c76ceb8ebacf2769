import Audit
import GRDB
import MerkleLog
import Sealing

/// What legal holds cover: leaves about the subject, leaves sealed under a key of the patient, and every leaf that
/// shares a correlation with one of these.
struct HeldLeaves: Sendable {
    var isEverything = false
    /// Which holds there are: changes with each that is set or removed.
    var holds: [String] = []
    var dataKeys: Set<Int64> = []
    var indexes: Set<Int64> = []
    /// Those of `indexes` that are about something else than a patient.
    var otherIndexes: Set<Int64> = []
    var correlations: Set<String> = []

    func covers(_ row: LeafRow) -> Bool {
        isEverything || indexes.contains(row.index) || dataKeys.contains(row.dataKey)
            || row.correlation.map(correlations.contains) ?? false
    }
}

extension StoreTransaction {
    /// Without correlations.
    func heldLeaves() throws -> HeldLeaves {
        var held = HeldLeaves()
        for hold in try holds() {
            held.holds.append(hold.id)
            guard let subject = hold.subject else {
                held.isEverything = true
                continue
            }
            let indexes = try indexes(ofSubjects: [values(.subject, subject.value)])
            held.indexes.formUnion(indexes)
            if let patient = PatientSet(subjects: [subject], values: values).values.first {
                held.dataKeys.formUnion(try linkedKeys(of: patient).keys)
            } else {
                held.otherIndexes.formUnion(indexes)
            }
        }
        return held
    }
}

extension StoreTransaction {
    /// - Throws: `legalHold` where a hold was set or removed since: what was looked up is not true any more.
    func checkHolds(of held: HeldLeaves) throws {
        let ids = try rows("SELECT id FROM legal_hold ORDER BY row", []).map { $0["id"] as String }
        guard ids == held.holds else { throw StoreFailure.legalHold }
    }
}

extension SQLiteStore {
    /// Everything that holds cover now.
    func heldLeaves() async throws -> HeldLeaves {
        var held = try await read { try $0.heldLeaves() }
        guard !held.isEverything, !held.indexes.isEmpty || !held.dataKeys.isEmpty else { return held }
        let size = try await read { Int64(clamping: try $0.frontier().size) }
        // Which leaves a key has sealed is written only in the leaves.
        var reader = LogReader(self, indexes: 0..<size, filter: LeafFilter(AuditQuery()))
        while let rows = try await reader.page() {
            for row in rows where held.dataKeys.contains(row.dataKey) || held.indexes.contains(row.index) {
                if let correlation = row.correlation { held.correlations.insert(correlation) }
            }
        }
        return held
    }
}
