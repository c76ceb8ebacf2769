internal import FHIR
internal import JSON
internal import OutboundHTTP
internal import Workflow

extension FHIRServer {
    /// All resources of a type that carry an identifier (R4 §3.1.1), each once, page by page.
    ///
    /// - Throws: `incorrect` with `.search.malformed`; `.search.ignored` when the server says that it did not filter;
    ///   `.search.mismatch` when a match does not carry the identifier; `.search.outcome` when the server reports an
    ///   error among the results; `.search.link` when a next link leaves the configured root; `.search.tooMany`.
    func search<Typed: TypedResource>(
        _ type: Typed.Type, identifier: Identifier
    ) async throws(AdapterError) -> [Typed] {
        guard !identifier.value.isEmpty else { throw error(.incorrect, "search.identifier") }
        let form = [("identifier", identifier.searchToken), ("_count", String(searchLimits.page))]
        let body = form.map { PercentEncoding.form($0.0) + "=" + PercentEncoding.form($0.1) }.joined(separator: "&")
        var next: SearchPage? = .form(try path(Typed.resourceType, "_search"), body)
        var found: [Typed] = []
        var visited: Set<SearchPage> = []
        while let page = next {
            guard visited.insert(page).inserted, visited.count <= searchLimits.pages else {
                throw error(.incorrect, "search.tooMany")
            }
            let bundle = try await self.page(page)
            found += try matches(in: bundle, type, identifier)
            next = try bundle.link("next").map { link throws(AdapterError) in try follow(link, after: page) }
        }
        var ids: Set<String> = []
        return found.filter { $0.id.map { ids.insert($0).inserted } ?? true }
    }

    private func page(_ page: SearchPage) async throws(AdapterError) -> Bundle {
        let json =
            switch page {
            case .form(let path, let body):
                try await exchange(.post, path, headers: SearchPage.formHeaders, body: Array(body.utf8))
            case .link(let path):
                try await exchange(.get, path)
            }
        guard let bundle = try? Bundle(json), bundle.type == "searchset" else {
            throw error(.incorrect, "search.malformed")
        }
        return bundle
    }

    private func matches<Typed: TypedResource>(
        in bundle: Bundle, _ type: Typed.Type, _ identifier: Identifier
    ) throws(AdapterError) -> [Typed] {
        guard !SearchPage.isUnfiltered(bundle.link("self")) else { throw error(.incorrect, "search.ignored") }
        guard !bundle.outcomes.contains(where: \.isFailure) else { throw error(.incorrect, "search.outcome") }
        let matches = bundle.matches(type)
        guard matches.allSatisfy({ $0.carries(identifier) }) else { throw error(.incorrect, "search.mismatch") }
        return matches
    }

    private func follow(_ link: String, after page: SearchPage) throws(AdapterError) -> SearchPage {
        guard let path = client.root.path(rebasing: link), let next = SearchPage(next: path) else {
            throw error(.incorrect, "search.link")
        }
        return next
    }
}

extension TypedResource {
    /// Byte for byte: no case folding, no Unicode normalisation.
    func carries(_ identifier: Identifier) -> Bool {
        identifiers.contains { own in
            own.value.utf8.elementsEqual(identifier.value.utf8)
                && (own.system ?? "").utf8.elementsEqual((identifier.system ?? "").utf8)
        }
    }
}
