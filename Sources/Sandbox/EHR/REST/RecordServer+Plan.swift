internal import FHIR
internal import JSON

// Which resource each write means, decided by what was there before any of them (R4 §3.1.0.11.2).
extension RecordServer {
    mutating func plan(_ writes: [RecordWrite]) throws(RecordFault) -> [PlannedWrite] {
        let before = SearchMatching(store: store, base: base)
        var planned: [PlannedWrite] = []
        var touched: Set<ResourceKey> = []
        /// Keys by type and condition, so that two entries with one condition make one resource.
        var created: [String: ResourceKey] = [:]
        for write in writes {
            do throws(RecordFault) {
                try write.requireSameType()
                let one: PlannedWrite =
                    switch write.action {
                    case .create: try planCreate(write, before, &created)
                    case .update: try planUpdate(write, before)
                    case .delete: try planDelete(write, before)
                    }
                if let key = one.key, one.effect != .none, !touched.insert(key).inserted {
                    throw RecordFault(400, "invalid", "Two entries of the bundle change the same resource.")
                }
                planned.append(one)
            } catch {
                throw write.place.map(error.inside) ?? error
            }
        }
        return planned
    }

    private mutating func planCreate(
        _ write: RecordWrite, _ before: SearchMatching, _ created: inout [String: ResourceKey]
    ) throws(RecordFault) -> PlannedWrite {
        if let condition = write.condition {
            let query = try SearchQuery.condition(condition, type: write.type)
            if let key = try Self.onlyOne(before.matches(query)) {
                return PlannedWrite(write: write, key: key, effect: .none)
            }
            if let key = created["\(write.type)?\(condition)"] {
                return PlannedWrite(write: write, key: key, effect: .none)
            }
        }
        let key = ResourceKey(type: write.type, id: store.newID(write.type))
        if let condition = write.condition { created["\(write.type)?\(condition)"] = key }
        return PlannedWrite(write: write, key: key, effect: .create)
    }

    private mutating func planUpdate(_ write: RecordWrite, _ before: SearchMatching) throws(RecordFault) -> PlannedWrite
    {
        var write = write
        let ownID = write.resource["id"]?.string
        let key: ResourceKey
        if let id = write.id {
            guard ownID == id else {
                throw RecordFault(
                    400, "invalid", "The id in the resource is not the one in the URL.", at: "\(write.type).id")
            }
            key = ResourceKey(type: write.type, id: id)
        } else {
            let query = try SearchQuery.condition(write.condition ?? "", type: write.type)
            if let match = try Self.onlyOne(before.matches(query)) {
                guard ownID == nil || ownID == match.id else {
                    throw RecordFault(
                        400, "invalid", "The resource has another id than the one found.", at: "\(write.type).id")
                }
                key = match
            } else if let ownID {
                guard isValidID(ownID) else {
                    throw RecordFault(400, "value", "This is no id.", at: "\(write.type).id")
                }
                key = ResourceKey(type: write.type, id: ownID)
            } else {
                key = ResourceKey(type: write.type, id: store.newID(write.type))
            }
            write.resource["id"] = .string(key.id)
        }
        try requireMatch(write.ifMatch, key)
        return PlannedWrite(write: write, key: key, effect: store.resource(key) == nil ? .create : .replace)
    }

    private func planDelete(_ write: RecordWrite, _ before: SearchMatching) throws(RecordFault) -> PlannedWrite {
        var key = write.id.map { ResourceKey(type: write.type, id: $0) }
        if key == nil {
            key = try Self.onlyOne(before.matches(SearchQuery.condition(write.condition ?? "", type: write.type)))
        }
        if let key { try requireMatch(write.ifMatch, key) }
        let exists = key.flatMap(store.resource) != nil
        return PlannedWrite(write: write, key: key, effect: exists ? .delete : .none)
    }

    /// R4 §3.1.0.5: 412 unless the version is the one that the client has seen.
    private func requireMatch(_ ifMatch: String?, _ key: ResourceKey) throws(RecordFault) {
        guard let ifMatch else { return }
        guard let version = Self.version(inETag: ifMatch) else {
            throw RecordFault(400, "value", "If-Match must be an ETag such as W/\"3\".")
        }
        guard let current = store.latest(key), current.resource != nil, String(current.number) == version else {
            throw RecordFault(412, "conflict", "The resource is not at this version.")
        }
    }

    static func onlyOne(_ matches: [ResourceKey]) throws(RecordFault) -> ResourceKey? {
        guard matches.count <= 1 else {
            throw RecordFault(412, "multiple-matches", "\(matches.count) resources meet the condition.")
        }
        return matches.first
    }

    /// The version in `W/"3"` or `"3"`.
    static func version(inETag text: String) -> String? {
        let quoted = text.hasPrefix("W/") ? text.dropFirst(2) : text[...]
        guard quoted.utf8.count > 2, quoted.first == "\"", quoted.last == "\"" else { return nil }
        return String(quoted.dropFirst().dropLast())
    }
}
