/// A path and query under a peer's root, already encoded, without dot segments: it cannot leave the root.
public struct RequestPath: Sendable, Hashable {
    /// Empty, or `/` and segments.
    public let encodedPath: String
    /// Without the question mark; nil when there is none.
    public let encodedQuery: String?

    /// The root itself.
    public static let root = RequestPath(encodedPath: "", encodedQuery: nil)

    init(encodedPath: String, encodedQuery: String?) {
        self.encodedPath = encodedPath
        self.encodedQuery = encodedQuery
    }

    /// Nil when a segment is empty or a dot segment. Only what RFC 3986 demands is percent-encoded, because some
    /// archives do not decode.
    public init?(_ segments: [String], query: [(name: String, value: String)] = []) {
        guard segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        encodedPath = segments.map { "/" + PercentEncoding.segment($0) }.joined()
        let pairs = query.map { PercentEncoding.query($0.name) + "=" + PercentEncoding.query($0.value) }
        encodedQuery = pairs.isEmpty ? nil : pairs.joined(separator: "&")
    }

    /// `/` and segments of which none is empty or a dot segment, in any encoding.
    static func isPlain(_ path: String) -> Bool {
        guard path.hasPrefix("/") else { return false }
        return path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { segment in
            let dots = segment.lowercased().replacing("%2e", with: ".")
            return !dots.isEmpty && dots != "." && dots != ".."
                && !dots.contains("%2f") && !dots.contains("%5c") && !dots.contains("%00")
        }
    }
}

extension RequestPath: CustomStringConvertible {
    /// Redacted: accession numbers stand in queries to archives.
    public var description: String { "RequestPath(<redacted>)" }
}
