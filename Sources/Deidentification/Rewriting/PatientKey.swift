package import DICOM

/// Whom a pseudonym and a shift of dates belong to.
package struct PatientKey: Sendable, Hashable {
    package let issuer: String
    package let identifier: String
    /// Whether `identifier` is the patient's, and not the study's in its place.
    package let isPatient: Bool

    /// Two patients without a Patient ID (0010,0020) are not one: their studies stand for them. One that cannot be
    /// decoded is known by its bytes.
    package init(_ dataSet: DataSet) {
        let text = Self.text(dataSet[.patientID])
        isPatient = !text.isEmpty
        issuer = isPatient ? Self.text(dataSet[.issuerOfPatientID]) : "study"
        identifier = isPatient ? text : dataSet.string(.studyInstanceUID) ?? ""
    }

    /// A patient by an identifier and its issuer.
    init(issuer: String, identifier: String) {
        (self.issuer, self.identifier, isPatient) = (issuer, identifier, true)
    }

    private static func text(_ element: DataElement?) -> String {
        switch element?.value {
        case .text(let values): values.first ?? ""
        case .undecodedText(let bytes), .bytes(let bytes):
            bytes.isEmpty
                ? "" : "bytes " + String(bytes.flatMap { [$0 >> 4, $0 & 15] }.map { Character(digits[Int($0)]) })
        default: ""
        }
    }

    private static let digits = Array("0123456789abcdef".unicodeScalars)
}

extension PatientKey: CustomStringConvertible, CustomReflectable {
    /// Tells nothing.
    package var description: String { "<redacted patient>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
