internal import FHIR
internal import JSON

/// One change that is asked for: create, update or delete, by id or by condition (R4 §3.1.0.4 to §3.1.0.8).
struct RecordWrite: Sendable {
    enum Action: Sendable { case create, update, delete }

    let action: Action
    let type: String
    /// Nil for creates and for conditional updates and deletes.
    let id: String?
    /// A query that finds the resource in question; nil for none.
    var condition: String?
    /// `W/"3"`: only if that is still the version.
    var ifMatch: String?
    var resource = JSONObject()
    /// The entry's fullUrl, by which others in the bundle refer to it.
    var fullURL: String?
    /// Where in a bundle it stands, such as `Bundle.entry[2].resource`.
    var place: String?

    /// Reads method, path and query.
    ///
    /// - Throws: 404 for unknown types and paths, 405 for other methods, 400 for ids outside the grammar.
    init(method: String, path: [String], query: String) throws(RecordFault) {
        guard let type = path.first else { throw RecordFault.methodNotAllowed("POST") }
        try RecordServer.requireType(type)
        guard path.count <= 2, path.dropFirst().first.map({ !$0.hasPrefix("_") && !$0.hasPrefix("$") }) ?? true else {
            if path.count == 2, path[1] == "_search" { throw RecordFault.methodNotAllowed("POST") }
            if path.count > 2, path[2] == "_history" { throw RecordFault.methodNotAllowed("GET, HEAD") }
            throw RecordFault(404, "not-supported", "There is nothing at this path.")
        }
        self.type = type
        id = path.count == 2 ? path[1] : nil
        switch (method, id) {
        case ("POST", nil): action = .create
        case ("PUT", _) where id != nil || !query.isEmpty: action = .update
        case ("DELETE", _) where id != nil || !query.isEmpty: action = .delete
        case ("PUT", _), ("DELETE", _):
            throw RecordFault(400, "required", "An id or a condition must say which resource is meant.")
        default:
            throw RecordFault.methodNotAllowed(id == nil ? "GET, HEAD, POST, PUT, DELETE" : "GET, HEAD, PUT, DELETE")
        }
        if action == .update, let id, !isValidID(id) {
            throw RecordFault(400, "value", "The id in the URL is outside the grammar of ids.")
        }
        if action != .create, id == nil { condition = query }
    }

    /// The resource's own type must be the one of the URL.
    func requireSameType() throws(RecordFault) {
        guard action != .delete else { return }
        let own = resource["resourceType"]?.string
        guard own == type else {
            throw RecordFault(400, "invalid", "The resource is not of the type in the URL.", at: "\(type).resourceType")
        }
    }
}
