internal import FHIR
internal import Foundation
internal import HL7v2
internal import JSON

/// The pretend EHR as a clinician sees it.
extension PretendHospital {
    func page(_ request: HTTPExchangeRequest) -> HTTPExchangeResponse {
        RecordPages(server: records, messages: received.map(ReceivedMessage.init))
            .respond(to: request, now: Self.instant())
    }

    /// Writes the page of each report as a file that a browser opens without a server: `<id>.html`.
    public func saveReportPages(to folder: String) throws {
        for report in try search("DiagnosticReport", []) {
            guard let id = report["id"]?.string else { continue }
            let page = page(HTTPExchangeRequest(method: "GET", path: ["reports", id]))
            try Data(page.body).write(to: URL(fileURLWithPath: "\(folder)/\(id).html"))
        }
    }
}

extension ReceivedMessage {
    /// A result in one line.
    init(_ result: ReceivedResult) {
        let orders = result.orders.map { order in
            let values = order.observations.flatMap(\.values).joined(separator: "; ")
            return "\(order.title.isEmpty ? order.code : order.title) (\(order.status)): \(values)"
        }
        self.init(
            time: FHIRInstant(secondsSinceEpoch: result.time.secondsSinceEpoch ?? 0), type: "ORU^R01",
            controlID: result.messageControlID, summary: orders.joined(separator: " · "))
    }
}
