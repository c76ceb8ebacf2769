internal import FHIR
internal import JSON
internal import OutboundHTTP
internal import Workflow

extension FHIRServer {
    /// Reads one resource by its logical id (R4 §3.1.0.2); nil when there is none or no longer (404, 410).
    ///
    /// - Throws: `incorrect` `.read.id` when `id` is no logical id, `.read.mismatch` when another resource came back.
    func read<Typed: TypedResource>(_ type: Typed.Type, id: String) async throws(AdapterError) -> Typed? {
        guard isValidID(id) else { throw error(.incorrect, "read.id") }
        let json: JSONValue
        do {
            json = try await exchange(.get, path(Typed.resourceType, id))
        } catch  where error.category == .notFound {
            return nil
        }
        guard let resource = try? Typed(json), resource.id == id else { throw error(.incorrect, "read.mismatch") }
        return resource
    }
}
