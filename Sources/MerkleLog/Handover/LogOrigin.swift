/// The name of a log and how often its end was lost in a restore: `name`, then `name/2`, `name/3` …
///
/// After such a restore the tree goes on under the next name, so that no two trees of one name disagree.
public struct LogOrigin: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name without the number.
    public let base: String
    /// 1 until the first restore that lost records.
    public let epoch: UInt64

    /// Reads an origin; a last part `/2`, `/3` … is the number, anything else belongs to the name.
    public init(_ text: String) {
        if let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) {
            let digits = text[text.utf8.index(after: slash)...]
            if let number = UInt64(digits), number >= 2, String(number) == digits, slash > text.startIndex {
                self.init(base: String(text[..<slash]), epoch: number)
                return
            }
        }
        self.init(base: text, epoch: 1)
    }

    private init(base: String, epoch: UInt64) {
        self.base = base
        self.epoch = epoch
    }

    /// As it stands in leaves and checkpoints.
    public var text: String { epoch == 1 ? base : "\(base)/\(epoch)" }

    /// The name after a restore that lost records.
    public var next: LogOrigin { LogOrigin(base: base, epoch: epoch + 1) }

    /// The text.
    public var description: String { text }

    /// By name, then by number.
    public static func < (left: LogOrigin, right: LogOrigin) -> Bool {
        (left.base, left.epoch) < (right.base, right.epoch)
    }
}
