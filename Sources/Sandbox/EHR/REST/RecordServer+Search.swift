internal import FHIR
internal import JSON

// Search (R4 §3.1.1): matches, what is included, links to this page and the next.
extension RecordServer {
    private static let pageParameter = "_page"

    mutating func search(
        _ type: String, _ parameters: [FormCoding.Parameter], strict: Bool, now: FHIRInstant
    ) throws(RecordFault) -> RecordAnswer {
        try Self.requireType(type)
        if let id = parameters.first(where: { $0.name == Self.pageParameter })?.value {
            guard let page = pages[id], page.query.type == type else {
                throw RecordFault(410, "not-found", "This page is no longer there; search again.")
            }
            return answer(page, link: "\(base)/\(type)?\(Self.pageParameter)=\(id)", now: now)
        }
        let query = try SearchQuery(type: type, parameters: parameters, strict: strict)
        let matches = SearchMatching(store: store, base: base).matches(query)
        let link = "\(base)/\(type)" + (query.used.isEmpty ? "" : "?\(FormCoding.serialize(query.used))")
        return answer(SearchPages.Page(query: query, matches: matches, offset: 0), link: link, now: now)
    }

    private mutating func answer(_ page: SearchPages.Page, link: String, now: FHIRInstant) -> RecordAnswer {
        let query = page.query
        let keys = query.wantsCountOnly ? [] : page.matches.dropFirst(page.offset).prefix(query.pageSize)
        var links = [Self.link("self", link)]
        let end = page.offset + keys.count
        if end < page.matches.count, !query.wantsCountOnly {
            let next = pages.keep(SearchPages.Page(query: query, matches: page.matches, offset: end))
            links.append(Self.link("next", "\(base)/\(query.type)?\(Self.pageParameter)=\(next)"))
        }
        let included = SearchMatching(store: store, base: base).included(query, with: Array(keys))
        let entries = keys.compactMap { entry($0, mode: "match") } + included.compactMap { entry($0, mode: "include") }
        return RecordAnswer(
            status: 200,
            resource: Bundle(elements: [
                "meta": JSONObject(elements: ["lastUpdated": now.text]), "type": "searchset",
                "total": page.matches.count, "link": links, "entry": entries,
            ]).elements)
    }

    private func entry(_ key: ResourceKey, mode: String) -> JSONObject? {
        store.resource(key).map { resource in
            JSONObject(elements: [
                "fullUrl": "\(base)/\(key.reference)", "resource": resource,
                "search": JSONObject(elements: ["mode": mode]),
            ])
        }
    }

    private static func link(_ relation: String, _ url: String) -> JSONObject {
        JSONObject(elements: ["relation": relation, "url": url])
    }
}
