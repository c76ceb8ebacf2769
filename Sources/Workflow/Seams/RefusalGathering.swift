/// Keeps those who send what is refused from filling disk and log.
public protocol RefusalGathering: Sendable {
    /// Whether one more refusal of this sender is kept and recorded by itself. Where not, it was counted, and a record
    /// with the count follows.
    ///
    /// - Parameters:
    ///   - source: the configured source in whose name it came.
    ///   - address: the sender's address; `nil` where the transport has none.
    ///   - code: the refusal's stable code.
    func keeps(refusalOf source: String, from address: String?, code: String) async -> Bool
}
