import FHIR
import JSON
import Testing

@testable import Sandbox

/// A pretend EHR under test, with a clock that moves a second for each request.
struct Record {
    var server = RecordServer(base: "http://ehr.example/fhir")
    var seconds: Int64 = 1_767_348_000
    private(set) var deliveries: [SubscriptionDelivery] = []

    struct Answer {
        let status: Int
        let headers: [(name: String, value: String)]
        let bytes: [UInt8]

        var json: JSONValue? { try? JSONValue(parsing: bytes) }
        var resource: JSONObject? { json?.object }
        var id: String? { resource?["id"]?.string }
        /// Codes of the issues of an OperationOutcome.
        var codes: [String] {
            guard resource?["resourceType"] == "OperationOutcome" else { return [] }
            return (resource?["issue"]?.array ?? []).compactMap { $0["code"]?.string }
        }
        var places: [String] { (resource?["issue"]?.array ?? []).compactMap { $0["expression"]?[0]?.string } }
        var entries: [JSONValue] { resource?["entry"]?.array ?? [] }
        /// `Type/id` of the entries' resources.
        var found: [String] {
            entries.compactMap { entry in
                guard let type = entry["resource"]?["resourceType"]?.string, let id = entry["resource"]?["id"]?.string
                else { return nil }
                return "\(type)/\(id)"
            }
        }
        var statuses: [String] { entries.compactMap { $0["response"]?["status"]?.string } }

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        func link(_ relation: String) -> String? {
            (resource?["link"]?.array ?? []).first { $0["relation"]?.string == relation }?["url"]?.string
        }
    }

    /// Sends a request; the path is relative to the base and may carry a query.
    @discardableResult
    mutating func send(
        _ method: String, _ path: String, _ body: String = "", _ headers: [String: String] = [:]
    ) -> Answer {
        seconds += 1
        let relative = path.hasPrefix(server.base + "/") ? String(path.dropFirst(server.base.count + 1)) : path
        let parts = relative.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var all = headers
        if !body.isEmpty, all["content-type"] == nil { all["content-type"] = "application/fhir+json" }
        let request = HTTPExchangeRequest(
            method: method, path: parts[0].split(separator: "/").map(String.init),
            query: FormCoding.parse(parts.count > 1 ? String(parts[1]) : "") ?? [], headers: all,
            body: Array(body.utf8))
        let (response, deliveries) = server.respond(to: request, now: FHIRInstant(secondsSinceEpoch: seconds))
        self.deliveries = deliveries
        return Answer(status: response.status, headers: response.headers, bytes: response.body)
    }

    /// A form to `_search`.
    mutating func search(_ type: String, _ form: String, strict: Bool = false) -> Answer {
        send(
            "POST", "\(type)/_search", form,
            ["content-type": "application/x-www-form-urlencoded", "prefer": strict ? "handling=strict" : ""])
    }

    /// Two patients, an order and its study for the first.
    static func filled() -> Record {
        var record = Record()
        record.send("PUT", "Organization/radiology", #"{"resourceType":"Organization","id":"radiology","name":"R"}"#)
        for (id, family, given) in [("p1", "Wren", "Ada"), ("p2", "Österling", "Bo")] {
            record.send("PUT", "Patient/\(id)", patient(id, family: family, given: given))
        }
        record.send(
            "PUT", "ServiceRequest/sr1",
            #"""
            {"resourceType":"ServiceRequest","id":"sr1","status":"active","intent":"order","identifier":[
            {"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]},
            "system":"urn:oid:2.999.3","value":"A|1"}],"code":{"text":"Chest radiograph"},
            "subject":{"reference":"Patient/p1","identifier":{"system":"urn:oid:2.999.1","value":"p1-number"}},
            "authoredOn":"2026-01-02T09:00:00+01:00"}
            """#)
        record.send("PUT", "ImagingStudy/is1", study("is1"))
        return record
    }

    static func patient(_ id: String?, family: String = "Wren", given: String = "Ada") -> String {
        """
        {"resourceType":"Patient"\(id.map { ",\"id\":\"\($0)\"" } ?? ""),"active":true,"identifier":[
        {"system":"urn:oid:2.999.1","value":"\(id ?? "new")-number"},{"value":"\(id ?? "new")-bare"}],
        "name":[{"family":"\(family)","given":["\(given)"]}],"gender":"female","birthDate":"2022-08-14"}
        """
    }

    static func study(_ id: String, status: String = "available") -> String {
        #"""
        {"resourceType":"ImagingStudy","id":"\#(id)","status":"\#(status)","subject":{"reference":"Patient/p1"},
        "identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"started":"2026-01-02T08:30:00Z",
        "basedOn":[{"reference":"ServiceRequest/sr1"}],"numberOfInstances":1,
        "series":[{"uid":"1.2.3.4","modality":{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"DX"}}]}
        """#
    }

    /// A report with its observation and device, as the gateway sends them.
    static func reportBundle(
        name: String = "1", status: String = "preliminary", subject: String = "Patient/p1", extra: String = ""
    ) -> String {
        let create = #""method":"POST","ifNoneExist":"identifier=urn%3Ax%7C"#
        return #"""
            {"resourceType":"Bundle","type":"transaction","entry":[
            {"fullUrl":"urn:uuid:00000000-0000-8000-8000-00000000000d","resource":{"resourceType":"Device",
            "identifier":[{"system":"urn:x","value":"device"}],"deviceName":[{"name":"Model","type":"model-name"}]},
            "request":{"url":"Device",\#(create)device"}},
            {"fullUrl":"urn:uuid:00000000-0000-8000-8000-00000000000a","resource":{"resourceType":"Observation",
            "identifier":[{"system":"urn:x","value":"obs-\#(name)"}],"status":"preliminary","code":{"text":"Pneumonia"},
            "subject":{"reference":"\#(subject)"},"device":{"reference":"urn:uuid:00000000-0000-8000-8000-00000000000d"}},
            "request":{"url":"Observation",\#(create)obs-\#(name)"}},
            {"fullUrl":"urn:uuid:00000000-0000-8000-8000-00000000000b","resource":{"resourceType":"DiagnosticReport",
            "identifier":[{"system":"urn:x","value":"report-\#(name)"}],"status":"\#(status)","code":{"text":"Chest"},
            "subject":{"reference":"\#(subject)"},"basedOn":[{"reference":"ServiceRequest/sr1"}],
            "result":[{"reference":"urn:uuid:00000000-0000-8000-8000-00000000000a"}]},
            "request":{"url":"DiagnosticReport",\#(create)report-\#(name)"}}\#(extra)]}
            """#
    }

    /// Everything that is stored, for comparing before and after.
    var everything: [String] {
        ElementTable.resourceTypes.flatMap { type in
            server.store.all(type).map { String(decoding: JSONValue.object($0.resource).serialized(), as: UTF8.self) }
        }
    }
}
