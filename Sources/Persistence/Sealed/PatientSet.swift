import Audit
import Foundation
import Mapping
import Sealing

/// The patients to whom a record belongs, as keyed values: what decides which data key seals it.
struct PatientSet: Hashable, Sendable {
    /// 32 bytes each, sorted.
    let values: [[UInt8]]

    static let none = PatientSet(values: [])
    static let valueLength = 32

    private init(values: [[UInt8]]) { self.values = values }

    /// - Parameter texts: `assigner|identifier`.
    init(texts: [String], values keyed: KeyedValues) {
        let values = Set(texts).map { keyed(.patient, $0) }
        self.init(values: values.count > 1 ? values.sorted { $0.lexicographicallyPrecedes($1) } : values)
    }

    init(subjects: [Subject], values: KeyedValues) { self.init(texts: subjects.patientTexts, values: values) }

    init(_ patients: [AssignedIdentifier], values: KeyedValues) {
        self.init(texts: patients.compactMap(\.patientText), values: values)
    }

    init(joined bytes: [UInt8]) {
        let length = Self.valueLength
        self.init(
            values: stride(from: 0, through: bytes.count - length, by: length).map {
                Array(bytes[$0..<($0 + length)])
            })
    }

    /// As the column `subjects` holds them; nil for nobody.
    var blob: Data? { values.isEmpty ? nil : values.flatMap(\.self).blob }
}

extension AssignedIdentifier {
    /// `assigner|identifier`; nil for an unknown assigner, whose identifiers equal nothing.
    var patientText: String? { assigner.map { "\($0.name)|\(value)" } }
}

extension [Subject] {
    /// The patients among them, as `AssignedIdentifier.patientText` writes them.
    var patientTexts: [String] {
        filter { $0.type == .patient && !$0.assigner.isEmpty }.map { "\($0.assigner)|\($0.identifier)" }
    }
}

extension AuditRecord {
    /// The patients of whom the record tells.
    var patientTexts: [String] { subjects.patientTexts }
}
