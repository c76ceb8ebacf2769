internal import OutboundHTTP

/// Where one page of a search result is.
enum SearchPage: Hashable {
    /// `POST` with a form.
    case form(RequestPath, String)
    /// `GET` of a link that says nothing about a patient.
    case link(RequestPath)

    /// `handling=strict`: a server that does not know a parameter must say so instead of returning everything.
    static let formHeaders = [
        (name: "Content-Type", value: "application/x-www-form-urlencoded"), (name: "Prefer", value: "handling=strict"),
    ]

    /// The page behind a next link, verbatim but for one thing: a link that repeats the identifier is sent as a form,
    /// so that the identifier stands in no URL. Nil when the link cannot be sent so.
    init?(next path: RequestPath) {
        guard let query = path.encodedQuery, Self.names(in: query).contains(where: Self.isIdentifying) else {
            self = .link(path)
            return
        }
        var segments = path.encodedPath.split(separator: "/").map(String.init)
        if segments.last != "_search" { segments.append("_search") }
        guard segments.count == 2, let target = RequestPath(segments) else { return nil }
        self = .form(target, query)
    }

    /// The self link repeats parameters and `identifier` is not among them: the server did not filter. A link without
    /// parameters says nothing, for many servers leave out what came in a form.
    static func isUnfiltered(_ selfLink: String?) -> Bool {
        guard let selfLink, let start = selfLink.firstIndex(of: "?") else { return false }
        let names = names(in: String(selfLink[selfLink.index(after: start)...]))
        let echoes = names.contains { !$0.isEmpty && !$0.hasPrefix("_") }
        return echoes && !names.contains(where: isIdentifying)
    }

    private static func isIdentifying(_ name: String) -> Bool {
        name == "identifier" || name.hasPrefix("identifier:") || name.hasPrefix("identifier%3A")
    }

    private static func names(in query: String) -> [String] {
        query.split(separator: "&").map { String($0.prefix { $0 != "=" }) }
    }
}
