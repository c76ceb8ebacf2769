internal import DICOM
internal import Foundation
internal import HL7v2

/// One generated chest radiograph as a DICOM file, for a patient and an order that somebody names.
public struct PretendRadiograph: Sendable {
    /// What of the description cannot be used.
    public enum Failure: String, Error, Sendable, CaseIterable {
        /// The birth date is no date written `YYYYMMDD`.
        case birthDate
        /// The study's UID is none.
        case studyInstanceUID
        /// A value does not fit its element: too long, or not allowed there.
        case value
    }

    /// The file (PS3.10).
    public let file: [UInt8]
    public let studyInstanceUID: String

    /// - Parameters:
    ///   - issuer: of the patient's number; empty for none.
    ///   - opacity: `left` or `right`; nil for clear lungs.
    ///   - seed: varies the anatomy.
    public init(
        patientID: String, issuer: String, family: String, given: String, birthDate: String, sex: String,
        accession: String, studyInstanceUID: String?, opacity: String?, isLateral: Bool, seed: UInt64
    ) throws(Failure) {
        let now = PretendHospital.now()
        guard birthDate.utf8.count == 8, let birth = try? DTM(parsing: birthDate), birth.day != nil,
            birth.localSecondsSinceEpoch <= now.localSecondsSinceEpoch
        else { throw .birthDate }
        guard Self.fits(patientID, 64), Self.fits(accession, 16), issuer.isEmpty || Self.fits(issuer, 64) else {
            throw .value
        }
        guard let study = studyInstanceUID.map({ UID($0) }) ?? Self.newUID() else { throw .studyInstanceUID }
        let patient = SyntheticPatient(
            id: patientID, family: family, given: given, birthDate: birth,
            sex: SyntheticPatient.Sex(rawValue: sex) ?? .other)
        guard let series = Self.newUID(), let instance = Self.newUID() else { throw .studyInstanceUID }
        let exam = Examination(
            patient: patient, kind: isLateral ? .chestLateral : .chestAP, placerOrderNumber: "", fillerOrderNumber: "",
            accessionNumber: accession, requestedProcedureID: accession, scheduledProcedureStepID: accession,
            studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID: instance, time: now)
        let lung = opacity.flatMap(Opacity.Lung.init(rawValue:)).map { Opacity($0, .lower) }
        var phantom = PhantomInstance(exam, opacity: lung, seed: seed)
        phantom.header.patientIssuer = issuer
        phantom.header.accessionIssuer = ""
        do {
            file = try phantom.file()
        } catch {
            throw .value
        }
        self.studyInstanceUID = study.value
    }

    /// LO and SH (PS3.5 §6.2): so many characters, no backslash, no control characters.
    private static func fits(_ text: String, _ length: Int) -> Bool {
        (1...length).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { $0 != "\\" && $0.properties.generalCategory != .control }
    }

    private static func newUID() -> UID? {
        var chance = SystemRandomNumberGenerator()
        return SyntheticPatientRegistry.uid(using: &chance)
    }
}
