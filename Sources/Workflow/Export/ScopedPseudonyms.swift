import Sealing

/// Pseudonyms of one research archive: nobody who has two archives, or an archive and what a model was shown, can tell
/// by a pseudonym that two copies are of one patient or study.
///
/// Patient IDs and shifts of dates stay the same for one archive, so that a patient's studies stay together. UIDs also
/// depend on the profile: what another profile leaves of an image is another object, and has another UID.
struct ScopedPseudonyms: PseudonymSource {
    private let source: any PseudonymSource
    private let archive: String
    private let profile: String

    /// - Parameters:
    ///   - archive: the configured name.
    ///   - profile: digest of the profile.
    init(_ source: any PseudonymSource, archive: String, profile: String) {
        self.source = source
        self.archive = archive
        self.profile = profile
    }

    var keyID: String { source.keyID }

    func uid(for uid: String) -> String {
        // Padding is trimmed here: what stands in front of it may not change the answer.
        let trimmed = uid.utf8.reversed().drop { $0 == 0 || $0 == 0x20 }.reversed()
        return source.uid(for: "export|\(archive)|\(profile)|\(String(decoding: Array(trimmed), as: UTF8.self))")
    }

    func patientID(issuer: String, patientID: String) -> String {
        source.patientID(issuer: "export|\(archive)|\(issuer)", patientID: patientID)
    }

    func dayShift(issuer: String, patientID: String) -> Int {
        source.dayShift(issuer: "export|\(archive)|\(issuer)", patientID: patientID)
    }

    func commit() throws(SealingError) { try source.commit() }
}
