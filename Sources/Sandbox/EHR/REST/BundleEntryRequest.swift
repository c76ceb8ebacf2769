internal import FHIR
internal import JSON

/// One entry of a batch or transaction: what it asks for.
struct BundleEntryRequest: Sendable {
    enum Kind: Sendable {
        case write(RecordWrite)
        case read(path: [String], query: [FormCoding.Parameter], ifNoneMatch: String?)
    }

    let kind: Kind

    /// - Parameter base: the server's own, which a URL may begin with.
    /// - Throws: 400 for an entry that asks for nothing that can be understood, and what `RecordWrite` throws.
    init(_ entry: JSONValue, place: String, base: String) throws(RecordFault) {
        guard let request = entry["request"]?.object, let method = request["method"]?.string,
            var url = request["url"]?.string
        else { throw RecordFault(400, "required", "An entry needs a request with method and url.").inside(place) }
        if url.hasPrefix("\(base)/") { url.removeFirst(base.count + 1) }
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = (parts.first ?? "").split(separator: "/").map {
            FormCoding.decode($0.utf8, plusIsBlank: false)
        }
        let query = parts.count > 1 ? String(parts[1]) : ""
        guard !path.contains(nil), let parameters = FormCoding.parse(query) else {
            throw RecordFault(400, "invalid", "The url is not properly encoded.").inside("\(place).request")
        }
        if method == "GET" || method == "HEAD" {
            kind = .read(
                path: path.compactMap { $0 }, query: parameters, ifNoneMatch: request["ifNoneMatch"]?.string)
            return
        }
        do throws(RecordFault) {
            var write = try RecordWrite(method: method, path: path.compactMap { $0 }, query: query)
            if write.action != .delete {
                guard let resource = entry["resource"]?.object else {
                    throw RecordFault(400, "required", "\(method) needs a resource.")
                }
                write.resource = resource
            }
            if write.action == .create { write.condition = request["ifNoneExist"]?.string }
            write.ifMatch = request["ifMatch"]?.string
            write.fullURL = entry["fullUrl"]?.string
            write.place = write.action == .delete ? "\(place).request" : "\(place).resource"
            kind = .write(write)
        } catch {
            throw error.inside("\(place).request")
        }
    }
}
