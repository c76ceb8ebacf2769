import Audit
import GRDB
import JSON
import Sealing
import Workflow

/// The table `legal_hold`: the subject by its keyed value, and sealed for those who list holds.
extension StoreTransaction {
    func setHold(_ subject: Subject?, code: String, now: Timestamp) throws -> LegalHold {
        let hold = LegalHold(id: randomUUID(), subject: subject, code: code, created: now)
        let key = try subject.map { try dataKey(for: PatientSet(subjects: [$0], values: values)) }
        let body = try subject.map { try key?.key.seal($0.body, context: .hold(hold.id)).blob }
        try execute(
            "INSERT INTO legal_hold (id, subject, code, created, data_key, body) VALUES (?, ?, ?, ?, ?, ?)",
            [hold.id, subject.map { values(.subject, $0.value).blob }, code, now.microseconds, key?.row, body ?? nil])
        return hold
    }

    func holds() throws -> [LegalHold] {
        try rows("SELECT * FROM legal_hold ORDER BY row", []).map { row in
            LegalHold(
                id: row["id"], subject: try subject(of: row), code: row["code"], created: row.time("created"))
        }
    }

    private func subject(of row: Row) throws -> Subject? {
        guard let body = try row.optionalBytes("body") else { return nil }
        let plain: [UInt8]
        do {
            plain = try dataKey(row["data_key"]).open(body, context: .hold(row["id"]))
        } catch StoreFailure.dataKeyDestroyed {
            // Nobody knows any more what was to be kept: everything is.
            return nil
        }
        guard let subject = Subject(body: plain) else { throw StoreFailure.damaged }
        return subject
    }
}

extension Subject {
    fileprivate var body: [UInt8] {
        let json: JSONValue = [
            "assigner": .string(assigner), "identifier": .string(identifier), "type": .string(type.rawValue),
        ]
        return json.serialized(.canonical)
    }

    fileprivate init?(body: [UInt8]) {
        guard let json = try? JSONValue(parsing: body), let type = json["type"]?.string.flatMap(Kind.init(rawValue:)),
            let assigner = json["assigner"]?.string, let identifier = json["identifier"]?.string
        else { return nil }
        self.init(type: type, assigner: assigner, identifier: identifier)
    }
}

extension SealedContext {
    fileprivate static func hold(_ id: String) -> SealedContext {
        SealedContext(table: "legal_hold", row: id, column: "body")
    }
}
