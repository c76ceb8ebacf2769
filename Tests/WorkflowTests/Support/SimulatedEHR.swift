import Audit
import DICOM
import FHIR
import JSON
import Synchronization
import Workflow

/// A FHIR server in memory: identifiers, conditional create, versions, If-Match. Each access goes to the ledger.
final class SimulatedEHR: EHR {
    typealias Hook = @Sendable () async throws(AdapterError) -> Void

    struct State {
        var resources: [String: [JSONObject]] = [:]
        var nextID = 1
        var error: AdapterError?
        var beforeSubmit: [Hook] = []
        var afterSubmit: [Hook] = []
        var hidden: Set<String> = []
    }

    let name = "ehr"
    let base = "https://ehr.example/fhir"
    private let ledger: Ledger
    private let state = Mutex(State())

    init(ledger: Ledger) { self.ledger = ledger }

    /// A hook that does something and then fails.
    static func failing(_ error: AdapterError, after body: @escaping @Sendable () async -> Void = {}) -> Hook {
        { () async throws(AdapterError) in
            await body()
            throw error
        }
    }

    // MARK: - What a test does

    /// Stores a resource as somebody else would.
    func put(_ json: String) throws {
        guard let elements = try JSONValue(parsing: Array(json.utf8)).object else { throw Missing() }
        state.withLock { state in _ = state.store(elements) }
    }

    func all(_ type: String) -> [JSONObject] { state.withLock { $0.resources[type] ?? [] } }

    var reports: [DiagnosticReport] { all("DiagnosticReport").map { DiagnosticReport(unchecked: $0) } }

    func remove(_ type: String) { state.withLock { $0.resources[type] = [] } }

    /// Every access fails like this; `nil` repairs it.
    func fail(_ error: AdapterError?) { state.withLock { $0.error = error } }

    /// One hook for each of the next transactions, before and after it takes effect.
    func onSubmit(before: [Hook] = [], after: [Hook] = []) {
        state.withLock { state in
            state.beforeSubmit += before
            state.afterSubmit += after
        }
    }

    /// Searches do not show resources of this type: the index lags behind.
    func hide(_ type: String, _ isHidden: Bool = true) {
        state.withLock { state in _ = isHidden ? state.hidden.insert(type).inserted : state.hidden.remove(type) != nil }
    }

    // MARK: - The seam

    private func access(_ event: AuditEventType, _ method: String) throws(AdapterError) -> State {
        ledger.access(event, by: "EHR.\(method)")
        let state = state.withLock { $0 }
        if let error = state.error { throw error }
        return state
    }

    private func search<T: TypedResource>(
        _ type: T.Type, _ event: AuditEventType, _ method: String = #function, _ isFound: (Identifier) -> Bool
    ) throws(AdapterError) -> [T] {
        let state = try access(event, method)
        guard !state.hidden.contains(T.resourceType) else { return [] }
        return (state.resources[T.resourceType] ?? []).filter { identifiers(of: $0).contains(where: isFound) }
            .map { T(unchecked: $0) }
    }

    private func read<T: TypedResource>(
        _ type: T.Type, _ id: String, _ event: AuditEventType, _ method: String = #function
    ) throws(AdapterError) -> T? {
        try access(event, method).resources[T.resourceType]?.first { $0["id"]?.string == id }.map { T(unchecked: $0) }
    }

    func patients(identifier: Identifier) async throws(AdapterError) -> [Patient] {
        try search(Patient.self, .patientRead) { same($0, identifier) }
    }

    func serviceRequests(identifier: Identifier) async throws(AdapterError) -> [ServiceRequest] {
        try search(ServiceRequest.self, .serviceRequestRead) { same($0, identifier) }
    }

    func imagingStudies(studyInstanceUID: UID) async throws(AdapterError) -> [ImagingStudy] {
        try search(ImagingStudy.self, .imagingStudyRead) { same($0, studyIdentifier(studyInstanceUID.value)) }
    }

    func diagnosticReports(identifier: Identifier) async throws(AdapterError) -> [DiagnosticReport] {
        try search(DiagnosticReport.self, .reportRead) { same($0, identifier) }
    }

    func imagingStudy(id: String) async throws(AdapterError) -> ImagingStudy? {
        try read(ImagingStudy.self, id, .imagingStudyRead)
    }

    func observation(id: String) async throws(AdapterError) -> Observation? {
        try read(Observation.self, id, .reportRead)
    }

    func serviceRequest(id: String) async throws(AdapterError) -> ServiceRequest? {
        try read(ServiceRequest.self, id, .serviceRequestRead)
    }

    func patient(id: String) async throws(AdapterError) -> Patient? { try read(Patient.self, id, .patientRead) }

    func submit(_ transaction: Bundle) async throws(AdapterError) -> Bundle {
        let isWithdrawal = transaction.entries.allSatisfy {
            $0.resource?.elements["status"]?.string == "entered-in-error"
        }
        _ = try access(isWithdrawal ? .reportWithdraw : .reportPost, #function)
        if let hook = state.withLock({ $0.beforeSubmit.isEmpty ? nil : $0.beforeSubmit.removeFirst() }) {
            try await hook()
        }
        let written = try apply(transaction.entries)
        if let hook = state.withLock({ $0.afterSubmit.isEmpty ? nil : $0.afterSubmit.removeFirst() }) {
            try await hook()
        }
        let answers = written.map { place -> JSONValue in
            let version = place.version
            return [
                "response": [
                    "status": "201 Created", "etag": .string("W/\"\(version)\""),
                    "location": .string("\(place.type)/\(place.id)/_history/\(version)"),
                ]
            ]
        }
        return Bundle(
            unchecked: ["resourceType": "Bundle", "type": "transaction-response", "entry": .array(answers)])
    }

    /// All or nothing, as a transaction is.
    private func apply(
        _ entries: [BundleEntry]
    ) throws(AdapterError) -> [(type: String, id: String, version: String)] {
        let result: Result<[(type: String, id: String, version: String)], AdapterError> = state.withLock { state in
            var next = state
            var places: [String: String] = [:]
            var written: [(type: String, id: String)] = []
            for entry in entries {
                guard let elements = entry.resource?.elements, let request = entry.request,
                    let type = elements["resourceType"]?.string
                else { return .failure(AdapterError(.incorrect, code: "simulated.entry")) }
                var stored = elements
                switch request.method {
                case "POST":
                    let present = next.resources[type]?.first { present in
                        identifiers(of: present).contains { one in
                            identifiers(of: elements).contains { same($0, one) }
                        }
                    }
                    if request.ifNoneExist != nil, let present {
                        if let url = entry.fullURL { places[url] = "\(type)/\(present["id"]?.string ?? "")" }
                        continue
                    }
                    stored["id"] = .string("\(type.lowercased())-\(next.nextID)")
                default:
                    let id = request.url.split(separator: "/").last.map(String.init) ?? ""
                    let present = next.resources[type]?.first { $0["id"]?.string == id }
                    let version = present?["meta"]?["versionId"]?.string
                    if let wanted = request.ifMatch, wanted != version.map({ "W/\"\($0)\"" }) {
                        return .failure(AdapterError(.conflict, code: "ehr.http.412"))
                    }
                    stored["id"] = .string(id)
                }
                let id = next.store(stored)
                if let url = entry.fullURL { places[url] = "\(type)/\(id)" }
                written.append((type, id))
            }
            for place in written { next.resolve(place.type, place.id, places) }
            state = next
            return .success(
                written.map { type, id in
                    let stored = next.resources[type]?.first { $0["id"]?.string == id }
                    return (type, id, stored?["meta"]?["versionId"]?.string ?? "")
                })
        }
        return try result.get()
    }
}

extension SimulatedEHR.State {
    /// Stores a resource under its id with the next version; returns the id.
    @discardableResult
    fileprivate mutating func store(_ elements: JSONObject) -> String {
        var elements = elements
        let type = elements["resourceType"]?.string ?? ""
        let id = elements["id"]?.string ?? "x\(nextID)"
        nextID += 1
        var list = resources[type] ?? []
        let index = list.firstIndex { $0["id"]?.string == id }
        let version = index.flatMap { list[$0]["meta"]?["versionId"]?.string }.flatMap { Int($0) } ?? 0
        elements["id"] = .string(id)
        elements["meta"] = ["versionId": .string(String(version + 1))]
        if let index { list[index] = elements } else { list.append(elements) }
        resources[type] = list
        return id
    }

    /// Turns the transaction's own URLs into references.
    fileprivate mutating func resolve(_ type: String, _ id: String, _ places: [String: String]) {
        guard var list = resources[type], let index = list.firstIndex(where: { $0["id"]?.string == id }) else { return }
        var text = String(decoding: JSONValue.object(list[index]).serialized(), as: UTF8.self)
        for (url, place) in places {
            text = text.split(separator: url, omittingEmptySubsequences: false).joined(separator: place)
        }
        list[index] = (try? JSONValue(parsing: Array(text.utf8)))?.object ?? list[index]
        resources[type] = list
    }
}

struct Missing: Error {}

private func same(_ one: Identifier, _ other: Identifier) -> Bool {
    one.system == other.system && one.value == other.value
}

private func identifiers(of elements: JSONObject) -> [Identifier] {
    (elements["identifier"]?.array ?? []).compactMap(Identifier.init(json:))
}
