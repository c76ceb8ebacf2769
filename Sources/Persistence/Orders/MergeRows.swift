import GRDB
import JSON
import Mapping
import Sealing
import Workflow

/// The table `patient_merge`: which identifier was merged into which. What it says is sealed under a key of both
/// patients; it is found by the keyed value of the one that was merged away.
extension StoreTransaction {
    /// How many merges a chain may have; hospitals have two or three.
    private static let chainLimit = 64

    /// Remembers a merge; the last one of an identifier counts. What it turns round is forgotten: the identifier that
    /// survives now is merged into nothing.
    func remember(_ merge: PatientMerge, now: Timestamp) throws {
        guard let prior = merge.prior.patientText, let surviving = merge.surviving.patientText, prior != surviving
        else { return }
        let value = values(.patient, prior)
        try forget(value)
        if try survivor(of: merge.surviving)?.patientText == prior { try forget(values(.patient, surviving)) }
        let key = try dataKey(for: PatientSet(texts: [prior, surviving], values: values))
        let id = randomUUID()
        let body: JSONValue = [
            "assigner": .string(merge.surviving.assigner?.name ?? ""), "value": .string(merge.surviving.value),
        ]
        try execute(
            "INSERT INTO patient_merge (id, prior, created, data_key, surviving) VALUES (?, ?, ?, ?, ?)",
            [
                id, value.blob, now.microseconds, key.row,
                try key.key.seal(body.serialized(.canonical), context: .merge(id)).blob,
            ])
        batch.entries.append(LookupEntry(value, .merge, row: db.lastInsertedRowID))
    }

    /// What each identifier was merged into, chains followed to their end.
    func survivors(of patients: [AssignedIdentifier]) throws -> [AssignedIdentifier: AssignedIdentifier] {
        var survivors: [AssignedIdentifier: AssignedIdentifier] = [:]
        for patient in patients { survivors[patient] = try survivor(of: patient) }
        return survivors
    }

    private func survivor(of patient: AssignedIdentifier) throws -> AssignedIdentifier? {
        var seen = [patient.withoutType]
        while seen.count <= Self.chainLimit, let last = seen.last, let next = try merged(last) {
            // A circle ends where it would begin again: its last member is as good as any.
            guard !seen.contains(next) else { break }
            seen.append(next)
        }
        return seen.count > 1 ? seen.last : nil
    }

    /// The next link of a chain.
    private func merged(_ patient: AssignedIdentifier) throws -> AssignedIdentifier? {
        guard let text = patient.patientText else { return nil }
        let value = values(.patient, text)
        for number in try rows(with: value, .merge).reversed() {
            let row = try row("SELECT * FROM patient_merge WHERE row = ? AND prior = ?", [number, value.blob])
            guard let row else { continue }
            let body: [UInt8]
            do {
                body = try dataKey(row["data_key"]).open(try row.bytes("surviving"), context: .merge(row["id"]))
            } catch StoreFailure.dataKeyDestroyed {
                continue
            }
            guard let json = try? JSONValue(parsing: body), let assigner = json["assigner"]?.string,
                let identifier = json["value"]?.string
            else { throw StoreFailure.damaged }
            return AssignedIdentifier(assigner: Assigner(name: assigner), value: identifier)
        }
        return nil
    }

    private func forget(_ prior: [UInt8]) throws {
        for number in try rows(with: prior, .merge) {
            try execute("DELETE FROM patient_merge WHERE row = ? AND prior = ?", [number, prior.blob])
        }
    }
}

extension SealedContext {
    fileprivate static func merge(_ id: String) -> SealedContext {
        SealedContext(table: "patient_merge", row: id, column: "surviving")
    }
}
