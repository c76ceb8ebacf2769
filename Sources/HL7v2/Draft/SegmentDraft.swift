/// A segment to be written. Fields count from 1; in MSH, FHS and BHS fields 1 and 2 are the delimiters, which the
/// encoder writes itself.
public struct SegmentDraft: Sendable, Hashable {
    /// The most fields that a path can name.
    static let mostFields = 9999

    /// Three upper-case letters or digits, a letter first; checked when it is written.
    public let name: String
    private var fields: [FieldDraft] = []

    /// An empty segment.
    public init(_ name: String) { self.name = name }

    /// Field `number`; empty where none was set. Numbers outside 1 to 9999 are always empty and never set.
    public subscript(number: Int) -> FieldDraft {
        get { number >= 1 && number <= fields.count ? fields[number - 1] : .empty }
        set {
            guard (1...Self.mostFields).contains(number) else { return }
            if number > fields.count { fields += Array(repeating: .empty, count: number - fields.count) }
            fields[number - 1] = newValue
        }
    }

    /// The number of the last field that is not empty; 0 if all are.
    public var lastField: Int { (fields.lastIndex { $0.normalized != .empty } ?? -1) + 1 }

    /// Every field in its normal form, without trailing empty ones and, where they are delimiters, without 1 and 2.
    public var normalized: SegmentDraft {
        var segment = SegmentDraft(name)
        for number in 1...max(lastField, 1) where number > 2 || !Segment.countsItsSeparator(name) {
            segment[number] = self[number].normalized
        }
        segment.fields.removeLast(segment.fields.count - segment.lastField)
        return segment
    }
}

extension SegmentDraft: CustomStringConvertible, CustomReflectable {
    /// The name alone: what a segment holds is identified data.
    public var description: String { name }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
