import Sealing

/// Keyed index values, each made once: one message asks for those of its patient and order several times.
final class KeyedValues {
    private let keys: KeyRing
    private var known: [IndexPurpose: [String: [UInt8]]] = [:]

    init(_ keys: KeyRing) { self.keys = keys }

    func callAsFunction(_ purpose: IndexPurpose, _ text: String) -> [UInt8] {
        if let value = known[purpose]?[text] { return value }
        let value = keys.indexValue(purpose, text)
        known[purpose, default: [:]][text] = value
        return value
    }

    /// No subject has this type, so that it equals no subject's value.
    func correlation(_ text: String) -> [UInt8] { self(.subject, "correlation||\(text)") }
}
