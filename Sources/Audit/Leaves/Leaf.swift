import FHIR
import JSON
import Sealing

/// A leaf ready to be stored: what is hashed into the tree, what is sealed beside it, and what is indexed.
public struct PreparedLeaf: Sendable, Equatable {
    /// Stored and hashed exactly so; holds no identifier.
    public let bytes: [UInt8]
    /// The record and the random bytes of all commitments: to be sealed. Destroying it leaves the log verifiable.
    public let body: [UInt8]
    /// `type|assigner|identifier` of each subject, for the keyed index.
    public let subjectValues: [String]
}

/// Making and opening leaves (design §5). A leaf is UTF-8 JSON with sorted keys, without white space, of strings and
/// integers only.
public enum Leaf {
    static let version = 1

    /// Makes the leaf of a record.
    /// - Parameters:
    ///   - log: the log's origin, as in its checkpoints.
    ///   - randomness: gives that many fresh random bytes.
    /// - Throws: `randomness` if it gives another number of bytes.
    public static func prepare(
        _ record: AuditRecord, log: String, randomness: (Int) -> [UInt8]
    ) throws(AuditError) -> PreparedLeaf {
        let salts = randomness(Commitment.saltLength * (record.subjects.count + 1))
        guard salts.count == Commitment.saltLength * (record.subjects.count + 1) else {
            throw AuditError(.randomness)
        }
        return prepare(record, log: log, salts: Salts(joined: salts))
    }

    /// The record of a body, once it is shown to be the very body to which the leaf commits.
    /// - Throws: `bodyMalformed`, `leafMalformed`, `bodyMismatch`.
    public static func open(_ leaf: [UInt8], body: [UInt8]) throws(AuditError) -> AuditRecord {
        try opened(leaf, body: body).record
    }

    /// The record with the random bytes of its commitments.
    static func opened(_ leaf: [UInt8], body: [UInt8]) throws(AuditError) -> (record: AuditRecord, salts: Salts) {
        guard let json = try? JSONValue(parsing: body), let salts = Salts(json: json["salts"] ?? .null) else {
            throw AuditError(.bodyMalformed)
        }
        let record = try AuditRecord(json: json["record"] ?? .null)
        guard salts.subjects.count == record.subjects.count else { throw AuditError(.bodyMalformed, at: "salts") }
        let header = try LeafHeader(parsing: leaf)
        guard prepare(record, log: header.log, salts: salts).bytes == leaf else { throw AuditError(.bodyMismatch) }
        return (record, salts)
    }

    private static func prepare(_ record: AuditRecord, log: String, salts: Salts) -> PreparedLeaf {
        let time = record.time.text
        let recordText = record.canonicalText(time: time)
        let values = record.subjects.map(\.value)
        let subjects = zip(values, salts.subjects).map { Commitment(Array($0.utf8), salt: $1).text }
        var leaf = CanonicalText(capacity: 1024)
        leaf.object { leaf in
            leaf.member("body", Commitment(recordText, salt: salts.body).text)
            leaf.member("class", record.accessClass.rawValue)
            leaf.member("correlation", record.correlation.value)
            leaf.member("event", record.event.rawValue)
            if let intent = record.phase.intent { leaf.member("intent", Int(clamping: intent)) }
            leaf.member("log", log)
            leaf.member("outcome", record.outcome.rawValue)
            leaf.member("phase", record.phase.name)
            leaf.member("principal", record.principal.value)
            leaf.member("purpose", record.purpose.code)
            leaf.member("roles") { $0.array(record.roles) { $0.string($1.value) } }
            leaf.member("subjects") { $0.array(subjects) { $0.string($1) } }
            leaf.member("time", time)
            leaf.member("v", version)
        }
        var body = CanonicalText(capacity: recordText.count + 64 * (subjects.count + 2))
        body.object { body in
            body.member("record") { $0.verbatim(recordText) }
            body.member("salts") { salts.write(to: &$0) }
        }
        return PreparedLeaf(bytes: leaf.bytes, body: body.bytes, subjectValues: values)
    }
}
