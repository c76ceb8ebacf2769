import FHIR
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend EHR: transactions and batches (R4 §3.1.0.11)")
struct RecordTransactionTests {
    private func bundle(_ entries: [String], type: String = "transaction") -> String {
        #"{"resourceType":"Bundle","type":"\#(type)","entry":[\#(entries.joined(separator: ","))]}"#
    }

    private func entry(_ method: String, _ url: String, _ resource: String? = nil, _ more: String = "") -> String {
        let body = resource.map { #""resource":\#($0),"# } ?? ""
        return #"{\#(body)"request":{"method":"\#(method)","url":"\#(url)"\#(more)}}"#
    }

    @Test func `a report arrives whole: urn:uuid references become the new resources, answers keep the order`() throws {
        var record = Record.filled()
        let answer = record.send("POST", "", Record.reportBundle(), ["prefer": "return=representation"])
        #expect(answer.status == 200)
        #expect(answer.resource?["type"] == "transaction-response")
        #expect(answer.statuses == ["201 Created", "201 Created", "201 Created"])
        let report = try #require(answer.entries.last?["resource"])
        let observation = try #require(answer.entries[1]["resource"])
        let observationID = try #require(observation["id"]?.string)
        #expect(report["result"]?[0]?["reference"] == .string("Observation/\(observationID)"))
        #expect(observation["device"]?["reference"]?.string == answer.found.first)
        #expect(answer.entries[1]["response"]?["location"] == .string("Observation/\(observationID)/_history/1"))
        #expect(!record.everything.contains { $0.contains("urn:uuid") })
    }

    @Test func `the same transaction again creates nothing (200)`() {
        var record = Record.filled()
        record.send("POST", "", Record.reportBundle())
        let before = record.everything
        let again = record.send("POST", "", Record.reportBundle(), ["prefer": "return=representation"])
        #expect(again.statuses == ["200 OK", "200 OK", "200 OK"])
        #expect(again.found.count == 3)
        #expect(record.everything == before)
    }

    @Test func `without a preference what was written does not come back, with OperationOutcome one does`() {
        var record = Record.filled()
        #expect(record.send("POST", "", Record.reportBundle()).found.isEmpty)
        let answer = record.send("POST", "", Record.reportBundle(name: "2"), ["prefer": "return=OperationOutcome"])
        #expect(answer.found.isEmpty)
        #expect(answer.entries.allSatisfy { $0["response"]?["outcome"]?["resourceType"] == "OperationOutcome" })
    }

    @Test(arguments: [
        #"{"request":{"method":"PUT","url":"Patient/p1","ifMatch":"W/\"9\""},"resource":{"resourceType":"Patient","id":"p1"}}"#,
        #"{"request":{"method":"POST","url":"Patient","ifNoneExist":"gender=female"},"resource":{"resourceType":"Patient"}}"#,
        #"{"request":{"method":"POST","url":"Observation"},"resource":{"resourceType":"Observation","status":"bogus"}}"#,
        #"{"request":{"method":"GET","url":"Patient/nobody"}}"#, #"{"request":{"method":"DELETE","url":"Patient/p1"}}"#,
        #"{"request":{"method":"PATCH","url":"Patient/p1"},"resource":{"resourceType":"Patient"}}"#,
        #"{"request":{"method":"POST","url":"Patient"}}"#, #"{"request":{"method":"POST"}}"#, "7",
    ])
    func `all or nothing: what fails as the last entry leaves nothing of the others`(last: String) {
        var record = Record.filled()
        let before = record.everything
        let answer = record.send("POST", "", Record.reportBundle(extra: "," + last))
        #expect(answer.status >= 400)
        #expect(!answer.codes.isEmpty)
        #expect(answer.places.first.map { $0.hasPrefix("Bundle.entry[") } ?? true)
        #expect(record.everything == before)
        #expect(record.deliveries.isEmpty)
        // Ids that were given out inside are free again: nothing of the attempt can be seen.
        #expect(record.send("POST", "Patient", Record.patient(nil)).id == "1001")
    }

    @Test func `a failing reference inside is reported with its place`() {
        var record = Record.filled()
        let answer = record.send("POST", "", Record.reportBundle(subject: "Patient/nobody"))
        #expect(answer.status == 422)
        #expect(answer.codes == ["not-found"])
        #expect(answer.places == ["Bundle.entry[1].resource.subject"])
    }

    @Test func `DELETE goes before POST and POST before PUT, whatever the order of entries`() throws {
        var record = Record.filled()
        let new = #"{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"n"}]}"#
        let answer = record.send(
            "POST", "",
            bundle([
                entry("GET", "Patient?identifier=urn:x%7Cn"), entry("PUT", "Patient/p1", Record.patient("p1")),
                entry("POST", "Patient", new), entry("DELETE", "Patient/p2"),
            ]))
        #expect(answer.statuses == ["200 OK", "200 OK", "201 Created", "204 No Content"])
        #expect(answer.entries.first?["resource"]?["total"] == 1)
        #expect(record.send("GET", "Patient/p2").status == 410)
    }

    @Test func `two entries about one resource, or with one fullUrl, are refused`() {
        var record = Record.filled()
        let put = entry("PUT", "Patient/p1", Record.patient("p1"))
        #expect(record.send("POST", "", bundle([put, put])).status == 400)
        #expect(
            record.send(
                "POST", "", bundle([entry("DELETE", "Patient/p2"), entry("PUT", "Patient/p2", Record.patient("p2"))])
            ).status == 400)
        let twins = Record.reportBundle().replacing("00000000000a\"", with: "00000000000d\"")
        let answer = record.send("POST", "", twins)
        #expect(answer.status == 400)
        #expect(answer.codes == ["duplicate"])
        #expect(record.send("GET", "Patient/p1").header("ETag") == #"W/"1""#)
    }

    @Test func `two creates with one condition in one transaction make one resource`() {
        var record = Record()
        let create = entry("POST", "Patient", Record.patient(nil), #","ifNoneExist":"identifier=new-number""#)
        let answer = record.send("POST", "", bundle([create, create]))
        #expect(answer.statuses == ["201 Created", "200 OK"])
        #expect(record.server.store.all("Patient").count == 1)
    }

    @Test func `ifMatch inside a transaction guards the version`() {
        var record = Record.filled()
        let change = Record.patient("p1", family: "Finch")
        let good = bundle([entry("PUT", "Patient/p1", change, #","ifMatch":"W/\"1\"""#)])
        #expect(record.send("POST", "", good).statuses == ["200 OK"])
        let stale = record.send("POST", "", good)
        #expect(stale.status == 412)
        #expect(stale.codes == ["conflict"])
    }

    @Test func `references are rewritten wherever they stand; identifiers, which are strings, are not`() throws {
        var record = Record.filled()
        let urn = "urn:uuid:00000000-0000-8000-8000-0000000000aa"
        let subject = """
            {"fullUrl":"\(urn)","resource":\(Record.patient(nil)),"request":{"method":"POST","url":"Patient"}}
            """
        let order = #"""
            {"resource":{"resourceType":"ServiceRequest","status":"active","intent":"order",
            "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"\#(urn)\">p</a></div>"},
            "identifier":[{"system":"\#(urn)","value":"\#(urn)"}],"subject":{"reference":"\#(urn)"},
            "extension":[{"url":"urn:e","valueReference":{"reference":"\#(urn)"}},{"url":"urn:u","valueUri":"\#(urn)"}],
            "note":[{"authorReference":{"reference":"\#(urn)"},"text":"\#(urn)"}],
            "instantiatesUri":["\#(urn)"]},"request":{"method":"POST","url":"ServiceRequest"}}
            """#
        let answer = record.send("POST", "", bundle([order, subject]), ["prefer": "return=representation"])
        #expect(answer.statuses == ["201 Created", "201 Created"], "\(String(decoding: answer.bytes, as: UTF8.self))")
        let patient = JSONValue.string(try #require(answer.found.last))
        let stored = try #require(answer.entries[0]["resource"])
        #expect(stored["subject"]?["reference"] == patient)
        #expect(stored["extension"]?[0]?["valueReference"]?["reference"] == patient)
        #expect(stored["extension"]?[1]?["valueUri"] == patient)
        #expect(stored["note"]?[0]?["authorReference"]?["reference"] == patient)
        #expect(stored["note"]?[0]?["text"] == .string(urn))
        #expect(stored["instantiatesUri"]?[0] == patient)
        #expect(stored["identifier"]?[0]?["system"] == patient)
        #expect(stored["identifier"]?[0]?["value"] == .string(urn))
        #expect(stored["text"]?["div"]?.string?.contains("href=\"\(patient.string ?? "")\"") == true)
    }

    @Test func `relative references follow their entry's own full URL`() throws {
        var record = Record()
        let patient =
            #"{"fullUrl":"http://other.example/r4/Patient/77","resource":\#(Record.patient("77")),"#
            + #""request":{"method":"POST","url":"Patient"}}"#
        let device =
            #"{"fullUrl":"http://other.example/r4/Device/5","resource":{"resourceType":"Device","#
            + #""patient":{"reference":"Patient/77"}},"request":{"method":"POST","url":"Device"}}"#
        let answer = record.send("POST", "", bundle([device, patient]), ["prefer": "return=representation"])
        let created = try #require(answer.found.last)
        #expect(created.hasPrefix("Patient/") && created != "Patient/77")
        #expect(answer.entries.first?["resource"]?["patient"]?["reference"]?.string == created)
    }

    @Test func `conditional references: exactly one match, or 412`() {
        var record = Record.filled()
        func device(_ condition: String) -> String {
            bundle([
                entry("POST", "Device", #"{"resourceType":"Device","patient":{"reference":"Patient?\#(condition)"}}"#)
            ])
        }
        let found = record.send("POST", "", device("identifier=p1-number"), ["prefer": "return=representation"])
        #expect(found.entries.first?["resource"]?["patient"]?["reference"] == "Patient/p1")
        #expect(record.send("POST", "", device("identifier=nobody")).status == 412)
        #expect(record.send("POST", "", device("gender=female")).status == 412)
        #expect(record.server.store.all("Device").count == 1)
    }

    @Test func `a urn:uuid that no entry has is refused`() {
        var record = Record.filled()
        let answer = record.send(
            "POST", "", Record.reportBundle().replacing("00000000000a\"}]", with: "0000000000ff\"}]"))
        #expect(answer.status == 400)
        #expect(answer.codes == ["not-found"])
    }

    @Test func `a batch does what can be done and says what cannot`() {
        var record = Record.filled()
        let answer = record.send(
            "POST", "",
            bundle(
                [
                    entry("GET", "Patient/p1"), entry("GET", "Patient/nobody"),
                    entry("POST", "Patient", Record.patient(nil)),
                    entry("POST", "Patient", #"{"resourceType":"Device"}"#),
                    entry("DELETE", "Patient/p1"),
                ], type: "batch"))
        #expect(answer.resource?["type"] == "batch-response")
        #expect(answer.statuses.map { $0.prefix(3) } == ["200", "404", "201", "400", "409"])
        #expect(answer.entries[1]["response"]?["outcome"]?["issue"]?[0]?["code"] == "not-found")
        #expect(record.server.store.all("Patient").count == 3)
    }

    @Test func `only transactions and batches are taken, of a bounded size`() {
        var record = Record()
        #expect(record.send("POST", "", bundle([], type: "history")).status == 400)
        #expect(record.send("POST", "", #"{"resourceType":"Bundle","type":"transaction","entry":{}}"#).status == 400)
        #expect(record.send("POST", "", Record.patient(nil)).status == 400)
        let many = Array(repeating: entry("GET", "Patient"), count: RecordServer.mostEntries + 1)
        #expect(record.send("POST", "", bundle(many)).status == 413)
        #expect(record.send("POST", "", bundle([])).status == 200)
    }
}
