internal import DICOM
internal import Sealing

/// One keyed map for a whole study (PS3.15 §E.3.9): the same UID always gets the same pseudonym.
struct UIDMap {
    private let pseudonyms: Pseudonyms
    private(set) var replaced: [String: String] = [:]

    init(_ pseudonyms: Pseudonyms) { self.pseudonyms = pseudonyms }

    /// Registered UIDs stay, others get their pseudonym; nil for what is no UID.
    mutating func callAsFunction(_ text: String) -> String? {
        guard let uid = UID(text) else { return nil }
        if uid.isRegistered { return uid.value }
        if let known = replaced[uid.value] { return known }
        let pseudonym = pseudonyms.uid(for: uid.value)
        replaced[uid.value] = pseudonym
        return pseudonym
    }
}
