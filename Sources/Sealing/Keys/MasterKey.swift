/// A master key and the id under which wrapped keys name it.
public struct MasterKey: Sendable, Equatable, CustomStringConvertible {
    /// 1…64 of the characters `a–z 0–9 - _ .`.
    public let id: String
    /// The key material.
    public let key: Secret
    let wrappingKey: Secret

    /// - Throws: `identifier` if the id has another form.
    public init(id: String, key: Secret) throws(SealingError) {
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-_.".utf8)
        guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy(allowed.contains) else {
            throw SealingError(.identifier, at: "master key id")
        }
        self.id = id
        self.key = key
        wrappingKey = key.derived(for: "wrap")
    }

    /// The id only.
    public var description: String { "MasterKey(\(id))" }
}
