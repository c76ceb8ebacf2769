import Audit
import FHIR
import HTTPTypes
import Hummingbird
import JSON
import Logging
import Mapping
import MerkleLog
import NIOCore
import Persistence
import Sealing
import Workflow

/// `GET /fhir/AuditEvent` and `POST /fhir/AuditEvent/_search` for auditors (IHE ITI-81).
///
/// The question is in the log, with the auditor's name, before anything is read. A page's links hold no parameter but
/// a sealed one. POST keeps the question out of URLs; GET is what ITI-81 has.
struct AuditEventRoute: Sendable {
    static let bodyLimit = 64 << 10
    private static let cursorName = "cursor"

    let store: SQLiteStore
    let renderer: AuditEventRenderer
    let assigners: AssignerDirectory
    let auditors: Auditors
    let refusals: RefusalLog
    let clock: any WallClock
    let metrics: Metrics
    /// Whether the listener speaks TLS, for links.
    let isEncrypted: Bool
    /// Seals the links of this process.
    let key = DataKey.random()

    /// One page of an answer.
    struct Page: Sendable {
        var events: [(id: String, event: AuditEvent)] = []
        /// Places of entries that were tampered with: whether they belong to the answer nobody knows.
        var unreadable: [UInt64] = []
        /// Entries whose contents were destroyed.
        var destroyed = 0
        /// Where the next page begins; nil at the end.
        var next: UInt64?
    }

    func search(_ request: Request, _ context: ConnectionContext) async -> Response {
        await answer(request, context) { () throws(AuditEventSearch.Refusal) in request.uri.query ?? "" }
    }

    func searchByForm(_ request: Request, _ context: ConnectionContext) async -> Response {
        var copy = request
        let type = request.headers[.contentType]?.split(separator: ";").first.map { $0.lowercased() }
        guard type == "application/x-www-form-urlencoded", let body = try? await copy.collectBody(upTo: Self.bodyLimit)
        else { return outcome(.badRequest, "invalid", "audit.search.form", "Send a form of at most 64 KiB.") }
        return await answer(request, context) { () throws(AuditEventSearch.Refusal) in
            // Half a question in the URL would stand in the logs of proxies.
            guard request.uri.query == nil else {
                throw AuditEventSearch.Refusal(code: "audit.search.form", parameter: "")
            }
            return String(decoding: body.readableBytesView, as: UTF8.self)
        }
    }

    private func answer(
        _ request: Request, _ context: ConnectionContext, question: () throws(AuditEventSearch.Refusal) -> String
    ) async -> Response {
        let sender = await context.sender(hasToken: false)
        guard let auditor = auditors.name(of: sender, authorization: request.headers[.authorization]) else {
            await refusals.note(
                AccessRefusal(
                    listener: "listeners.fhir", address: context.peerAddress, code: "access.refused", role: .auditor))
            return outcome(.unauthorized, "login", "access.refused", "Only auditors may ask this.")
        }
        do throws(AuditEventSearch.Refusal) {
            let cursor = try await cursor(try question(), auditor)
            guard let form = SearchForm(cursor.question) else {
                throw AuditEventSearch.Refusal(code: "audit.search.form", parameter: "")
            }
            let search = try AuditEventSearch(form, assigners: assigners)
            let page = try await page(search, cursor, auditor: auditor, address: context.peerAddress)
            return bundle(page, cursor, auditor: auditor, base: base(request))
        } catch  where error.code == "audit.search.busy" {
            var response = outcome(.serviceUnavailable, "transient", error.code, "Not recorded, so not read.")
            response.headers[.retryAfter] = "30"
            return response
        } catch {
            return outcome(
                .badRequest, "invalid", error.code,
                error.parameter.isEmpty
                    ? "The search cannot be used." : "The parameter \(error.parameter) cannot be used.")
        }
    }

    /// The place where this page begins: that of a link, or the beginning of the log.
    private func cursor(_ question: String, _ auditor: String) async throws(AuditEventSearch.Refusal) -> SearchCursor {
        let prefix = "\(Self.cursorName)="
        if question.hasPrefix(prefix) {
            guard let cursor = SearchCursor(String(question.dropFirst(prefix.count)), opening: key, for: auditor) else {
                throw AuditEventSearch.Refusal(code: "audit.search.cursor", parameter: Self.cursorName)
            }
            return cursor
        }
        guard let end = try? await store.counts().leaves else {
            throw AuditEventSearch.Refusal(code: "audit.search.busy", parameter: "")
        }
        return SearchCursor(question: question, next: 0, end: end)
    }

    /// Records the question, then reads.
    func page(
        _ search: AuditEventSearch, _ cursor: SearchCursor, auditor: String, address: String
    ) async throws(AuditEventSearch.Refusal) -> Page {
        let trail = AuditTrail(
            store: store, clock: clock, principal: Principal(kind: .user, name: auditor), roles: [.auditor],
            purpose: .operations)
        var record = trail.reading(
            .auditRead, role: .auditor, subjects: search.subjects,
            details: [.transaction: .code("ITI-81"), .filters: .codes(search.names)])
        record.peer = Peer(name: auditor, address: address)
        var page = Page()
        do {
            try await store.auditEntries(
                search.query(cursor.next..<max(cursor.next, cursor.end)), reading: [record]
            ) { entry in
                if entry.record == nil, !entry.isUnreadable {
                    page.destroyed += 1
                    return
                }
                let isFull = page.events.count + page.unreadable.count >= search.count
                guard let opened = entry.record else {
                    guard !isFull else {
                        page.next = entry.index
                        throw EnoughRead()
                    }
                    page.unreadable.append(entry.index)
                    return
                }
                let event = renderer.auditEvent(for: opened, index: entry.index)
                guard search.admits(opened, event) else { return }
                guard !isFull else {
                    page.next = entry.index
                    throw EnoughRead()
                }
                // The id under which the feed puts it, so that both are one event.
                page.events.append((MerkleHash.leaf(entry.leaf).hex, event))
            }
        } catch is EnoughRead {
            return page
        } catch {
            metrics.count(.failures, label: "audit.search.busy")
            throw AuditEventSearch.Refusal(code: "audit.search.busy", parameter: "")
        }
        return page
    }

    private struct EnoughRead: Error {}

    // MARK: - Answers

    private func bundle(_ page: Page, _ cursor: SearchCursor, auditor: String, base: String) -> Response {
        var links: [(relation: String, cursor: SearchCursor)] = [("self", cursor)]
        if let next = page.next {
            links.append(("next", SearchCursor(question: cursor.question, next: next, end: cursor.end)))
        }
        var entries = page.events.map { id, event in
            var event = event
            event.elements["id"] = .string(id)
            return JSONObject(elements: [
                "fullUrl": "\(base)/fhir/AuditEvent/\(id)", "resource": event,
                "search": JSONObject(elements: ["mode": "match"]),
            ])
        }
        if !page.unreadable.isEmpty {
            let issues = page.unreadable.map { index in
                OperationOutcome.Issue(
                    .error, "exception", details: Self.detail("audit.search.unreadable"),
                    diagnostics: "Record \(index) of the log cannot be read: run audit verify --deep.")
            }
            entries.append(Self.entry(OperationOutcome(issues)))
        }
        if page.destroyed > 0 {
            let issue = OperationOutcome.Issue(
                .warning, "incomplete", details: Self.detail("audit.search.destroyed"),
                diagnostics: "\(page.destroyed) further records had their contents destroyed.")
            entries.append(Self.entry(OperationOutcome([issue])))
        }
        let linked = links.compactMap { link in
            (try? link.cursor.sealed(by: key, for: auditor)).map { text in
                JSONObject(elements: [
                    "relation": link.relation, "url": "\(base)/fhir/AuditEvent?\(Self.cursorName)=\(text)",
                ])
            }
        }
        let bundle = JSONObject(elements: [
            "resourceType": "Bundle", "type": "searchset", "link": linked, "entry": entries,
        ])
        return Response(
            status: .ok, headers: [.contentType: Self.mediaType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: JSONValue.object(bundle).serialized())))
    }

    private static func entry(_ outcome: OperationOutcome) -> JSONObject {
        JSONObject(elements: ["resource": outcome, "search": JSONObject(elements: ["mode": "outcome"])])
    }

    private static let mediaType = "application/fhir+json; charset=utf-8"

    /// As the auditor reached us; a Host field that is none is not repeated.
    private func base(_ request: Request) -> String {
        guard let host = request.head.authority, host.wholeMatch(of: /[A-Za-z0-9.\-:\[\]]{1,255}/) != nil else {
            return ""
        }
        return "\(isEncrypted ? "https" : "http")://\(host)"
    }

    private static func detail(_ code: String) -> CodeableConcept {
        CodeableConcept(coding: [Coding(system: "urn:imaging-gateway:error", code: code)])
    }

    private func outcome(
        _ status: HTTPResponse.Status, _ type: String, _ code: String, _ words: String
    ) -> Response {
        let issue = OperationOutcome.Issue(.error, type, details: Self.detail(code), diagnostics: words)
        return Response(
            status: status, headers: [.contentType: Self.mediaType],
            body: .init(byteBuffer: ByteBuffer(bytes: OperationOutcome([issue]).json.serialized())))
    }
}
