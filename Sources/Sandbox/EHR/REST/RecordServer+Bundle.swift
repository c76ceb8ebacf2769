internal import FHIR
internal import JSON

// Transactions and batches (R4 §3.1.0.11).
extension RecordServer {
    static let mostEntries = 1_000

    mutating func bundle(
        _ bundle: JSONObject, _ preferences: RecordPreferences, now: FHIRInstant
    ) throws(RecordFault) -> RecordAnswer {
        guard bundle["resourceType"]?.string == "Bundle" else {
            throw RecordFault(400, "invalid", "Only a Bundle can be posted here.", at: "Bundle.resourceType")
        }
        guard let entries = (bundle["entry"] ?? .array([])).array else {
            throw RecordFault(400, "structure", "The entries must be an array.", at: "Bundle.entry")
        }
        guard entries.count <= Self.mostEntries else {
            throw RecordFault(413, "too-costly", "More than \(Self.mostEntries) entries.", at: "Bundle.entry")
        }
        let answers: [JSONObject]
        switch bundle["type"]?.string {
        case "transaction": answers = try transaction(entries, preferences, now: now)
        case "batch": answers = batch(entries, preferences, now: now)
        default:
            throw RecordFault(400, "value", "The Bundle must be a transaction or a batch.", at: "Bundle.type")
        }
        let type = (bundle["type"]?.string ?? "") + "-response"
        return RecordAnswer(status: 200, resource: Bundle(elements: ["type": type, "entry": answers]).elements)
    }

    private mutating func transaction(
        _ entries: [JSONValue], _ preferences: RecordPreferences, now: FHIRInstant
    ) throws(RecordFault) -> [JSONObject] {
        var draft = self
        var requests: [BundleEntryRequest] = []
        for (index, entry) in entries.enumerated() {
            requests.append(try BundleEntryRequest(entry, place: "Bundle.entry[\(index)]", base: base))
        }
        let writes = requests.map { request -> RecordWrite? in
            if case .write(let write) = request.kind { write } else { nil }
        }
        let urls = writes.compactMap { $0?.fullURL }
        guard Set(urls).count == urls.count else {
            throw RecordFault(
                400, "duplicate", "bdl-7: a fullUrl stands twice in the bundle.", at: "Bundle.entry.fullUrl")
        }
        var written = try draft.write(writes.compactMap { $0 }, now: now)[...]
        var answers: [JSONObject] = []
        for (index, request) in requests.enumerated() {
            switch request.kind {
            case .write:
                if let answer = written.popFirst() { answers.append(Self.entry(answer, preferences)) }
            case .read(let path, let query, let ifNoneMatch):
                do throws(RecordFault) {
                    let answer = try draft.get(
                        path, query, ifNoneMatch: ifNoneMatch, strict: preferences.isStrict, now: now)
                    answers.append(Self.entry(answer, preferences))
                } catch {
                    throw error.inside("Bundle.entry[\(index)]")
                }
            }
        }
        self = draft
        return answers
    }

    /// Each entry on its own; what fails says so in its place.
    private mutating func batch(
        _ entries: [JSONValue], _ preferences: RecordPreferences, now: FHIRInstant
    ) -> [JSONObject] {
        entries.enumerated().map { index, entry in
            do throws(RecordFault) {
                let request = try BundleEntryRequest(entry, place: "Bundle.entry[\(index)]", base: base)
                switch request.kind {
                case .write(let write): return Self.entry(try self.write([write], now: now)[0], preferences)
                case .read(let path, let query, let ifNoneMatch):
                    let answer = try get(
                        path, query, ifNoneMatch: ifNoneMatch, strict: preferences.isStrict, now: now)
                    return Self.entry(answer, preferences)
                }
            } catch {
                let response = JSONObject(elements: [
                    "status": RecordAnswer.statusLine(error.status), "outcome": error.outcome,
                ])
                return JSONObject(elements: ["response": response])
            }
        }
    }

    /// Resources that were written come back only when the client asks for them.
    private static func entry(_ answer: RecordAnswer, _ preferences: RecordPreferences) -> JSONObject {
        let preferred = preferences.returns ?? .minimal
        let body = answer.status == 204 || answer.status == 304 ? nil : answer.body(preferred)
        let isOutcome = answer.isWrite && preferred == .outcome
        return JSONObject(elements: [
            "resource": isOutcome ? nil : body,
            "response": JSONObject(elements: [
                "status": RecordAnswer.statusLine(answer.status), "location": answer.location, "etag": answer.etag,
                "lastModified": answer.lastModified?.text, "outcome": isOutcome ? body : nil,
            ]),
        ])
    }
}
