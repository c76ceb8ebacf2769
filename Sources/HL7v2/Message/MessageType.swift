/// Message code and trigger event of MSH-9, such as `ORM^O01`.
public struct MessageType: Sendable, Hashable, CustomStringConvertible {
    /// MSH-9.1, such as `ORM`; empty where there is none.
    public let code: String
    /// MSH-9.2, such as `O01`; empty where there is none.
    public let triggerEvent: String

    /// A message type by its two parts.
    public init(code: String, triggerEvent: String) {
        self.code = code
        self.triggerEvent = triggerEvent
    }

    /// `ORM^O01`, or the code alone.
    public var description: String { triggerEvent.isEmpty ? code : "\(code)^\(triggerEvent)" }
}

/// Versions of the standard (table 0104).
enum MessageVersion {
    private static func parts(_ text: String) -> [Int]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard (2...3).contains(parts.count), parts.allSatisfy({ $0 != nil }), text.utf8.count <= 8 else { return nil }
        return parts.compactMap(\.self)
    }

    /// 2.1 to 2.9 with or without a third number.
    static func isSupported(_ text: String) -> Bool {
        guard let parts = parts(text) else { return false }
        return parts[0] == 2 && (1...9).contains(parts[1])
    }

    /// Whether version 2 `text` is at least 2.`minor`; an unreadable or empty version is taken as an old one.
    static func isAtLeast(_ minor: Int, _ text: String) -> Bool {
        guard let parts = parts(text), parts[0] == 2 else { return false }
        return parts[1] >= minor
    }
}
