import FHIR
import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSON
import Logging
import NIOCore
import Workflow

/// The HTTP endpoint that an EHR's rest-hook subscription delivers ImagingStudy resources to, and that sources of
/// HL7 v2 may post messages to.
///
/// `POST /fhir/ImagingStudy` and `PUT /fhir/ImagingStudy/{id}`; every answer but 2xx is an OperationOutcome with a
/// stable code. 200 is sent only after the notice and its audit record are stored. `POST /hl7/<source>`: ``HL7Route``.
struct FHIRListener {
    let section: FHIRListenerSection
    let intake: StudyNoticeIntake
    let secret: SharedSecret?
    let bodyLimit: Int
    let hl7: HL7Route
    let tls: ReloadableTLS?
    let refusals: RefusalLog
    let freeSpace: FreeSpace
    let signal: WorkSignal
    let metrics: Metrics
    let logger: Logger
    /// For auditors; nil where there are none.
    var auditEvents: AuditEventRoute?

    func application() -> some ApplicationProtocol {
        let router = Router(context: ConnectionContext.self)
        router.add(middleware: RequestDeadline())
        router.post("/fhir/ImagingStudy") { request, context in await respond(to: request, id: nil, context) }
        router.put("/fhir/ImagingStudy/:id") { request, context in
            await respond(to: request, id: context.parameters.get("id"), context)
        }
        router.post("/hl7/:source") { request, context in
            guard await isLetIn(request, context) else { return unauthorized }
            let sender = await context.sender(hasToken: secret != nil)
            return await hl7.respond(
                to: request, source: context.parameters.get("source"), from: sender, context: context)
        }
        if let auditEvents {
            router.get("/fhir/AuditEvent") { request, context in await auditEvents.search(request, context) }
            router.post("/fhir/AuditEvent/_search") { request, context in
                await auditEvents.searchByForm(request, context)
            }
        }
        return Application(
            router: router, server: server(),
            configuration: HTTPLimits.application(section.endpoint),
            logger: logger)
    }

    private func server() -> HTTPServerBuilder {
        guard let tls else { return .keptHTTP1(configuration: HTTPLimits.channel) }
        return HTTPServerBuilder { [refusals] responder in
            KeptChannel(
                base: ReloadableTLSChannel(
                    base: HTTP1Channel(responder: responder, configuration: HTTPLimits.channel), tls: tls
                ) { address in
                    refusals.report(
                        AccessRefusal(listener: "listeners.fhir", address: address, code: "http.handshakeFailed"))
                })
        }
    }

    /// Whether the request carries the secret, where there is one.
    private func isLetIn(_ request: Request, _ context: ConnectionContext) async -> Bool {
        guard secret?.matches(authorization: request.headers[.authorization]) ?? true else {
            await note("fhir.unauthorized", context)
            return false
        }
        return true
    }

    private var unauthorized: Response {
        outcome(.unauthorized, "login", "fhir.unauthorized", "The Authorization header is missing or wrong.")
    }

    private func respond(to request: Request, id: String?, _ context: ConnectionContext) async -> Response {
        var request = request
        guard await isLetIn(request, context) else { return unauthorized }
        guard let type = request.headers[.contentType]?.split(separator: ";").first?.lowercased(),
            ["application/fhir+json", "application/json"].contains(type)
        else {
            await note("fhir.mediaType", context)
            return outcome(.unsupportedMediaType, "not-supported", "fhir.mediaType", "Send application/fhir+json.")
        }
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: bodyLimit)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            await note("fhir.bodyTooLarge", context)
            return outcome(.contentTooLarge, "too-long", "fhir.bodyTooLarge", "The body is larger than the limit.")
        } catch {
            await note("fhir.bodyIncomplete", context)
            return outcome(.badRequest, "incomplete", "fhir.bodyIncomplete", "The body did not arrive completely.")
        }
        guard freeSpace.isEnough else {
            metrics.count(.failures, label: "disk.full")
            return answer(nil)
        }
        let sender = await context.sender(hasToken: secret != nil)
        return answer(try? await intake.receive(body: Array(body.readableBytesView), id: id, from: sender))
    }

    /// Records a request that was refused before its body was read.
    private func note(_ code: String, _ context: ConnectionContext) async {
        await refusals.note(AccessRefusal(listener: "listeners.fhir", address: context.peerAddress, code: code))
    }

    private func answer(_ reply: StudyNoticeReply?) -> Response {
        switch reply {
        case .accepted:
            metrics.count(.notices, label: "accepted")
            signal.notify()
            return outcome(.ok, "informational", "fhir.accepted", "The notice is stored.")
        case .invalid(let code, let expression):
            metrics.count(.notices, label: "invalid")
            return outcome(.badRequest, "invalid", code, "The resource cannot be used.", at: expression)
        case nil:
            metrics.count(.notices, label: "busy")
            var response = outcome(.serviceUnavailable, "transient", "fhir.busy", "Not stored; send again later.")
            response.headers[.retryAfter] = "30"
            return response
        }
    }

    /// `type` is a code of FHIR's value set issue-type; `code` is ours, stable and documented.
    private func outcome(
        _ status: HTTPResponse.Status, _ type: String, _ code: String, _ words: String, at expression: String? = nil
    ) -> Response {
        let issue = OperationOutcome.Issue(
            status.kind == .successful ? .information : .error, type,
            details: CodeableConcept(coding: [Coding(system: "urn:imaging-gateway:error", code: code)]),
            diagnostics: words, expression: expression.map { [$0] } ?? [])
        return Response(
            status: status, headers: [.contentType: "application/fhir+json; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: OperationOutcome([issue]).json.serialized())))
    }
}
