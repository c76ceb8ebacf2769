extension DeidentificationProfile {
    /// Whether PS3.6 Annex A registers the UID, so that it is nobody's. Below the same root anybody can write a number.
    package func isRegistered(_ uid: String) -> Bool { rules.uids.contains(uid) }
}
