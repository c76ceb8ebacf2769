public import FHIR
internal import JSON
internal import OutboundHTTP
public import Workflow

extension FHIRServer {
    private static let representation = [
        (name: "Content-Type", value: mediaType), (name: "Prefer", value: "return=representation"),
    ]

    /// Posts a Bundle of type transaction (R4 §3.1.0.11) and returns the answer, one success for each entry.
    ///
    /// When the connection breaks after the request went out, the outcome is unknown (`interrupted`): the entries must
    /// be such that sending them again does no harm.
    /// - Throws: `incorrect` `.transaction.type` for any other Bundle, `.transaction.malformed` for an answer that is
    ///   no transaction-response with one entry each; the status of the first entry that is no success, as
    ///   `.transaction.<status>`.
    public func submit(_ transaction: Bundle) async throws(AdapterError) -> Bundle {
        guard transaction.type == "transaction" else { throw error(.incorrect, "transaction.type") }
        let body = transaction.json.serialized(.compact)
        let json = try await exchange(.post, .root, headers: Self.representation, body: body)
        guard let answer = try? Bundle(json), answer.type == "transaction-response",
            answer.entries.count == transaction.entries.count
        else { throw error(.incorrect, "transaction.malformed") }
        for entry in answer.entries {
            guard let status = entry.response?.statusCode else { throw error(.incorrect, "transaction.malformed") }
            guard (200..<300).contains(status) else {
                throw error(ErrorCategory(status: status), "transaction.\(status)")
            }
        }
        return answer
    }

    /// Writes a resource under its id, only if the server still has the version that was read (R4 §3.1.0.5), and
    /// returns it as stored.
    ///
    /// - Throws: `conflict` (409, 412) when someone else changed it; `incorrect` `.write.identity` without id or
    ///   version, `.read.mismatch` when another resource came back.
    public func update<Typed: TypedResource>(
        _ resource: Typed, ifMatch version: String
    ) async throws(AdapterError) -> Typed {
        guard let id = resource.id, isValidID(id), isValidID(version) else { throw error(.incorrect, "write.identity") }
        let headers = Self.representation + [(name: "If-Match", value: "W/\"\(version)\"")]
        let json = try await exchangeIfAny(
            .put, path(Typed.resourceType, id), headers: headers, body: resource.json.serialized(.compact))
        let stored = json.flatMap { try? Typed($0) }
        if let stored {
            guard stored.id == id else { throw error(.incorrect, "read.mismatch") }
            return stored
        }
        // The server prefers to return nothing, or an OperationOutcome.
        guard let read = try await read(Typed.self, id: id) else { throw error(.conflict, "write.vanished") }
        return read
    }
}
