internal import FHIR
internal import JSON

/// The outcome of one interaction, before it becomes an HTTP response or an entry of a bundle.
struct RecordAnswer: Sendable {
    var status: Int
    /// The resource as stored, or what was asked for.
    var resource: JSONObject?
    var etag: String?
    var lastModified: FHIRInstant?
    /// `Type/id/_history/version`.
    var location: String?
    /// Whether `Prefer: return=` says what comes back.
    var isWrite = false

    /// One version of a resource, as an answer.
    init(status: Int, key: ResourceKey, version: StoredVersion, isWrite: Bool = false) {
        self.status = status
        resource = version.resource
        etag = version.etag
        lastModified = version.lastUpdated
        location = isWrite ? "\(key.reference)/_history/\(version.number)" : nil
        self.isWrite = isWrite
    }

    init(status: Int, resource: JSONObject? = nil, isWrite: Bool = false) {
        self.status = status
        self.resource = resource
        self.isWrite = isWrite
    }

    /// The body under the client's preference; nil for none.
    func body(_ preferred: RecordPreferences.Return) -> JSONObject? {
        guard isWrite else { return resource }
        return switch preferred {
        case .minimal: nil
        case .representation: resource
        case .outcome: done
        }
    }

    private var done: JSONObject {
        let words = "Done: \(Self.reason(status))."
        return OperationOutcome([OperationOutcome.Issue(.information, "informational", diagnostics: words)]).elements
    }

    /// `201 Created`.
    static func statusLine(_ status: Int) -> String { "\(status) \(reason(status))" }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 404: "Not Found"
        case 406: "Not Acceptable"
        case 507: "Insufficient Storage"
        case 405: "Method Not Allowed"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        default: "Error"
        }
    }
}
