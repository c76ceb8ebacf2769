internal import DICOM
internal import Deidentification
internal import JSON
internal import MessageDeidentification
internal import Sealing
internal import SecondOpinion

/// One file of HL7 v2 messages or FHIR resources.
struct MessageWork {
    let settings: RunSettings
    let folder: OutputFolder
    let claims: Claims
    /// The patients of the run's images, by their identifiers.
    let patients: [PatientKey: KnownIdentity]

    /// Messages are small; larger files are left out.
    static let largest = 64 << 20

    /// A result that waits for its name.
    struct Ready {
        let place: OutputFolder.Place
        /// Nil where the result is there already.
        let file: NewFile?
        let receipt: JSONObject
        let result: DeidentifiedMessage
        /// SHA-256 of the result.
        let digest: Digest
    }

    func prepare(_ found: FoundFile) throws(LeftOut) -> Ready {
        let file = try OpenedFile(found.path, digests: true)
        guard file.identity == found.identity else { throw LeftOut("file.changed") }
        guard file.count <= Self.largest else { throw LeftOut("file.tooLarge") }
        let bytes = try LeftOut.dicom { () throws(DICOMError) in try file.bytes(at: 0, count: file.count) }
        let isHL7 = found.content == .hl7
        let result = try deidentify(bytes, isHL7: isHL7)
        let output = Digest.sha256(result.bytes)
        let input = code(of: bytes)
        // By the input: two messages can leave the same result, and neither may be lost.
        let place = folder.place(message: input, ending: isHL7 ? "hl7" : "json")
        try claims.claim(place.path)
        let rules = try rules()
        let receipt: JSONObject = [
            "kind": isHL7 ? "HL7 v2" : "FHIR", "profileName": .string(settings.profile.name),
            "profileDigest": .string(settings.profile.digest), "messageRulesDigest": .string(rules.digest),
            "uidKey": .string(settings.pseudonyms.keyID),
            "values": InstanceReceipt.counts(result.counts), "inputCode": .string(input),
            "outputDigest": .string(output.hex),
        ]
        if OutputFolder.exists(place.path) {
            guard settings.resumes,
                EarlierResult.isSame(at: place, inputCode: input, output: output, rules: rules.digest, settings)
            else { throw LeftOut("file.exists") }
            return Ready(place: place, file: nil, receipt: receipt, result: result, digest: output)
        }
        try OutputFolder.make(place.folder)
        let new = try NewFile(in: place.folder)
        try new.write(result.bytes)
        return Ready(place: place, file: new, receipt: receipt, result: result, digest: output)
    }

    /// The pseudonym of the input: a message is so short that whoever has its result could try all identifiers until a
    /// digest without a key fits.
    private func code(of bytes: [UInt8]) -> String {
        settings.pseudonyms.patientID(issuer: "input", patientID: Digest.sha256(bytes).hex)
    }

    private func deidentify(_ bytes: [UInt8], isHL7: Bool) throws(LeftOut) -> DeidentifiedMessage {
        let identity = try identity(of: bytes)
        do throws(MessageDeidentificationError) {
            let deidentifier = try MessageDeidentifier(
                profile: settings.profile, pseudonyms: settings.pseudonyms, identity: identity,
                rules: settings.messageRules)
            return try isHL7 ? deidentifier.deidentify(hl7: bytes) : deidentifier.deidentify(fhirJSON: bytes)
        } catch {
            throw LeftOut(error)
        }
    }

    private func rules() throws(LeftOut) -> MessageRules {
        if let rules = settings.messageRules { return rules }
        do { return try MessageRules.shipped() } catch { throw LeftOut(error) }
    }

    /// What the images tell of the patients whose identifier stands somewhere in the file.
    private func identity(of bytes: [UInt8]) throws(LeftOut) -> KnownIdentity {
        let text = String(decoding: bytes, as: UTF8.self)
        var identity = settings.identity
        for (patient, known) in patients
        where patient.isPatient && patient.identifier.utf8.count >= 3 && text.contains(patient.identifier) {
            try LeftOut.opinion { () throws(SecondOpinionError) in try identity.merge(known) }
        }
        return identity
    }
}
