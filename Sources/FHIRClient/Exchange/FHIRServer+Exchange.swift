internal import FHIR
internal import JSON
internal import OutboundHTTP
internal import Workflow

extension FHIRServer {
    static let mediaType = "application/fhir+json"

    /// Sends a request and reads the answer as JSON.
    ///
    /// - Throws: what the client throws; `incorrect` `.mediaType` and `.malformed`.
    func exchange(
        _ method: OutboundRequest.Method, _ path: RequestPath, headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil
    ) async throws(AdapterError) -> JSONValue {
        guard let json = try await exchangeIfAny(method, path, headers: headers, body: body) else {
            throw error(.incorrect, "malformed")
        }
        return json
    }

    /// As ``exchange(_:_:headers:body:)``; nil when the answer has no body.
    func exchangeIfAny(
        _ method: OutboundRequest.Method, _ path: RequestPath, headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil
    ) async throws(AdapterError) -> JSONValue? {
        let headers = [(name: "Accept", value: Self.mediaType)] + headers
        let answer = try await client.send(OutboundRequest(method, path, headers: headers, body: body))
        guard !answer.body.isEmpty else { return nil }
        guard let type = answer.head.mediaType, type == Self.mediaType || type == "application/json" else {
            throw error(.incorrect, "mediaType")
        }
        guard let json = try? JSONValue(parsing: answer.body) else { throw error(.incorrect, "malformed") }
        return json
    }

    func path(_ segments: String...) throws(AdapterError) -> RequestPath {
        guard let path = RequestPath(segments) else { throw error(.incorrect, "path") }
        return path
    }

    func error(_ category: ErrorCategory, _ code: String) -> AdapterError {
        AdapterError(category, code: "\(client.name).\(code)")
    }
}
