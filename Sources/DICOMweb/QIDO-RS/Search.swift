internal import DICOM
internal import JSON
internal import OutboundHTTP
internal import Workflow

/// One search transaction (PS3.18 §10.6), page by page until the archive has no more.
struct Search {
    /// What is asked for, below the service root.
    let path: [String]
    let matching: [(name: String, value: String)]
    let including: [Keyword]
    /// The attribute that tells matches apart, so that an archive that ignores `offset` is noticed.
    let identity: Keyword

    /// All matches, each once.
    ///
    /// - Throws: what the client throws; `incorrect` `.qido.malformed`, `.qido.mediaType`, `.qido.partial` (the archive
    ///   has more matches than it lets one read) and `.qido.tooMany`.
    func matches(
        from client: OutboundClient, limits: SearchLimits
    ) async throws(AdapterError) -> [Attributes] {
        var found: [Attributes] = []
        var known: Set<String> = []
        var read = 0
        while true {
            let page = try await page(at: read, from: client, limits: limits)
            let new = try fresh(page.matches, &known, client)
            found += new
            read += page.matches.count
            guard found.count <= limits.matches else { throw Self.error(client, "tooMany") }
            guard page.mayHaveMore(limits.page) else { return found }
            guard !new.isEmpty else {
                // The same page again: the archive ignores `offset`. Without a warning this was everything.
                guard !page.hasWarning else { throw Self.error(client, "partial") }
                return found
            }
        }
    }

    private struct Page {
        let matches: [Attributes]
        let hasWarning: Bool

        func mayHaveMore(_ size: Int) -> Bool { hasWarning || matches.count >= size }
    }

    private func page(
        at offset: Int, from client: OutboundClient, limits: SearchLimits
    ) async throws(AdapterError) -> Page {
        var query = matching
        query += including.map { (name: "includefield", value: $0.rawValue) }
        query.append((name: "limit", value: String(limits.page)))
        if offset > 0 { query.append((name: "offset", value: String(offset))) }
        guard let target = RequestPath(path, query: query) else { throw Self.error(client, "malformed") }
        let request = OutboundRequest(.get, target, headers: [(name: "Accept", value: "application/dicom+json")])
        let answer = try await client.send(request)
        let hasWarning = answer.head.field("Warning") != nil
        // 204, and an empty 200, are what some archives say for the empty list.
        guard answer.head.status != 204, !answer.body.isEmpty else { return Page(matches: [], hasWarning: hasWarning) }
        guard let type = answer.head.mediaType, type == "application/dicom+json" || type == "application/json" else {
            throw Self.error(client, "mediaType")
        }
        guard let list = try? JSONValue(parsing: answer.body).array else { throw Self.error(client, "malformed") }
        let matches = list.compactMap(Attributes.init)
        guard matches.count == list.count else { throw Self.error(client, "malformed") }
        return Page(matches: matches, hasWarning: hasWarning)
    }

    private func fresh(
        _ matches: [Attributes], _ known: inout Set<String>, _ client: OutboundClient
    ) throws(AdapterError) -> [Attributes] {
        var new: [Attributes] = []
        for match in matches {
            guard let key = match.uid(identity)?.value else { throw Self.error(client, "malformed") }
            if known.insert(key).inserted { new.append(match) }
        }
        return new
    }

    static func error(_ client: OutboundClient, _ code: String) -> AdapterError {
        AdapterError(.incorrect, code: "\(client.name).qido.\(code)")
    }
}

/// How much of a search is read.
public struct SearchLimits: Sendable, Equatable {
    /// Matches asked for at once. Default 200.
    public var page: Int
    /// Matches in all. Default 10,000.
    public var matches: Int

    /// Limits with the gateway's defaults.
    public init(page: Int = 200, matches: Int = 10_000) {
        self.page = page
        self.matches = matches
    }
}
