internal import FHIR
internal import JSON
internal import OutboundHTTP

// R4 Subscription with rest-hook channels (R4 §2.46).
extension RecordServer {
    private static let payloads = [FHIRMediaType.fhir, "application/json"]

    /// What the server can serve at all.
    ///
    /// - Throws: 422 for a channel, criterion or status that it cannot.
    func checkSubscription(_ subscription: JSONObject, at key: ResourceKey) throws(RecordFault) {
        func refuse(_ words: String, _ element: String) -> RecordFault {
            RecordFault(422, "business-rule", words, at: "Subscription.\(element)")
        }
        let status = subscription["status"]?.string ?? ""
        guard ["requested", "off"].contains(status) || store.resource(key)?["status"]?.string == status else {
            throw refuse("A client may ask for requested or off.", "status")
        }
        let channel = subscription["channel"]
        guard channel?["type"]?.string == "rest-hook" else {
            throw refuse("Only rest-hook channels are supported.", "channel.type")
        }
        guard let endpoint = channel?["endpoint"]?.string, HTTPRoot(endpoint)?.isLoopback == true else {
            throw refuse("A rest-hook needs an http endpoint on this machine.", "channel.endpoint")
        }
        if let payload = channel?["payload"]?.string, !Self.payloads.contains(FHIRMediaType.essence(payload) ?? "") {
            throw refuse("Only JSON payloads are supported.", "channel.payload")
        }
        guard (channel?["header"]?.array ?? []).allSatisfy({ Self.header($0) != nil }) else {
            throw refuse("A header must be one line, name and value with a colon between.", "channel.header")
        }
        guard (try? criteria(subscription)) != nil else {
            throw refuse("The criteria must be a search that this server supports.", "criteria")
        }
    }

    /// What subscriptions send because of the changes of this request; then new subscriptions become active.
    mutating func notify(now: FHIRInstant) -> [SubscriptionDelivery] {
        let changes = changed
        changed = []
        var deliveries: [SubscriptionDelivery] = []
        for (key, subscription) in store.all("Subscription") where subscription["status"] == "active" {
            if let end = subscription["end"]?.string.flatMap({ TimeRange($0) }), end.start <= now.microsecondsSinceEpoch
            {
                setStatus("off", of: key, now: now)
                continue
            }
            guard let query = try? criteria(subscription) else { continue }
            let matching = SearchMatching(store: store, base: base)
            for change in changes where change.type == query.type {
                guard let resource = store.resource(change), matching.matches(resource, query) else { continue }
                deliveries.append(delivery(of: resource, change, to: subscription, key))
            }
        }
        for change in changes where change.type == "Subscription" {
            if store.resource(change)?["status"] == "requested" { setStatus("active", of: change, now: now) }
        }
        return deliveries
    }

    /// Records that a delivery failed for good: the subscription is in error until the client asks for it again.
    mutating func deliveryFailed(subscription id: String, reason: String, now: FHIRInstant) {
        setStatus("error", of: ResourceKey(type: "Subscription", id: id), error: reason, now: now)
    }

    private mutating func setStatus(_ status: String, of key: ResourceKey, error: String? = nil, now: FHIRInstant) {
        guard var subscription = store.resource(key) else { return }
        subscription["status"] = .string(status)
        subscription["error"] = error.map { .string($0) }
        store.put(subscription, at: key, now: now)
    }

    private func criteria(_ subscription: JSONObject) throws(RecordFault) -> SearchQuery {
        let parts = (subscription["criteria"]?.string ?? "")
            .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let type = String(parts.first ?? "")
        try Self.requireType(type)
        guard type != "Subscription" else { throw RecordFault(422, "not-supported", "Not about subscriptions.") }
        guard let parameters = FormCoding.parse(parts.count > 1 ? String(parts[1]) : "") else {
            throw RecordFault(400, "invalid", "The criteria are not properly encoded.")
        }
        return try SearchQuery(type: type, parameters: parameters, strict: true)
    }

    private func delivery(
        of resource: JSONObject, _ change: ResourceKey, to subscription: JSONObject, _ key: ResourceKey
    ) -> SubscriptionDelivery {
        let channel = subscription["channel"]
        let endpoint = channel?["endpoint"]?.string ?? ""
        let own = (channel?["header"]?.array ?? []).compactMap(Self.header)
        guard let payload = channel?["payload"]?.string else {
            return SubscriptionDelivery(
                subscription: key.id, resource: change.reference, method: "POST", url: endpoint, headers: own, body: [])
        }
        let root = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        return SubscriptionDelivery(
            subscription: key.id, resource: change.reference, method: "PUT", url: "\(root)/\(change.reference)",
            headers: [(name: "Content-Type", value: payload)] + own, body: JSONValue.object(resource).serialized())
    }

    /// `Name: value`; nil for what could become two headers.
    private static func header(_ value: JSONValue) -> (name: String, value: String)? {
        guard let text = value.string, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        let name = text[..<colon]
        let rest = text[text.index(after: colon)...].drop { $0 == " " }
        let isToken = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E: true
            default: false
            }
        }
        guard !name.isEmpty, isToken else { return nil }
        return (String(name), String(rest))
    }
}
