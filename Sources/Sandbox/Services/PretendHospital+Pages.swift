internal import FHIR
internal import HL7v2
internal import JSON

/// The pretend EHR as a clinician sees it.
extension PretendHospital {
    func page(_ request: HTTPExchangeRequest) -> HTTPExchangeResponse {
        RecordPages(server: records, messages: received.map(ReceivedMessage.init))
            .respond(to: request, now: Self.instant())
    }

    /// The page of a report as HTML that a browser shows without a server: its links lead nowhere then and are left out.
    public func reportPage(id: String) -> [UInt8] {
        let page = page(HTTPExchangeRequest(method: "GET", path: ["reports", id]))
        let link = #/<a href="[^"]*">(.*?)<\/a>/#.dotMatchesNewlines()
        return Array(String(decoding: page.body, as: UTF8.self).replacing(link) { "<span>\($0.1)</span>" }.utf8)
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
