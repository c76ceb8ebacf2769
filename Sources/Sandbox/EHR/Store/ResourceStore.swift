internal import FHIR
internal import JSON

/// Where a resource lives: its type and logical id.
struct ResourceKey: Hashable, Sendable {
    let type: String
    let id: String

    /// `Type/id`.
    var reference: String { "\(type)/\(id)" }
}

/// One version of a resource (R4 §3.1.0.1.1).
struct StoredVersion: Sendable {
    enum Change: String, Sendable {
        case created = "POST"
        case updated = "PUT"
        case deleted = "DELETE"
    }

    let number: Int
    let lastUpdated: FHIRInstant
    let change: Change
    /// Nil when this version is a deletion.
    let resource: JSONObject?

    /// `W/"3"`.
    var etag: String { "W/\"\(number)\"" }
}

/// All resources with their versions, in memory: the one truth of the pretend EHR.
struct ResourceStore: Sendable {
    /// Older versions of a resource are forgotten.
    static let versionsKept = 100
    /// Resources in all, deleted ones included.
    static let resourcesKept = 100_000

    private var versions: [ResourceKey: [StoredVersion]] = [:]
    /// Ids of each type in the order in which they were created.
    private var ids: [String: [String]] = [:]
    private var counter = 1_000

    var isFull: Bool { versions.count >= Self.resourcesKept }

    /// The latest version, which may be a deletion; nil when there never was one.
    func latest(_ key: ResourceKey) -> StoredVersion? { versions[key]?.last }

    /// The resource as it is now; nil when there is none or it is deleted.
    func resource(_ key: ResourceKey) -> JSONObject? { latest(key)?.resource }

    /// Every version that is kept, newest first.
    func history(_ key: ResourceKey) -> [StoredVersion] { versions[key]?.reversed() ?? [] }

    /// What is there of a type, in the order of creation.
    func all(_ type: String) -> [(key: ResourceKey, resource: JSONObject)] {
        (ids[type] ?? []).compactMap { id in
            let key = ResourceKey(type: type, id: id)
            return resource(key).map { (key, $0) }
        }
    }

    /// An id that nothing has had; it is given out once.
    mutating func newID(_ type: String) -> String {
        repeat { counter += 1 } while versions[ResourceKey(type: type, id: String(counter))] != nil
        return String(counter)
    }

    /// Stores a version with its id and `meta`; whatever else the client put into `meta` stays.
    @discardableResult
    mutating func put(_ resource: JSONObject, at key: ResourceKey, now: FHIRInstant) -> StoredVersion {
        let number = (latest(key)?.number ?? 0) + 1
        var meta = resource["meta"]?.object ?? JSONObject()
        meta["versionId"] = .string(String(number))
        meta["lastUpdated"] = .string(now.text)
        // Type, id and meta stand first, as people expect them.
        var stored: JSONObject = ["resourceType": .string(key.type), "id": .string(key.id), "meta": .object(meta)]
        for (name, value) in resource where !["resourceType", "id", "meta"].contains(name) { stored[name] = value }
        let change: StoredVersion.Change = self.resource(key) == nil ? .created : .updated
        let version = StoredVersion(number: number, lastUpdated: now, change: change, resource: stored)
        append(version, key)
        return version
    }

    /// Marks a resource as deleted; nothing happens when it is not there.
    mutating func delete(_ key: ResourceKey, now: FHIRInstant) {
        guard resource(key) != nil, let last = latest(key) else { return }
        append(StoredVersion(number: last.number + 1, lastUpdated: now, change: .deleted, resource: nil), key)
    }

    private mutating func append(_ version: StoredVersion, _ key: ResourceKey) {
        if versions[key] == nil { ids[key.type, default: []].append(key.id) }
        versions[key, default: []].append(version)
        if let count = versions[key]?.count, count > Self.versionsKept {
            versions[key]?.removeFirst(count - Self.versionsKept)
        }
    }
}
