internal import FHIR
internal import JSON

/// Searches whose further pages may still be asked for: the keys as they were found, so that no page repeats or skips
/// one. A page's link carries a number and nothing of the query, which may name a patient.
struct SearchPages: Sendable {
    struct Page: Sendable {
        let query: SearchQuery
        let matches: [ResourceKey]
        let offset: Int
    }

    private static let kept = 256

    private var pages: [String: Page] = [:]
    private var order: [String] = []
    private var counter = 0

    subscript(id: String) -> Page? { pages[id] }

    /// Keeps a page under a new id; the oldest ones are forgotten.
    mutating func keep(_ page: Page) -> String {
        counter += 1
        let id = String(counter)
        pages[id] = page
        order.append(id)
        if order.count > Self.kept { pages[order.removeFirst()] = nil }
        return id
    }
}
