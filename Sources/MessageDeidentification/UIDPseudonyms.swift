internal import Deidentification
internal import Sealing

/// UIDs as the de-identified images have them: registered ones stay, others get their pseudonym.
struct UIDPseudonyms: Sendable {
    let pseudonyms: any PseudonymSource
    let profile: DeidentificationProfile

    /// Nil for what is no UID.
    func callAsFunction(_ text: String) -> String? {
        guard FieldForm.isUID(text) else { return nil }
        return profile.isRegistered(text) ? text : pseudonyms.uid(for: text)
    }

    /// Whether it must not be found in the result.
    func isReplaced(_ text: String) -> Bool { FieldForm.isUID(text) && !profile.isRegistered(text) }
}
