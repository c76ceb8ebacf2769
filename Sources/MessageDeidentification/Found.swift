internal import SecondOpinion

/// A value that was taken away and must not be found in the result.
enum Found {
    case name(String)
    case identifier(String)
    case date(String)
    case uid(String)
    case text(String)

    /// Makes it known to the search.
    func add(to identity: inout KnownIdentity) throws(SecondOpinionError) {
        switch self {
        case .name(let value): try identity.add(name: value)
        case .identifier(let value): try identity.add(identifier: value)
        case .date(let value): try identity.add(date: value)
        case .uid(let value): try identity.add(uid: value)
        case .text(let value): try identity.add(text: value)
        }
    }
}
