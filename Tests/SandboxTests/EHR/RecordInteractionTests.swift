import FHIR
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend EHR: interactions (R4 §3.1.0)")
struct RecordInteractionTests {
    @Test func `create gives 201, Location, ETag, Last-Modified and the server's own id`() throws {
        var record = Record()
        let answer = record.send("POST", "Patient", Record.patient("mine"))
        let id = try #require(answer.id)
        #expect(answer.status == 201)
        #expect(id != "mine")
        #expect(answer.header("Location") == "http://ehr.example/fhir/Patient/\(id)/_history/1")
        #expect(answer.header("ETag") == #"W/"1""#)
        #expect(answer.header("Last-Modified") == "Fri, 02 Jan 2026 10:00:01 GMT")
        #expect(answer.resource?["meta"]?["versionId"] == "1")
        #expect(answer.resource?["meta"]?["lastUpdated"] == "2026-01-02T10:00:01.000000Z")
        #expect(record.send("GET", "Patient/\(id)").resource == answer.resource)
    }

    @Test func `an update makes a new version, and every version can be read`() {
        var record = Record.filled()
        let answer = record.send("PUT", "Patient/p1", Record.patient("p1", family: "Finch"))
        #expect(answer.status == 200)
        #expect(answer.header("ETag") == #"W/"2""#)
        #expect(record.send("GET", "Patient/p1").resource?["name"]?[0]?["family"] == "Finch")
        #expect(record.send("GET", "Patient/p1/_history/1").resource?["name"]?[0]?["family"] == "Wren")
        #expect(record.send("GET", "Patient/p1/_history/3").status == 404)
        let history = record.send("GET", "Patient/p1/_history")
        #expect(history.resource?["type"] == "history")
        #expect(history.resource?["total"] == 2)
        #expect(history.entries.compactMap { $0["request"]?["method"]?.string } == ["PUT", "POST"])
    }

    @Test func `update-as-create keeps the client's id, and a body with another id is refused`() {
        var record = Record()
        #expect(record.send("PUT", "Patient/mine", Record.patient("mine")).status == 201)
        #expect(record.send("PUT", "Patient/mine", Record.patient("other")).status == 400)
        #expect(record.send("PUT", "Patient/mine", Record.patient(nil)).status == 400)
        #expect(record.send("PUT", "Patient/_x!", Record.patient("_x!")).status == 404)
        #expect(record.send("PUT", "Patient/a_b", Record.patient("a_b")).status == 400)
    }

    @Test func `ids from the counter step around ids that clients chose`() {
        var record = Record()
        record.send("PUT", "Patient/1001", Record.patient("1001"))
        #expect(record.send("POST", "Patient", Record.patient(nil)).id == "1002")
    }

    @Test func `If-Match lets only the version through that the client has seen (412)`() {
        var record = Record.filled()
        let changed = Record.patient("p1", family: "Finch")
        let stale = record.send("PUT", "Patient/p1", changed, ["if-match": #"W/"7""#])
        #expect(stale.status == 412)
        #expect(stale.codes == ["conflict"])
        #expect(record.send("GET", "Patient/p1").header("ETag") == #"W/"1""#)
        #expect(record.send("PUT", "Patient/p1", changed, ["if-match": #"W/"1""#]).status == 200)
        #expect(record.send("PUT", "Patient/p1", changed, ["if-match": #"W/"1""#]).status == 412)
        #expect(record.send("PUT", "Patient/p1", changed, ["if-match": "1"]).status == 400)
        #expect(record.send("PUT", "Patient/p9", Record.patient("p9"), ["if-match": #"W/"1""#]).status == 412)
        #expect(record.send("DELETE", "Patient/p2", "", ["if-match": #"W/"2""#]).status == 412)
    }

    @Test func `conditional create: none 201, one 200 and nothing new, many 412`() {
        var record = Record()
        let condition = ["if-none-exist": "identifier=urn%3Aoid%3A2.999.1%7Cnew-number"]
        let first = record.send("POST", "Patient", Record.patient(nil), condition)
        let second = record.send("POST", "Patient", Record.patient(nil), condition)
        #expect(first.status == 201)
        #expect(second.status == 200)
        #expect(second.id == first.id)
        #expect(second.header("Location") == first.header("Location"))
        record.send("POST", "Patient", Record.patient(nil))
        let third = record.send("POST", "Patient", Record.patient(nil), condition)
        #expect(third.status == 412)
        #expect(third.codes == ["multiple-matches"])
        #expect(record.server.store.all("Patient").count == 2)
    }

    @Test func `a condition that is unknown or selects nothing never creates`() {
        var record = Record()
        for condition in ["colour=red", "_count=1", "identifier=%zz", "identifier:text=x"] {
            let answer = record.send("POST", "Patient", Record.patient(nil), ["if-none-exist": condition])
            #expect((400...412).contains(answer.status), "\(condition)")
        }
        #expect(record.everything.isEmpty)
    }

    @Test func `conditional update: none 201, one 200, many 412; another id than the one found 400`() {
        var record = Record.filled()
        let path = "Patient?identifier=urn%3Aoid%3A2.999.1%7Cp1-number"
        #expect(record.send("PUT", path, Record.patient("p1", family: "Finch")).id == "p1")
        #expect(record.send("PUT", path, Record.patient("p2")).status == 400)
        #expect(record.send("PUT", "Patient?gender=female", Record.patient("p1")).status == 412)
        #expect(record.send("PUT", "Patient?identifier=nobody", Record.patient(nil)).status == 201)
        #expect(record.send("PUT", "Patient", Record.patient(nil)).status == 400)
    }

    @Test func `after a delete reads are 410, the history stays, and an update brings the resource back`() {
        var record = Record.filled()
        #expect(record.send("DELETE", "Patient/p2").status == 204)
        let gone = record.send("GET", "Patient/p2")
        #expect(gone.status == 410)
        #expect(gone.codes == ["deleted"])
        #expect(record.send("GET", "Patient?_id=p2").found.isEmpty)
        #expect(record.send("DELETE", "Patient/p2").status == 204)
        let history = record.send("GET", "Patient/p2/_history")
        #expect(history.statuses == ["204 No Content", "201 Created"])
        #expect(history.entries.first?["resource"] == nil)
        let back = record.send("PUT", "Patient/p2", Record.patient("p2"))
        #expect(back.status == 201)
        #expect(back.header("ETag") == #"W/"3""#)
    }

    @Test func `what others refer to cannot be deleted (409), in one transaction with them it can`() {
        var record = Record.filled()
        #expect(record.send("DELETE", "Patient/p1").status == 409)
        #expect(record.send("GET", "Patient/p1").status == 200)
        let all = ["ImagingStudy/is1", "ServiceRequest/sr1", "Patient/p1"].map {
            #"{"request":{"method":"DELETE","url":"\#($0)"}}"#
        }
        let bundle = #"{"resourceType":"Bundle","type":"transaction","entry":[\#(all.joined(separator: ","))]}"#
        #expect(record.send("POST", "", bundle).statuses == Array(repeating: "204 No Content", count: 3))
        #expect(record.send("GET", "Patient/p1").status == 410)
    }

    @Test func `conditional delete takes one match and refuses many`() {
        var record = Record.filled()
        #expect(record.send("DELETE", "Patient?gender=female").status == 412)
        #expect(record.send("DELETE", "Patient").status == 400)
        #expect(record.send("DELETE", "Patient?family=%C3%B6ster").status == 204)
        #expect(record.send("GET", "Patient/p2").status == 410)
        #expect(record.send("DELETE", "Patient?family=nobody").status == 204)
    }

    @Test(arguments: [
        ("return=minimal", ""), ("return=representation", "Patient"), ("return=OperationOutcome", "OperationOutcome"),
        ("handling=lenient; return=minimal", ""), ("", "Patient"),
    ])
    func `Prefer says what a write returns`(prefer: String, type: String) {
        var record = Record()
        let answer = record.send("POST", "Patient", Record.patient(nil), ["prefer": prefer])
        #expect(answer.status == 201)
        #expect((answer.resource?["resourceType"]?.string ?? "") == type)
        #expect(answer.header("Location") != nil)
        #expect((answer.header("Content-Type") == nil) == type.isEmpty)
    }

    @Test func `If-None-Match spares the body, HEAD has none`() {
        var record = Record.filled()
        let same = record.send("GET", "Patient/p1", "", ["if-none-match": #"W/"1""#])
        #expect(same.status == 304)
        #expect(same.bytes.isEmpty)
        #expect(record.send("GET", "Patient/p1", "", ["if-none-match": #"W/"2""#]).status == 200)
        let head = record.send("HEAD", "Patient/p1")
        #expect(head.status == 200)
        #expect(head.bytes.isEmpty)
        #expect(head.header("ETag") != nil)
    }

    @Test(arguments: [
        ("GET", "Unicorn/1", 404, "not-supported"), ("POST", "Unicorn", 404, "not-supported"),
        ("GET", "Patient/nobody", 404, "not-found"), ("GET", "Patient/p1/$everything", 404, "not-supported"),
        ("PATCH", "Patient/p1", 405, "not-supported"), ("POST", "Patient/p1", 405, "not-supported"),
        ("GET", "", 405, "not-supported"), ("GET", "Patient/_search", 405, "not-supported"),
        ("DELETE", "Patient/p1/_history", 405, "not-supported"), ("TRACE", "Patient", 405, "not-supported"),
    ])
    func `what is not there says so in an OperationOutcome`(
        method: String, path: String, status: Int, code: String
    ) {
        var record = Record.filled()
        let answer = record.send(method, path, method == "POST" ? Record.patient("p1") : "")
        #expect(answer.status == status)
        #expect(answer.codes == [code])
        #expect((answer.header("Allow") != nil) == (status == 405))
        #expect(answer.header("Content-Type") == "application/fhir+json; charset=utf-8")
    }

    @Test func `media types: 415 for other bodies, 406 for other answers`() {
        var record = Record.filled()
        let body = Record.patient(nil)
        for type in [
            "application/xml", "text/plain", "application/fhir+json; charset=latin1", "application/json-patch+json",
        ] {
            #expect(record.send("POST", "Patient", body, ["content-type": type]).status == 415, "\(type)")
        }
        #expect(record.send("POST", "Patient", body, ["content-type": "application/json; charset=UTF-8"]).status == 201)
        #expect(
            record.send("POST", "Patient/_search", "identifier=1", ["content-type": "application/json"]).status == 415)
        #expect(record.send("GET", "Patient/p1", "", ["accept": "application/fhir+xml"]).status == 406)
        #expect(record.send("GET", "Patient/p1?_format=xml").status == 406)
        for accept in ["application/fhir+json;q=0.9, text/html", "*/*", "text/html,application/xml;q=0.9,*/*;q=0.8"] {
            #expect(record.send("GET", "Patient/p1", "", ["accept": accept]).status == 200, "\(accept)")
        }
        #expect(record.send("GET", "Patient/p1?_format=application/fhir%2Bjson").status == 200)
    }

    @Test func `bodies: not JSON 400, no resource 400, of another type 400, too large 413`() {
        var record = Record()
        for body in [
            "{", "[]", "null", "{}", #"{"resourceType":"Device"}"#, #"{"resourceType":"Patient","resourceType":"x"}"#,
        ] {
            let answer = record.send("POST", "Patient", body)
            #expect(answer.status == 400, "\(body)")
            #expect(!answer.codes.isEmpty)
        }
        record.server = RecordServer(base: "http://ehr.example/fhir/", bodyLimit: 100)
        let large = record.send("POST", "Patient", Record.patient(nil))
        #expect(large.status == 413)
        #expect(large.codes == ["too-long"])
        #expect(record.everything.isEmpty)
    }

    @Test func `the CapabilityStatement promises what the gateway needs, from the tables that the server uses`() throws
    {
        var record = Record()
        let statement = try #require(record.send("GET", "metadata").resource)
        #expect(statement["resourceType"] == "CapabilityStatement")
        #expect(statement["fhirVersion"] == "4.0.1")
        let rest = try #require(statement["rest"]?[0])
        #expect(rest["interaction"]?.array?.contains { $0["code"] == "transaction" } == true)
        let types = (rest["resource"]?.array ?? []).compactMap { $0["type"]?.string }
        #expect(types == ElementTable.resourceTypes)
        for name in ["Patient", "ServiceRequest", "ImagingStudy", "DiagnosticReport", "Observation", "Device"] {
            let resource = try #require(rest["resource"]?.array?.first { $0["type"]?.string == name })
            #expect(resource["conditionalCreate"] == true)
            #expect(resource["searchParam"]?.array?.contains { $0["name"] == "identifier" } == true, "\(name)")
        }
        let report = rest["resource"]?.array?.first { $0["type"] == "ServiceRequest" }
        #expect(report?["searchRevInclude"]?.array?.contains("DiagnosticReport:based-on") == true)
    }

    @Test func `old versions are forgotten, their numbers are not used again`() {
        var record = Record.filled()
        for _ in 0..<ResourceStore.versionsKept + 5 { record.send("PUT", "Patient/p2", Record.patient("p2")) }
        #expect(record.send("GET", "Patient/p2").header("ETag") == #"W/"\#(ResourceStore.versionsKept + 6)""#)
        #expect(record.send("GET", "Patient/p2/_history").entries.count == ResourceStore.versionsKept)
        #expect(record.send("GET", "Patient/p2/_history/1").status == 404)
        #expect(record.send("GET", "Patient/p2/_history/7").status == 200)
    }
}
