internal import FHIR
internal import JSON

// What the pretend hospital itself does with its record, without HTTP.
extension RecordServer {
    /// Stores a resource as PUT does when it has an id, else as POST does, under the same rules.
    ///
    /// - Returns: `Type/id`, and what subscriptions get because of it.
    /// - Throws: what the server would answer.
    mutating func store(
        _ resource: JSONValue, now: FHIRInstant
    ) throws(RecordFault) -> (reference: String, deliveries: [SubscriptionDelivery]) {
        let type = resource["resourceType"]?.string ?? ""
        let path = [type] + (resource["id"]?.string.map { [$0] } ?? [])
        var write = try RecordWrite(method: path.count == 2 ? "PUT" : "POST", path: path, query: "")
        write.resource = resource.object ?? JSONObject()
        let answer = try self.write([write], now: now)[0]
        let location = answer.location ?? ""
        let reference = ReferenceTarget(location).map { ResourceKey(type: $0.type, id: $0.id).reference }
        return (reference ?? location, notify(now: now))
    }

    /// All resources of a type as they are now, in the order of their creation.
    func resources(_ type: String) -> [Resource] {
        store.all(type).compactMap { try? Resource(.object($0.resource)) }
    }

    /// How often a resource was stored, deletions included; 0 when it never was.
    func versions(_ reference: String) -> Int {
        Self.localKey(reference).flatMap { store.latest($0) }?.number ?? 0
    }

    private static func localKey(_ reference: String) -> ResourceKey? {
        ReferenceIntegrity.key(reference, base: "")
    }
}
