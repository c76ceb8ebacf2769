import GRDB
import Mapping
import Workflow

/// Orders of the first schema do not say in their row which patients they name: that stands sealed in their content, so
/// it takes the keys. Done once when the folder is opened, in commits of some hundred orders.
extension StoreTransaction {
    private static let mark = "patientsMissingTo"
    private static let slice = 500

    /// Adds the patients to some orders, newest first; false where none is left.
    func addMissingPatients() throws -> Bool {
        guard let last = Int64(try meta(Self.mark) ?? "0"), last > 0 else { return false }
        let rows = try rows("SELECT * FROM orders WHERE row <= ? ORDER BY row DESC LIMIT ?", [last, Self.slice])
        for row in rows {
            guard let patients = try patients(of: row), let place = try place(row["row"]) else { continue }
            try bind(OrderTerm.patients(patients), to: place)
        }
        try setMeta(Self.mark, String((rows.last?["row"] as Int64? ?? 1) - 1))
        return true
    }

    /// nil where the order was shredded.
    private func patients(of row: Row) throws -> PatientSet? {
        do {
            return PatientSet(try order(row).content.order?.patient ?? [], values: values)
        } catch StoreFailure.dataKeyDestroyed {
            return nil
        }
    }
}
