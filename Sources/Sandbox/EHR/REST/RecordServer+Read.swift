internal import FHIR
internal import JSON

// Reads (R4 §3.1.0.2, §3.1.0.3, §3.1.0.13).
extension RecordServer {
    static func requireType(_ type: String) throws(RecordFault) {
        guard ElementTable.resources[type] != nil else {
            throw RecordFault(404, "not-supported", "This server has no such resource type.")
        }
    }

    /// Whatever GET can ask for.
    mutating func get(
        _ path: [String], _ query: [FormCoding.Parameter], ifNoneMatch: String? = nil, strict: Bool, now: FHIRInstant
    ) throws(RecordFault) -> RecordAnswer {
        guard let type = path.first else { throw RecordFault.methodNotAllowed("POST") }
        if path == ["metadata"] { return RecordAnswer(status: 200, resource: capabilityStatement) }
        try Self.requireType(type)
        let key = path.count > 1 ? ResourceKey(type: type, id: path[1]) : nil
        switch (path.count, key) {
        case (1, _): return try search(type, query, strict: strict, now: now)
        case (2, _) where path[1] == "_search": throw RecordFault.methodNotAllowed("POST")
        case (2, let key?): return try read(key, ifNoneMatch: ifNoneMatch)
        case (3, let key?) where path[2] == "_history": return try history(key, now: now)
        case (4, let key?) where path[2] == "_history": return try versionRead(key, path[3])
        default: throw RecordFault(404, "not-supported", "There is nothing at this path.")
        }
    }

    private func read(_ key: ResourceKey, ifNoneMatch: String?) throws(RecordFault) -> RecordAnswer {
        guard let latest = store.latest(key) else { throw RecordFault(404, "not-found", "There is no such resource.") }
        guard latest.resource != nil else { throw RecordFault(410, "deleted", "The resource was deleted.") }
        var answer = RecordAnswer(status: 200, key: key, version: latest)
        if let ifNoneMatch, Self.version(inETag: ifNoneMatch) == String(latest.number) { answer.status = 304 }
        return answer
    }

    private func versionRead(_ key: ResourceKey, _ number: String) throws(RecordFault) -> RecordAnswer {
        guard let version = store.history(key).first(where: { String($0.number) == number }) else {
            throw RecordFault(404, "not-found", "There is no such version.")
        }
        guard version.resource != nil else { throw RecordFault(410, "deleted", "This version is a deletion.") }
        return RecordAnswer(status: 200, key: key, version: version)
    }

    private func history(_ key: ResourceKey, now: FHIRInstant) throws(RecordFault) -> RecordAnswer {
        let versions = store.history(key)
        guard !versions.isEmpty else { throw RecordFault(404, "not-found", "There is no such resource.") }
        let entries = versions.map { version in
            JSONObject(elements: [
                "fullUrl": "\(base)/\(key.reference)",
                "resource": version.resource,
                "request": JSONObject(elements: [
                    "method": version.change.rawValue,
                    "url": version.change == .created && version.number == 1 ? key.type : key.reference,
                ]),
                "response": JSONObject(elements: [
                    "status": RecordAnswer.statusLine(
                        version.change == .created ? 201 : version.change == .deleted ? 204 : 200),
                    "etag": version.etag, "lastModified": version.lastUpdated.text,
                ]),
            ])
        }
        let link = JSONObject(elements: ["relation": "self", "url": "\(base)/\(key.reference)/_history"])
        return RecordAnswer(
            status: 200,
            resource: Bundle(elements: [
                "meta": JSONObject(elements: ["lastUpdated": now.text]), "type": "history", "total": entries.count,
                "link": [link], "entry": entries,
            ]).elements)
    }
}
