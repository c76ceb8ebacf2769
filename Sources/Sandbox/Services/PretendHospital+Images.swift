internal import DICOM
internal import HL7v2

/// The images of the hospital: generated, never real ones.
extension PretendHospital {
    /// The images of an examination reach the archive, perhaps under the name of somebody else.
    func archive(_ exam: Examination, _ kind: Scenario.ExamKind, underAnotherPatient: Bool = false) async throws {
        var exam = exam
        if underAnotherPatient { exam.patient = registry.patient(age: exam.age) }
        try images.store(try await Self.file(of: exam, kind.opacity, seed: phantomSeed(exam)))
    }

    /// Not on the actor: making an image takes a while, in which the hospital answers.
    @concurrent private static func file(
        of exam: Examination, _ opacity: Opacity?, seed: UInt64
    ) async throws -> [UInt8] {
        try PhantomInstance(exam, opacity: opacity, seed: seed).file()
    }

    /// Other anatomy for each examination, and the same in each run with the same seed.
    func phantomSeed(_ exam: Examination) -> UInt64 {
        settings.seed &+ (UInt64(exam.accessionNumber.filter(\.isNumber)) ?? 0)
    }
}

extension Scenario.ExamKind {
    fileprivate var opacity: Opacity? {
        self == .chest(hasOpacity: true) ? Opacity(.right, .lower) : nil
    }
}

extension PhantomInstance {
    /// The image of an examination, as its modality would store it.
    init(_ exam: Examination, opacity: Opacity?, seed: UInt64) {
        let phantom = ChestPhantom(seed: seed, build: exam.age > 15 ? .adult : .child, opacity: opacity)
        let picture: Picture =
            switch exam.kind {
            case .chestAP, .chestPA: .radiograph(phantom.radiograph(.anteroPosterior, side: Self.side))
            case .chestLateral: .radiograph(phantom.radiograph(.lateral, side: Self.side))
            case .chestCT: .slice(phantom.transverseSlice(side: 256))
            }
        self.init(header: RadiographHeader(exam), picture: picture)
    }

    /// Pixels of the longer side.
    static let side = 640
}

extension RadiographHeader {
    init(_ exam: Examination) {
        self.init(
            patientID: exam.patient.id, patientIssuer: Hospital.patientNamespace, familyName: exam.patient.family,
            givenName: exam.patient.given, birthDate: exam.patient.birthDate.date.description,
            sex: exam.patient.sex.rawValue, accessionNumber: exam.accessionNumber,
            accessionIssuer: Hospital.accessionNamespace, requestedProcedureID: exam.requestedProcedureID,
            procedureDescription: exam.kind.title, studyInstanceUID: exam.studyInstanceUID.value,
            seriesInstanceUID: exam.seriesInstanceUID.value, sopInstanceUID: exam.sopInstanceUID.value,
            studyDate: exam.studyDate, studyTime: exam.studyTime)
        switch exam.kind {
        case .chestAP, .chestCT: view = .anteroPosterior
        case .chestPA: view = .posteroAnterior
        case .chestLateral: view = .leftLateral
        }
    }
}
