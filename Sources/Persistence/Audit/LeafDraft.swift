import Audit
import MerkleLog
import Sealing

/// A leaf made before its transaction: everything but its place in the log.
struct LeafDraft: Sendable {
    let bytes: [UInt8]
    let body: [UInt8]
    let hash: MerkleHash
    /// Keyed values of the patients of whom it tells.
    let patients: PatientSet
    /// The first eight bytes of the keyed value of each subject, and of the correlation.
    let subjects: [UInt8]

    static let subjectLength = 8

    init(_ record: AuditRecord, context: StoreContext, values: KeyedValues) throws {
        let leaf = try Leaf.prepare(record, log: context.origin, randomness: randomBytes)
        (bytes, body, hash) = (leaf.bytes, leaf.body, .leaf(leaf.bytes))
        patients = PatientSet(texts: record.patientTexts, values: values)
        var subjects = Array(values.correlation(record.correlation.value).prefix(Self.subjectLength))
        for value in Set(leaf.subjectValues) {
            subjects += values(.subject, value).prefix(Self.subjectLength)
        }
        self.subjects = subjects
    }
}
