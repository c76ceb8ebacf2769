import GRDB
import Sealing

/// The keys of one person: those that protect an identifier, alone or with others, and those of every identifier that
/// was merged with it.
struct LinkedKeys: Sendable {
    /// Rows of `data_key` that are still there.
    var keys: Set<Int64> = []
    /// Keyed values.
    var identifiers: Set<[UInt8]> = []
    /// Rows of `patient_merge` that tie them together.
    var merges: Set<Int64> = []
}

extension StoreTransaction {
    /// Follows merges in both directions: a merge is sealed under a key that protects both identifiers.
    func linkedKeys(of patient: [UInt8]) throws -> LinkedKeys {
        var linked = LinkedKeys()
        var open = [patient]
        while let value = open.popLast() {
            guard linked.identifiers.insert(value).inserted else { continue }
            for key in try dataKeys(protecting: value) {
                guard let row = try row("SELECT subjects, destroyed FROM data_key WHERE row = ?", [key]),
                    row["destroyed"] == false
                else { continue }
                linked.keys.insert(key)
                let merges = try rows("SELECT row FROM patient_merge WHERE data_key = ?", [key])
                guard !merges.isEmpty else { continue }
                linked.merges.formUnion(merges.map { $0["row"] })
                open += PatientSet(joined: try row.optionalBytes("subjects") ?? []).values
            }
        }
        return linked
    }
}
