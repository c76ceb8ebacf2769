internal import DICOM
internal import Deidentification
internal import MessageDeidentification
internal import SecondOpinion

/// The first look at a file: what it is, whose, and what its header tells of the person.
struct FirstLook: Sendable {
    let settings: RunSettings

    struct Answer: Sendable {
        let file: FoundFile
        /// What the header tells; empty for what is no instance.
        let identity: KnownIdentity
        /// For the audit log, where nothing can come of the file although it could be read.
        let header: DataSet?
    }

    func look(at path: InputPath) throws(LeftOut) -> Answer {
        var file = try OpenedFile(path, digests: false)
        let prefix = try LeftOut.dicom { () throws(DICOMError) in
            try file.bytes(at: 0, count: min(file.count, ContentKind.prefixLength))
        }
        func answer(
            _ content: FoundFile.Content, _ identity: KnownIdentity = KnownIdentity(), persons: [MessagePersons] = []
        ) -> Answer {
            Answer(
                file: FoundFile(path: path, identity: file.identity, content: content, persons: persons),
                identity: identity, header: nil)
        }
        switch ContentKind(prefix) {
        case .hl7: return answer(.hl7, persons: persons(of: file, isHL7: true))
        case .fhirJSON: return answer(.fhirJSON, persons: persons(of: file, isHL7: false))
        case .other: throw LeftOut("dicom.notPart10")
        case .dicom: break
        }
        if MediaStorage.sopClass(of: prefix) == MediaStorage.directory { return answer(.directory) }
        let stored = try LeftOut.dicom { () throws(DICOMError) in try StoredInstance(reading: &file) }
        guard let study = stored.dataSet.uid(.studyInstanceUID) else { throw LeftOut("dicom.studyInstanceUIDMissing") }
        var identity = KnownIdentity()
        try LeftOut.opinion { () throws(SecondOpinionError) in
            try identity.collect(from: stored.dataSet, under: settings.profile)
        }
        return answer(.instance(study: study, patient: PatientKey(stored.dataSet)), identity)
    }

    /// None of what cannot be read: the second pass says why.
    private func persons(of file: OpenedFile, isHL7: Bool) -> [MessagePersons] {
        guard file.count <= MessageWork.largest, let bytes = try? file.bytes(at: 0, count: file.count),
            let deidentifier = try? MessageDeidentifier(
                profile: settings.profile, pseudonyms: settings.pseudonyms, rules: settings.messageRules)
        else { return [] }
        return (try? isHL7 ? deidentifier.persons(hl7: bytes) : deidentifier.persons(fhirJSON: bytes)) ?? []
    }
}
