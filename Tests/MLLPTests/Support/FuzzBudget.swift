import Foundation

/// How many inputs a fuzz test takes: few in an ordinary run, as many as `IMAGING_GATEWAY_FUZZ` says otherwise.
enum FuzzBudget {
    /// `long` means ten million.
    static func inputs(ordinary: Int) -> Int {
        guard let text = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] else { return ordinary }
        return text == "long" ? 10_000_000 : Int(text) ?? ordinary
    }
}
