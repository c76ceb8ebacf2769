internal import FHIR
internal import JSON

/// The pretend EHR: a FHIR R4 server in memory (R4 §3.1), request in, response and notifications out.
///
/// A value without clock, sockets or randomness: the caller says what time it is, ids come from a counter, and a
/// request that fails changes nothing. Stricter than most servers, so that it judges what the gateway sends: unknown
/// elements, wrong types and codes, wrong targets and dangling references are refused.
struct RecordServer: Sendable {
    /// The service base, absolute, without a slash at the end.
    let base: String
    /// The largest body of a request.
    let bodyLimit: Int
    var store = ResourceStore()
    var pages = SearchPages()
    /// What the current request created or updated, for subscriptions.
    var changed: [ResourceKey] = []

    init(base: String, bodyLimit: Int = 32 << 20) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.bodyLimit = bodyLimit
    }

    /// Answers one request; `path` is relative to the base.
    ///
    /// The deliveries are what rest-hook subscriptions get because of it, in the order of the changes.
    mutating func respond(
        to request: HTTPExchangeRequest, now: FHIRInstant
    ) -> (response: HTTPExchangeResponse, deliveries: [SubscriptionDelivery]) {
        var response: HTTPExchangeResponse
        do throws(RecordFault) {
            response = try answer(request, now: now)
        } catch {
            response = Self.response(error)
        }
        if request.method == "HEAD" { response.body = [] }
        return (response, notify(now: now))
    }

    private mutating func answer(
        _ request: HTTPExchangeRequest, now: FHIRInstant
    ) throws(RecordFault) -> HTTPExchangeResponse {
        guard request.body.count <= bodyLimit else {
            throw RecordFault(413, "too-long", "The body is larger than \(bodyLimit) bytes.")
        }
        try FHIRMediaType.requireAcceptsJSON(request.headers["accept"], format: request.parameter("_format"))
        let preferences = RecordPreferences(request.headers["prefer"])
        let answer: RecordAnswer
        switch (request.method, request.path) {
        case ("POST", []):
            answer = try bundle(resource(request), preferences, now: now)
        case ("GET", _), ("HEAD", _):
            answer = try get(
                request.path, request.query, ifNoneMatch: request.headers["if-none-match"],
                strict: preferences.isStrict, now: now)
        case ("POST", _) where request.path.count == 2 && request.path[1] == "_search":
            answer = try search(
                request.path[0], request.query + form(request), strict: preferences.isStrict, now: now)
        default:
            answer = try write([write(request)], now: now)[0]
        }
        let style: JSONStyle = request.parameter("_pretty") == "true" ? .pretty : .compact
        return Self.response(answer, preferences, style, base: base)
    }

    /// What a PUT, POST or DELETE asks for.
    private func write(_ request: HTTPExchangeRequest) throws(RecordFault) -> RecordWrite {
        let query = FormCoding.serialize(request.query.filter { !["_format", "_pretty"].contains($0.name) })
        var write = try RecordWrite(method: request.method, path: request.path, query: query)
        if write.action != .delete { write.resource = try resource(request) }
        write.ifMatch = request.headers["if-match"]
        if write.action == .create { write.condition = request.headers["if-none-exist"] }
        return write
    }

    private func resource(_ request: HTTPExchangeRequest) throws(RecordFault) -> JSONObject {
        try FHIRMediaType.requireJSON(request.headers["content-type"])
        let body: JSONValue
        do throws(JSONError) {
            body = try JSONValue(parsing: request.body)
        } catch {
            throw RecordFault(400, "structure", "The body is not JSON: \(error.code.rawValue) at byte \(error.offset).")
        }
        guard let object = body.object, object["resourceType"]?.string != nil else {
            throw RecordFault(400, "structure", "The body is no resource: it has no resourceType.")
        }
        return object
    }

    private func form(_ request: HTTPExchangeRequest) throws(RecordFault) -> [FormCoding.Parameter] {
        guard FHIRMediaType.essence(request.headers["content-type"]) == FHIRMediaType.form else {
            throw RecordFault(415, "not-supported", "Send \(FHIRMediaType.form).")
        }
        guard let text = String(validating: request.body, as: UTF8.self), let form = FormCoding.parse(text) else {
            throw RecordFault(400, "invalid", "The form is not properly encoded.")
        }
        return form
    }

    private static func response(_ fault: RecordFault) -> HTTPExchangeResponse {
        var headers = [contentType]
        if let allow = fault.allow { headers.append((name: "Allow", value: allow)) }
        return HTTPExchangeResponse(
            status: fault.status, headers: headers, body: JSONValue.object(fault.outcome).serialized())
    }

    private static func response(
        _ answer: RecordAnswer, _ preferences: RecordPreferences, _ style: JSONStyle, base: String
    ) -> HTTPExchangeResponse {
        var headers: [(name: String, value: String)] = []
        if let etag = answer.etag { headers.append((name: "ETag", value: etag)) }
        if let time = answer.lastModified { headers.append((name: "Last-Modified", value: time.httpDate)) }
        if let location = answer.location { headers.append((name: "Location", value: "\(base)/\(location)")) }
        let hasBody = answer.status != 304 && answer.status != 204
        let body = hasBody ? answer.body(preferences.returns ?? .representation).map(withoutSecrets) : nil
        if body != nil { headers.append(contentType) }
        return HTTPExchangeResponse(
            status: answer.status, headers: headers, body: body.map { JSONValue.object($0).serialized(style) } ?? [])
    }

    /// The header fields of a subscription are known to who made it and to nobody else.
    private static func withoutSecrets(_ resource: JSONObject) -> JSONObject {
        var resource = resource
        if let entries = resource["entry"]?.array {
            resource["entry"] = .array(
                entries.map { entry in
                    guard var object = entry.object, let inner = object["resource"]?.object else { return entry }
                    object["resource"] = .object(withoutSecrets(inner))
                    return .object(object)
                })
        }
        guard resource["resourceType"]?.string == "Subscription", var channel = resource["channel"]?.object,
            let headers = channel["header"]?.array
        else { return resource }
        channel["header"] = .array(
            headers.map { header in
                .string("\(header.string?.split(separator: ":").first.map(String.init) ?? "Header"): (not shown)")
            })
        resource["channel"] = .object(channel)
        return resource
    }

    private static let contentType = (name: "Content-Type", value: "\(FHIRMediaType.fhir); charset=utf-8")
}
