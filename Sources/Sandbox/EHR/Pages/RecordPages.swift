internal import FHIR
internal import JSON

/// The web pages of the pretend EHR, made of what its server holds: `/`, `/reports/{id}`, `/patients/{id}`. Pure: the
/// same records give the same bytes. No script, nothing from the network.
struct RecordPages {
    let server: RecordServer
    /// HL7 messages received, oldest first.
    var messages: [ReceivedMessage] = []
    /// Before the paths of links; empty when the pages are at the root of their host.
    var root = ""

    /// Answers a request whose path is relative to `root`. GET and HEAD only.
    func respond(to request: HTTPExchangeRequest, now: FHIRInstant) -> HTTPExchangeResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            var response = message("Only for reading", "These pages can be read, not written to.", status: 405)
            response.headers.append((name: "Allow", value: "GET, HEAD"))
            return response
        }
        var response = page(request.path, now: now)
        if request.method == "HEAD" { response.body = [] }
        return response
    }

    private func page(_ path: [String], now: FHIRInstant) -> HTTPExchangeResponse {
        switch (path.first, path.count) {
        case (nil, _):
            let list = WorklistPage(server: server, messages: messages, root: root)
            return RecordPage(title: "Worklist", content: list.content, root: root).response()
        case ("reports", 2):
            let key = ResourceKey(type: "DiagnosticReport", id: path[1])
            if let report = server.store.resource(key) {
                return ReportPage(id: key.id, report: report, server: server, root: root, now: now).page.response()
            }
        case ("patients", 2):
            let key = ResourceKey(type: "Patient", id: path[1])
            if let patient = server.store.resource(key) {
                let list = WorklistPage(server: server, messages: [], root: root, patientID: key.id)
                return RecordPage(
                    title: patient.personName, banner: PatientBanner(patient: patient, now: now).markup,
                    content: list.content, root: root
                ).response()
            }
        default: break
        }
        return message("Not found", "There is no such page or record. It may have been deleted.", status: 404)
    }

    private func message(_ title: String, _ words: String, status: Int) -> HTTPExchangeResponse {
        RecordPage(title: title, content: "<h1>\(title)</h1><section><p>\(words)</p></section>", root: root)
            .response(status: status)
    }
}
