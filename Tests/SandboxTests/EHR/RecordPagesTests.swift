import FHIR
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend EHR: web pages")
struct RecordPagesTests {
    private static let now = FHIRInstant(secondsSinceEpoch: 1_767_348_000)
    /// The first bytes of a PNG file.
    private static let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"

    private func page(_ record: Record, _ path: [String], method: String = "GET") -> (status: Int, html: String) {
        let pages = RecordPages(
            server: record.server,
            messages: [ReceivedMessage(time: Self.now, type: "ORU^R01", controlID: "C<1>", summary: "a result")])
        let response = pages.respond(to: HTTPExchangeRequest(method: method, path: path), now: Self.now)
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    /// A record with one report whose observation and report have the given elements besides.
    private func reported(
        observation: String = "", report: String = "", status: String = "preliminary", family: String = "Wren"
    ) throws -> (record: Record, id: String) {
        var record = Record.filled()
        record.send("PUT", "Patient/p1", Record.patient("p1", family: family))
        let bundle = Record.reportBundle(status: status)
            .replacing(#""code":{"text":"Pneumonia"}"#, with: #""code":{"text":"Pneumonia"}\#(observation)"#)
            .replacing(#""code":{"text":"Chest"}"#, with: #""code":{"text":"Chest"}\#(report)"#)
        let answer = record.send("POST", "", bundle, ["prefer": "return=representation"])
        let id = try #require(answer.entries.last?["resource"]?["id"]?.string, "\(answer.codes) \(answer.places)")
        return (record, id)
    }

    private static let finding = #"""
        ,"valueCodeableConcept":{"text":"Pneumonia seen by this model."},
        "note":[{"text":"AI-generated, preliminary, not for clinical use; not a medical device."},
        {"text":"Pneumonia seen by this model."},{"text":"A frontal view was assumed."}],"component":[
        {"code":{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"122157"}]},
        "valueQuantity":{"value":0.870}},
        {"code":{"coding":[{"system":"urn:x-imaging-gateway:component","code":"probability-spread"}],
        "text":"Probability: three networks and seven views of the image"},
        "valueRange":{"low":{"value":0.810},"high":{"value":0.930}}},
        {"code":{"coding":[{"system":"urn:x-imaging-gateway:component","code":"operating-threshold"}]},
        "valueQuantity":{"value":0.500}},
        {"code":{"coding":[{"system":"urn:x-imaging-gateway:component","code":"indeterminate-from"}]},
        "valueQuantity":{"value":0.200}},
        {"code":{"coding":[{"system":"urn:x-imaging-gateway:component","code":"indeterminate-to"}]},
        "valueQuantity":{"value":0.800}},
        {"code":{"text":"Model and version"},"valueString":"chest 1.0.0"}]
        """#

    @Test func `a finding: who, status, what was asked and seen, how sure, where, limits, model, versions`() throws {
        let picture = #"""
            ,"effectiveDateTime":"2026-01-02",
            "presentedForm":[{"contentType":"image/png","data":"\#(Self.png)","title":"Red raised it."}]
            """#
        let (record, id) = try reported(observation: Self.finding, report: picture)
        let (status, html) = page(record, ["reports", id])
        #expect(status == 200)
        let order = [
            "WREN, Ada", "2022-08-14 (3 years)", "female", "p1-number",
            "PRELIMINARY – AI-generated, not for clinical use", "No physician has signed it.",
            "Pneumonia seen by this model.", "0.870", "about 87 in 100", "Networks and views from 0.810 to 0.930.",
            "threshold 0.500", "<path class=\"spread\"",
            "Probability: three networks and seven views of the image: 0.810 to 0.930.", "0.200 and 0.800",
            "Chest radiograph", "A|1", "2026-01-02 08:00 UTC", "3 years",
            "<img src=\"data:image/png;base64,\(Self.png)\" alt=\"Picture from the report. Red raised it.\">",
            "A frontal view was assumed.", "chest 1.0.0", "Versions of this report",
            "http://ehr.example/fhir/DiagnosticReport/\(id)/_history/1", "not a medical device",
        ]
        var rest = html[...]
        for words in order {
            let place = rest.firstRange(of: words)
            #expect(place != nil, "\(words)")
            rest = rest[(place?.upperBound ?? rest.startIndex)...]
        }
        #expect(!html.lowercased().contains("normal"))
    }

    @Test func `an undecided finding says why below what was seen, and not a second time among the limits`() throws {
        let reason = "The model's networks and views of the image disagree."
        let undecided = Self.finding
            .replacing("Pneumonia seen by this model.", with: "This model does not decide.")
            .replacing(#"{"text":"A frontal view was assumed."}"#, with: #"{"text":"\#(reason)"}"#)
            .replacing(
                #"{"code":{"text":"Model and version"}"#,
                with: #"""
                    {"code":{"coding":[{"system":"urn:x-imaging-gateway:component","code":"indeterminate-reason"}],
                    "text":"Why not decided"},"valueCodeableConcept":{"coding":[{"code":"spread"}],
                    "text":"\#(reason)"}},{"code":{"text":"Model and version"}
                    """#)
        let (record, id) = try reported(observation: undecided)
        let html = page(record, ["reports", id]).html
        #expect(html.contains("<p>Why: The model&#39;s networks and views of the image disagree.</p>"))
        #expect(html.ranges(of: "disagree").count == 1)
        #expect(!html.contains("Why not decided"))
    }

    @Test(
        "a spread that is no range of numbers is left out",
        arguments: [
            #"{"low":{"value":0.9},"high":{"value":0.1}}"#, #"{"low":{"value":0.9}}"#,
            #"{"low":{"value":-1},"high":{"value":0.1}}"#,
        ])
    func impossibleSpread(range: String) throws {
        let broken = Self.finding.replacing(#"{"low":{"value":0.810},"high":{"value":0.930}}"#, with: range)
        let (record, id) = try reported(observation: broken)
        let html = page(record, ["reports", id]).html
        #expect(html.contains("about 87 in 100"))
        #expect(!html.contains("class=\"spread\"") && !html.contains("seven views"))
    }

    @Test func `a refusal says that it is no negative result, and shows no number and no picture`() throws {
        let refusal = #"""
            ,"dataAbsentReason":{"text":"Not analysed: this is not a negative result. Too old."},"component":[
            {"code":{"coding":[{"system":"urn:x-imaging-gateway:component","code":"refusal"}]},
            "valueCodeableConcept":{"coding":[{"code":"ageOutOfRange"}],"text":"Too old."}}]
            """#
        let (record, id) = try reported(observation: refusal)
        let html = page(record, ["reports", id]).html
        #expect(html.contains("Not analysed: this is not a negative result."))
        let listed = page(record, []).html
        #expect(listed.contains("<div>Not analysed: this is not a negative result.</div>"))
        #expect(html.contains("Why:  Too old."))
        #expect(html.contains("ageOutOfRange"))
        #expect(html.contains("Nothing was looked for"))
        for absent in ["How sure", "<img", "<svg", "in 100", "What was seen"] {
            #expect(!html.contains(absent), "\(absent)")
        }
    }

    @Test(arguments: [
        ("entered-in-error", "ENTERED IN ERROR – DO NOT USE – AI-generated", true), ("cancelled", "CANCELLED", true),
        ("final", "FINAL – AI-generated, not for clinical use", false), ("unknown", "STATUS UNKNOWN", true),
    ])
    func `the status cannot be mistaken`(status: String, words: String, isStop: Bool) throws {
        let (record, id) = try reported(observation: Self.finding, status: status)
        let html = page(record, ["reports", id]).html
        #expect(html.contains(words))
        #expect(html.contains("class=\"status stop\"") == isStop)
        #expect(!html.contains("No physician has signed it."))
    }

    @Test func `whatever stands in a record is text: no element, attribute or script comes out of it`() throws {
        let script = "<script>alert(1)</script>\\\" onload='x' {{ &lt; \u{202E}<\u{301}img>"
        let hostile = Self.finding.replacing("Pneumonia seen by this model.", with: script)
            .replacing("chest 1.0.0", with: script)
        let (record, id) = try reported(
            observation: hostile,
            report: #","conclusion":"\#(script)","resultsInterpreter":[{"display":"\#(script)"}]"#,
            family: script)
        for path in [["reports", id], [], ["patients", "p1"]] {
            let html = page(record, path).html
            #expect(html.contains("&lt;script&gt;") || html.contains("&lt;SCRIPT&gt;"), "\(path)")
            for tag in ["<script", "<SCRIPT", "<img", "<IMG"] {
                #expect(
                    !html.unicodeScalars.map(String.init).joined(separator: "\u{0}").contains(
                        tag.unicodeScalars.map(String.init).joined(separator: "\u{0}")), "\(path) \(tag)")
            }
            #expect(!html.contains("\" onload"))
            #expect(!html.contains("\u{202E}"))
        }
        #expect(Markup.escaped("a<\u{301}b>&\"'\u{0}") == "a&lt;\u{301}b&gt;&amp;&quot;&#39;\u{FFFD}")
    }

    @Test(arguments: [
        ("image/svg+xml", Self.png), ("text/html", Self.png), ("image/png", "PHNjcmlwdD4="), ("image/jpeg", Self.png),
        ("image/png; x=y", Self.png),
    ])
    func `only pictures that are PNG or JPEG by type and by content are shown`(type: String, data: String) throws {
        let picture = #","presentedForm":[{"contentType":"\#(type)","data":"\#(data)"}]"#
        let (record, id) = try reported(observation: Self.finding, report: picture)
        let html = page(record, ["reports", id]).html
        #expect(!html.contains("<img"))
        #expect(html.contains("No picture was sent."))
        let attachment: JSONValue = ["contentType": "image/png", "data": "iVBORw0KGgo\" onload=\""]
        #expect(ReportPicture(attachment) == nil)
        #expect(
            ReportPicture(["contentType": "image/jpeg", "data": "/9j/4AAQ"])?.source
                == "data:image/jpeg;base64,/9j/4AAQ")
    }

    @Test func `the worklist: patients, orders, reports with links, messages; merged records say so`() throws {
        var (record, id) = try reported(observation: Self.finding)
        var html = page(record, []).html
        for words in [
            "WREN, Ada", "ÖSTERLING, Bo", "Chest radiograph", "A|1", "/reports/\(id)", "ORU^R01", "C&lt;1&gt;",
        ] {
            #expect(html.contains(words), "\(words)")
        }
        record.send(
            "PUT", "Patient/p2",
            #"""
            {"resourceType":"Patient","id":"p2","active":false,"name":[{"family":"Old"}],
            "link":[{"other":{"reference":"Patient/p1"},"type":"replaced-by"}]}
            """#)
        html = page(record, ["patients", "p2"]).html
        #expect(html.contains("RECORD NO LONGER IN USE"))
        #expect(!page(record, ["patients", "p1"]).html.contains("RECORD NO LONGER IN USE"))
    }

    @Test func `every page has language, title, one h1 and the footer, and headers that keep it to itself`() throws {
        let (record, id) = try reported(observation: Self.finding)
        for (path, status) in [
            ([], 200), (["reports", id], 200), (["patients", "p1"], 200), (["x"], 404), (["reports", "x"], 404),
        ] {
            let answer = page(record, path)
            #expect(answer.status == status)
            #expect(answer.html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
            #expect(answer.html.components(of: "<h1>") == 1)
            #expect(answer.html.contains("<title>"))
            #expect(answer.html.contains("Invented patients, generated images."))
            #expect(answer.html.contains("not a medical device"))
            #expect(!answer.html.contains("<script"))
        }
        let response = RecordPages(server: record.server).respond(
            to: HTTPExchangeRequest(method: "GET", path: []), now: Self.now)
        let policy = response.headers.first { $0.name == "Content-Security-Policy" }?.value
        #expect(policy?.hasPrefix("default-src 'none'; img-src data:; style-src 'unsafe-inline'") == true)
        #expect(page(record, [], method: "POST").status == 405)
        #expect(page(record, [], method: "HEAD").html.isEmpty)
    }

    @Test func `a report about nobody, or with words only, still says what it is`() throws {
        var record = Record()
        let body =
            #"{"resourceType":"DiagnosticReport","status":"final","code":{"text":"X"},"conclusion":"Only words."}"#
        let id = try #require(record.send("POST", "DiagnosticReport", body).id)
        let html = page(record, ["reports", id]).html
        for words in [
            "PATIENT UNKNOWN", "FINAL – not for clinical use", "Only words.", "The order is not in this record.",
        ] {
            #expect(html.contains(words), "\(words)")
        }
        #expect(!html.contains("AI-generated"))
    }

    @Test func `a report stands in the row of its order only; one without an order has its own row`() throws {
        var (record, id) = try reported(observation: Self.finding)
        #expect(page(record, []).html.components(of: "/reports/\(id)") == 1)
        let body = #"""
            {"resourceType":"DiagnosticReport","status":"final","code":{"text":"X"},"subject":{"reference":"Patient/p1"}}
            """#
        let other = try #require(record.send("POST", "DiagnosticReport", body).id)
        let html = page(record, []).html
        #expect(html.components(of: "/reports/\(id)") == 1)
        #expect(html.components(of: "/reports/\(other)") == 1)
        #expect(html.components(of: "<th scope=\"row\"><a href=\"/patients/p1\"") == 2)
    }

    @Test func `an inactive record says so, without being merged`() {
        var record = Record.filled()
        record.send("PUT", "Patient/p2", #"{"resourceType":"Patient","id":"p2","active":false}"#)
        let html = page(record, ["patients", "p2"]).html
        #expect(html.contains("RECORD NO LONGER IN USE") && html.contains("It was made inactive."))
    }

    @Test func `reading a page changes nothing, and the same record gives the same bytes`() throws {
        let (record, id) = try reported(observation: Self.finding)
        #expect(page(record, ["reports", id]).html == page(record, ["reports", id]).html)
    }

    @Test(arguments: [
        ("2022-08-14", "2026-01-02", "3 years"), ("2024-01-03", "2026-01-02", "23 months"),
        ("2024-01-02", "2026-01-02", "2 years"), ("2025-12-02", "2026-01-02", "1 month"),
        ("2026-01-02", "2026-01-02T23:00:00Z", "0 months"),
    ])
    func `ages are completed years, months below two years`(born: String, day: String, age: String) {
        #expect(Wording.age(born: born, on: day) == age)
        #expect(Wording.age(born: "2022", on: day) == nil)
        #expect(Wording.age(born: "2030-01-01", on: day) == nil)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
