import HTTPTypes
import Hummingbird
import NIOCore
import Workflow

/// `POST /hl7/<source>`: HL7 v2 over HTTP, in either encoding. Every message that was judged is answered with 200 and
/// its acknowledgment in the same encoding; 503 says that nothing was stored.
struct HL7Route: Sendable {
    let gates: [String: MessageGate]
    let bodyLimit: Int
    let refusals: RefusalLog

    /// The answer to a request whose sender was let in.
    func respond(to request: Request, source: String?, from sender: MessageSenderIdentity, context: ConnectionContext)
        async -> Response
    {
        guard let source, let gate = gates[source] else {
            return text(.notFound, "No source of this name takes messages here.")
        }
        let contentType = request.headers[.contentType]
        guard let form = MessageForm(contentType: contentType) else {
            await refuse(code: "feed.mediaType", context)
            return text(
                .unsupportedMediaType,
                "Send x-application/hl7-v2+er7, application/hl7-v2, text/plain or x-application/hl7-v2+xml.")
        }
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: bodyLimit)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            await refuse(code: "feed.bodyTooLarge", context)
            return text(.contentTooLarge, "The body is larger than the limit.")
        } catch {
            await refuse(code: "feed.bodyIncomplete", context)
            return text(.badRequest, "The body did not arrive completely.")
        }
        switch await gate.take(Array(body.readableBytesView), form: form, from: sender) {
        case .answered(let reply?, _):
            return Response(
                status: .ok, headers: [.contentType: contentType ?? ""],
                body: .init(byteBuffer: ByteBuffer(bytes: reply)))
        case .answered(nil, _): return Response(status: .noContent)
        case .refused: return text(.badRequest, "This is no message.")
        case .busy:
            var response = text(.serviceUnavailable, "Not stored; send again later.")
            response.headers[.retryAfter] = "30"
            return response
        }
    }

    private func refuse(code: String, _ context: ConnectionContext) async {
        await refusals.note(AccessRefusal(listener: "listeners.fhir", address: context.peerAddress, code: code))
    }

    private func text(_ status: HTTPResponse.Status, _ words: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: words + "\n")))
    }
}
