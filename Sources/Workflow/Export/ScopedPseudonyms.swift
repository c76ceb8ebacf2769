import Sealing

/// Pseudonyms of one research archive: nobody who has two archives, or an archive and what a model was shown, can tell
/// by a pseudonym that two copies are of one patient or study.
///
/// Patient IDs and shifts of dates stay the same for one archive, so that a patient's studies stay together. UIDs also
/// depend on profile, pixel rules and masks: what others leave of an image is another object, and has another UID.
struct ScopedPseudonyms: PseudonymSource {
    private let source: any PseudonymSource
    private let archive: String
    private let rules: String
    private let isOwn: Bool

    /// - Parameters:
    ///   - archive: the configured name.
    ///   - rules: digest of profile, pixel rules and masks.
    ///   - isOwn: whether the source serves this archive alone; then patients are noted as they are called.
    init(_ source: any PseudonymSource, archive: String, rules: String, isOwn: Bool = false) {
        self.source = source
        self.archive = archive
        self.rules = rules
        self.isOwn = isOwn
    }

    var keyID: String { source.keyID }

    func uid(for uid: String) -> String {
        // Padding is trimmed here: what stands in front of it may not change the answer.
        let trimmed = uid.utf8.reversed().drop { $0 == 0 || $0 == 0x20 }.reversed()
        let original = String(decoding: Array(trimmed), as: UTF8.self)
        // What stands behind the last bar is what `CrosswalkReversal` leads back to.
        return source.uid(for: isOwn ? "\(rules)|\(original)" : "export|\(archive)|\(rules)|\(original)")
    }

    func patientID(issuer: String, patientID: String) -> String {
        source.patientID(issuer: scoped(issuer), patientID: patientID)
    }

    func dayShift(issuer: String, patientID: String) -> Int {
        source.dayShift(issuer: scoped(issuer), patientID: patientID)
    }

    func commit() throws(SealingError) { try source.commit() }

    private func scoped(_ issuer: String) -> String { isOwn ? issuer : "export|\(archive)|\(issuer)" }
}
