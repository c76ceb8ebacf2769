/// A part of a text that a place takes: `take:`.
enum TextPiece: Sendable, Hashable {
    /// What stands before the first occurrence of a separator; nothing where there is none.
    case before(String)
    /// What stands behind the first occurrence of a separator; nothing where there is none.
    case after(String)
    /// The first characters; the whole of a shorter text.
    case first(Int)
    /// The last characters; the whole of a shorter text.
    case last(Int)
    /// Without this at the beginning, if it is there.
    case without(String)

    /// `{before: "-"}` and the like: one key, one piece.
    init(_ node: YAMLNode) throws(MappingError) {
        let members = try node.members(allowed: ["before", "after", "first", "last", "without"])
        guard members.count == 1, let (key, value) = members.first else { throw node.error(.invalidValue) }
        switch key {
        case "before": self = .before(try value.text())
        case "after": self = .after(try value.text())
        case "without": self = .without(try value.text())
        default:
            let count = try value.number()
            guard (1...199).contains(count) else { throw value.error(.invalidValue) }
            self = key == "first" ? .first(count) : .last(count)
        }
    }

    /// The piece, without padding; nil where there is none.
    func taken(from text: String) -> String? {
        let piece: Substring
        switch self {
        case .before(let separator):
            guard let range = text.firstRange(of: separator) else { return nil }
            piece = text[..<range.lowerBound]
        case .after(let separator):
            guard let range = text.firstRange(of: separator) else { return nil }
            piece = text[range.upperBound...]
        case .first(let count): piece = text.prefix(count)
        case .last(let count): piece = text.suffix(count)
        case .without(let prefix): piece = text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]
        }
        let trimmed = AssignedIdentifier.trimmed(String(piece))
        return trimmed.isEmpty ? nil : trimmed
    }
}
