import FHIR
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend EHR: rest-hook subscriptions (R4 §2.46)")
struct RecordSubscriptionTests {
    private func subscription(
        criteria: String = "ImagingStudy?status=available", payload: String? = "application/fhir+json",
        header: String = "Authorization: Bearer secret", endpoint: String = "http://127.0.0.1:9/fhir/",
        type: String = "rest-hook", status: String = "requested", more: String = ""
    ) -> String {
        let payload = payload.map { #","payload":"\#($0)""# } ?? ""
        return #"""
            {"resourceType":"Subscription","status":"\#(status)","reason":"r","criteria":"\#(criteria)"\#(more),
            "channel":{"type":"\#(type)","endpoint":"\#(endpoint)"\#(payload),"header":["\#(header)"]}}
            """#
    }

    @Test func `requested becomes active; a match is PUT to endpoint, type and id with the headers`() throws {
        var record = Record.filled()
        let created = record.send("POST", "Subscription", subscription())
        let id = try #require(created.id)
        #expect(created.resource?["status"] == "requested")
        #expect(record.send("GET", "Subscription/\(id)").resource?["status"] == "active")
        let study = record.send("PUT", "ImagingStudy/is1", Record.study("is1"))
        let delivery = try #require(record.deliveries.first)
        #expect(record.deliveries.count == 1)
        #expect(delivery.method == "PUT")
        #expect(delivery.url == "http://127.0.0.1:9/fhir/ImagingStudy/is1")
        #expect(
            delivery.headers.map { "\($0.name): \($0.value)" } == [
                "Content-Type: application/fhir+json", "Authorization: Bearer secret",
            ])
        #expect(delivery.body == study.bytes)
        #expect(delivery.subscription == id)
        #expect(delivery.resource == "ImagingStudy/is1")
    }

    @Test func `without a payload an empty POST goes to the endpoint itself`() {
        var record = Record.filled()
        record.send("POST", "Subscription", subscription(payload: nil))
        record.send("PUT", "ImagingStudy/is1", Record.study("is1"))
        #expect(
            record.deliveries.map { "\($0.method) \($0.url) \($0.body.count)" } == [
                "POST http://127.0.0.1:9/fhir/ 0"
            ])
    }

    @Test func `what does not match, is of another type, failed or was deleted is not delivered`() {
        var record = Record.filled()
        record.send("POST", "Subscription", subscription())
        record.send("PUT", "ImagingStudy/is1", Record.study("is1", status: "registered"))
        #expect(record.deliveries.isEmpty)
        record.send("PUT", "Patient/p1", Record.patient("p1"))
        #expect(record.deliveries.isEmpty)
        record.send("PUT", "ImagingStudy/is1", Record.study("is1"), ["if-match": #"W/"9""#])
        #expect(record.deliveries.isEmpty)
        record.send("DELETE", "ImagingStudy/is1")
        #expect(record.deliveries.isEmpty)
    }

    @Test func `a transaction delivers each match, a repeat of it none`() {
        var record = Record.filled()
        record.send("POST", "Subscription", subscription(criteria: "DiagnosticReport?status=preliminary"))
        record.send("POST", "Subscription", subscription(criteria: "Observation?"))
        record.send("POST", "", Record.reportBundle())
        #expect(
            record.deliveries.map { $0.resource.split(separator: "/").first } == ["DiagnosticReport", "Observation"])
        record.send("POST", "", Record.reportBundle())
        #expect(record.deliveries.isEmpty)
    }

    @Test func `deliveries come in the order of processing: POST before PUT`() throws {
        var record = Record.filled()
        record.send("POST", "Subscription", subscription(criteria: "Patient?"))
        let put = #"{"resource":\#(Record.patient("p1")),"request":{"method":"PUT","url":"Patient/p1"}}"#
        let post = #"{"resource":\#(Record.patient(nil)),"request":{"method":"POST","url":"Patient"}}"#
        record.send("POST", "", #"{"resourceType":"Bundle","type":"transaction","entry":[\#(put),\#(post)]}"#)
        try #require(record.deliveries.count == 2)
        #expect(record.deliveries[0].resource != "Patient/p1")
        #expect(record.deliveries[1].resource == "Patient/p1")
    }

    @Test func `off and past their end subscriptions are silent; one that failed stays in error until asked for again`()
        throws
    {
        var record = Record.filled()
        record.send("POST", "Subscription", subscription(status: "off"))
        record.send("POST", "Subscription", subscription(more: #","end":"2026-01-02T10:00:09Z""#))
        let id = try #require(record.send("POST", "Subscription", subscription()).id)
        record.seconds += 10
        record.send("PUT", "ImagingStudy/is1", Record.study("is1"))
        #expect(record.deliveries.map(\.subscription) == [id])
        record.server.deliveryFailed(subscription: id, reason: "no answer", now: FHIRInstant(secondsSinceEpoch: 0))
        let failed = try #require(record.send("GET", "Subscription/\(id)").resource)
        #expect(failed["status"] == "error")
        #expect(failed["error"] == "no answer")
        record.send("PUT", "ImagingStudy/is1", Record.study("is1"))
        #expect(record.deliveries.isEmpty)
        var again = failed
        again["status"] = "requested"
        record.send("PUT", "Subscription/\(id)", String(decoding: JSONValue.object(again).serialized(), as: UTF8.self))
        record.send("PUT", "ImagingStudy/is1", Record.study("is1"))
        #expect(record.deliveries.count == 1)
    }

    @Test func `what the server cannot serve is refused (422) with its place`() {
        let wrong: [(String, String)] = [
            (subscription(criteria: "ImagingStudy?colour=red"), "Subscription.criteria"),
            (subscription(criteria: "Unicorn?"), "Subscription.criteria"),
            (subscription(criteria: "Subscription?status=active"), "Subscription.criteria"),
            (subscription(payload: "application/fhir+xml"), "Subscription.channel.payload"),
            (subscription(header: #"A: b\r\nC: d"#), "Subscription.channel.header"),
            (subscription(header: "no colon"), "Subscription.channel.header"),
            (subscription(endpoint: "file:///etc/passwd"), "Subscription.channel.endpoint"),
            (subscription(type: "email"), "Subscription.channel.type"),
            (subscription(status: "active"), "Subscription.status"),
        ]
        for (body, place) in wrong {
            var record = Record.filled()
            let answer = record.send("POST", "Subscription", body)
            #expect(answer.status == 422, "\(place)")
            #expect(answer.places == [place])
            #expect(record.server.store.all("Subscription").isEmpty)
        }
    }
}

@Suite("Subscriptions and this machine")
struct SubscriptionPrivacyTests {
    private func create(_ endpoint: String, in server: inout RecordServer) -> HTTPExchangeResponse {
        let body: JSONValue = [
            "resourceType": "Subscription", "status": "requested", "reason": "t", "criteria": "ImagingStudy",
            "channel": [
                "type": "rest-hook", "endpoint": .string(endpoint), "payload": "application/fhir+json",
                "header": ["Authorization: Bearer hush"],
            ],
        ]
        let request = HTTPExchangeRequest(
            method: "POST", path: ["Subscription"], headers: ["content-type": "application/fhir+json"],
            body: body.serialized())
        return server.respond(to: request, now: FHIRInstant(secondsSinceEpoch: 0)).response
    }

    @Test(
        "A rest-hook outside this machine is refused",
        arguments: [
            "http://192.0.2.1/x", "http://elsewhere.example/x", "http://127.0.0.1.elsewhere.example/",
            "http://127.0.0.1@elsewhere.example/",
        ])
    func outside(_ endpoint: String) {
        var server = RecordServer(base: "http://127.0.0.1:1/fhir")
        #expect(create(endpoint, in: &server).status == 422)
    }

    @Test("Its header fields are never shown")
    func secrets() {
        var server = RecordServer(base: "http://127.0.0.1:1/fhir")
        let created = create("http://127.0.0.1:9/fhir", in: &server)
        #expect(created.status == 201)
        let search = server.respond(
            to: HTTPExchangeRequest(method: "GET", path: ["Subscription"]), now: FHIRInstant(secondsSinceEpoch: 1))
        for body in [created.body, search.response.body] {
            let text = String(decoding: body, as: UTF8.self)
            #expect(text.contains("Authorization") && !text.contains("hush"))
        }
    }
}
