/// What is to stand in a field or one of its parts. Text is plain: delimiters and control characters are escaped when
/// it is written, never by the caller.
///
/// `components` inside `components` are sub-components; `repetitions` stand only at the top. One component, one
/// repetition and trailing empty ones mean the same as without: `normalized` is the form that a message reads back as.
public indirect enum FieldDraft: Sendable, Hashable, ExpressibleByStringLiteral {
    /// Nothing: the receiver keeps what it has.
    case empty
    /// `""`: the receiver deletes what it has.
    case null
    case text(String)
    case components([FieldDraft])
    case repetitions([FieldDraft])

    /// Text.
    public init(stringLiteral text: String) { self = text.isEmpty ? .empty : .text(text) }

    /// Components that are all text; empty strings are empty components.
    public static func parts(_ texts: String...) -> FieldDraft {
        .components(texts.map { FieldDraft(stringLiteral: $0) })
    }

    /// The same content in the one form that decoding gives.
    public var normalized: FieldDraft {
        switch self {
        case .empty, .null: self
        case .text(let text): text.isEmpty ? .empty : self
        case .components(let list): Self.shortest(list) { .components($0) }
        case .repetitions(let list): Self.shortest(list) { .repetitions($0) }
        }
    }

    private static func shortest(_ list: [FieldDraft], _ whole: ([FieldDraft]) -> FieldDraft) -> FieldDraft {
        let parts = list.map(\.normalized)
        let last = parts.lastIndex { $0 != .empty } ?? -1
        guard last > 0 else {
            guard let only = parts.first else { return .empty }
            // Sub-components of the first component are not the components of the field.
            guard case .components = only, case .components = whole([]) else { return only }
            return whole([only])
        }
        return whole(Array(parts[...last]))
    }
}
