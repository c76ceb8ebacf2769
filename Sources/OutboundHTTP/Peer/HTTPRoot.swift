/// The root URL of a configured peer: the only place that requests go to.
///
/// Host and port come from configuration alone. A URL found in data is reduced to a path under this root, or refused.
public struct HTTPRoot: Sendable, Equatable {
    /// Whether requests are encrypted.
    public let isEncrypted: Bool
    /// The host as written, IPv6 literals without brackets, in lower case.
    public let host: String
    let authority: String
    /// Empty, or `/` and segments without a slash at the end.
    let path: String

    /// Nil unless `text` is an absolute http or https URL without user, query or fragment, whose path has no dot
    /// segments.
    public init?(_ text: String) {
        guard let url = SplitURL(text), let scheme = url.scheme, let authority = url.authority, url.query == nil,
            let host = SplitURL.host(ofAuthority: authority)
        else { return nil }
        var path = url.path
        while path.hasSuffix("/") { path.removeLast() }
        guard path.isEmpty || RequestPath.isPlain(path) else { return nil }
        isEncrypted = scheme == .https
        self.authority = authority.lowercased()
        self.host = host.lowercased()
        self.path = path
    }

    /// The host cannot be anything but this machine.
    public var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.first == "127" && octets.allSatisfy { UInt8($0) != nil }
    }

    /// The port as written, else the scheme's.
    var port: Int {
        let written = authority.hasSuffix("]") ? nil : authority.split(separator: ":").last.flatMap { Int($0) }
        return authority.contains(":") ? written ?? standardPort : standardPort
    }

    private var standardPort: Int { isEncrypted ? 443 : 80 }

    /// A link that a peer wrote, as a path under this root: scheme and host of the link are ignored, because servers
    /// behind a proxy name themselves wrongly. Nil when the link leaves the root.
    public func path(rebasing link: String) -> RequestPath? {
        guard let url = SplitURL(link) else { return nil }
        let isRelative = url.scheme == nil && !url.path.hasPrefix("/")
        let full = isRelative ? (url.path.isEmpty ? path : path + "/" + url.path) : url.path
        guard full == path || full.hasPrefix(path + "/") else { return nil }
        var suffix = String(full.dropFirst(path.count))
        while suffix.hasSuffix("/") { suffix.removeLast() }
        guard suffix.isEmpty || RequestPath.isPlain(suffix) else { return nil }
        return RequestPath(encodedPath: suffix, encodedQuery: url.query)
    }

    /// The root as an absolute URL without a slash at the end, to tell a peer's own references from others. Not for
    /// logs.
    public var absoluteURL: String { "\(isEncrypted ? "https" : "http")://\(authority)\(path)" }

    func url(_ target: RequestPath) -> String {
        let isBare = path.isEmpty && target.encodedPath.isEmpty
        return absoluteURL + (isBare ? "/" : target.encodedPath) + (target.encodedQuery.map { "?" + $0 } ?? "")
    }
}

extension HTTPRoot: CustomStringConvertible {
    /// Says nothing of the address: archives' URLs are never logged.
    public var description: String { "HTTPRoot(<redacted>)" }
}
