internal import DICOM
internal import Sealing

/// One map for a whole study (PS3.15 §E.3.9): the same UID always gets the same pseudonym.
struct UIDMap: Sendable {
    private let pseudonyms: any PseudonymSource
    /// Those of PS3.6 Annex A: what is registered there is nobody's. Below the same root anybody can write a number.
    private let registered: Set<String>
    private(set) var replaced: [String: String] = [:]

    init(_ pseudonyms: any PseudonymSource, registered: Set<String>) {
        self.pseudonyms = pseudonyms
        self.registered = registered
    }

    /// Registered UIDs stay, others get their pseudonym; nil for what is no UID.
    mutating func callAsFunction(_ text: String) -> String? {
        guard let uid = UID(text) else { return nil }
        if registered.contains(uid.value) { return uid.value }
        if let known = replaced[uid.value] { return known }
        let pseudonym = pseudonyms.uid(for: uid.value)
        replaced[uid.value] = pseudonym
        return pseudonym
    }

    /// Learns what another copy of this map replaced.
    mutating func merge(_ other: Self) { replaced.merge(other.replaced) { known, _ in known } }
}
