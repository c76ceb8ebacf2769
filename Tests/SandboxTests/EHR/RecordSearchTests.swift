import FHIR
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend EHR: search (R4 §3.1.1)")
struct RecordSearchTests {
    @Test(arguments: [
        ("urn:oid:2.999.1%7Cp1-number", ["Patient/p1"]), ("p1-number", ["Patient/p1"]), ("P1-NUMBER", []),
        ("%7Cp1-bare", ["Patient/p1"]), ("%7Cp1-number", []), ("urn:oid:2.999.1%7C", ["Patient/p1", "Patient/p2"]),
        ("urn:oid:2.999.1%7Cp1-bare", []), ("p1-bare,p2-bare", ["Patient/p1", "Patient/p2"]),
        ("urn:oid:2.999.9%7Cp1-number", []), ("p1", []),
    ])
    func `tokens: system|code, |code, system|, code alone, alternatives`(token: String, expected: [String]) {
        var record = Record.filled()
        #expect(record.send("GET", "Patient?identifier=\(token)").found == expected)
        #expect(record.search("Patient", "identifier=\(token)").found == expected)
    }

    @Test func `an escaped separator belongs to the value`() {
        var record = Record.filled()
        #expect(
            record.send("GET", "ServiceRequest?identifier=urn:oid:2.999.3%7CA%5C%7C1").found == ["ServiceRequest/sr1"])
        #expect(record.send("GET", "ServiceRequest?identifier=A").found == [])
        #expect(SearchValue.split(#"a\,b,c"#, at: ",") == [#"a\,b"#, "c"])
        #expect(SearchValue.unescaped(#"a\,b\\c\|d\$e\f\"#) == #"a,b\c|d$e\f\"#)
    }

    @Test(arguments: [
        ("ServiceRequest?patient=Patient/p1", 1), ("ServiceRequest?patient=p1", 1),
        ("ServiceRequest?subject=http://ehr.example/fhir/Patient/p1", 1), ("ServiceRequest?patient=p2", 0),
        ("ServiceRequest?subject=http://other.example/fhir/Patient/p1", 0), ("ServiceRequest?subject:Patient=p1", 1),
        ("ServiceRequest?subject:Device=p1", 0), ("ServiceRequest?subject=Device/p1", 0),
        ("ServiceRequest?subject:identifier=urn:oid:2.999.1%7Cp1-number", 1),
        ("ServiceRequest?subject:identifier=urn:oid:2.999.1%7Cp2-number", 0),
        ("ServiceRequest?patient.identifier=urn:oid:2.999.1%7Cp1-number", 1),
        ("ServiceRequest?patient.identifier=urn:oid:2.999.1%7Cp2-number", 0),
        ("ServiceRequest?subject:Patient.family=wren", 1), ("ServiceRequest?subject:Patient.family=finch", 0),
        ("ImagingStudy?basedon.subject:Patient.given=ada", 1), ("ImagingStudy?basedon=ServiceRequest/sr1", 1),
        ("ImagingStudy?basedon=ServiceRequest/sr2", 0), ("ImagingStudy?patient:missing=true", 0),
        ("ImagingStudy?endpoint:missing=true", 1),
    ])
    func `references: relative, absolute, id, by type, by identifier, chained`(path: String, count: Int) {
        var record = Record.filled()
        let answer = record.send("GET", path, "", ["prefer": "handling=strict"])
        #expect(answer.status == 200)
        #expect(answer.resource?["total"] == .number(JSONNumber(count)))
        #expect(answer.found.count == count)
    }

    @Test(arguments: [
        ("name=ost", ["Patient/p2"]), ("name=ÖSTER", ["Patient/p2"]), ("name=ada", ["Patient/p1"]), ("name=da", []),
        ("name:contains=da", ["Patient/p1"]), ("name:exact=wren", []), ("name:exact=Wren", ["Patient/p1"]),
        ("family=ada", []), ("gender=female&family=w", ["Patient/p1"]),
        ("gender:not=male", ["Patient/p1", "Patient/p2"]),
        ("gender:not=female", []), ("active=true&_id=p2", ["Patient/p2"]),
        ("_id=p1,p2&_sort=-family", ["Patient/p2", "Patient/p1"]),
    ])
    func `strings begin alike without case and accents; conditions add up`(query: String, expected: [String]) {
        var record = Record.filled()
        #expect(record.search("Patient", query, strict: true).found == expected)
    }

    @Test(arguments: [
        ("2026-01-02", true), ("2026-01", true), ("2026", true), ("eq2026-01-02T08:30:00Z", true),
        ("2026-01-03", false),
        ("gt2026-01-02T08:29:59Z", true), ("gt2026-01-02", false), ("lt2026-01-02", false),
        ("lt2026-01-02T08:30:00Z", false),
        ("lt2026-01-02T08:30:01Z", true), ("le2026-01-02", true),
        ("ge2026-01-02T08:30:00Z", true), ("sa2026-01-01", true), ("eb2026-01-02", false), ("eb2026-01-03", true),
        ("ne2026-01-02", false), ("ne2026-01-03", true), ("ap2026-01-02T08:30Z", true),
        ("2026-01-02T09:30:00%2B01:00", true), ("2026-01-02T09:30:00Z", false),
    ])
    func `dates: prefixes, precision and zones`(date: String, matches: Bool) {
        var record = Record.filled()
        let answer = record.search("ImagingStudy", "started=\(date)", strict: true)
        #expect(answer.status == 200)
        #expect(answer.found == (matches ? ["ImagingStudy/is1"] : []))
    }

    @Test func `_lastUpdated finds what changed since`() {
        var record = Record.filled()
        let before = FHIRInstant(secondsSinceEpoch: record.seconds).text
        record.send("PUT", "Patient/p2", Record.patient("p2"))
        #expect(record.send("GET", "Patient?_lastUpdated=gt\(before)").found == ["Patient/p2"])
    }

    @Test func `unknown parameters are left out of the self link, or refused under handling=strict`() {
        var record = Record.filled()
        let lenient = record.search("Patient", "colour=red&identifier=p1-number&_count=5")
        #expect(lenient.found == ["Patient/p1"])
        #expect(lenient.link("self") == "http://ehr.example/fhir/Patient?identifier=p1-number&_count=5")
        let strict = record.search("Patient", "colour=red&identifier=p1-number", strict: true)
        #expect(strict.status == 400)
        #expect(strict.codes == ["not-supported"])
        #expect(!String(decoding: strict.bytes, as: UTF8.self).contains("red"))
        #expect(record.search("Patient", "identifier=", strict: true).status == 400)
        #expect(record.search("Patient", "identifier=").link("self") == "http://ehr.example/fhir/Patient")
    }

    @Test(arguments: [
        "identifier:text=x", "birthdate=yesterday", "_count=-1", "_count=many", "identifier=%7C", "name:not=x",
    ])
    func `modifiers and values that are not understood are refused in any case`(query: String) {
        var record = Record.filled()
        let answer = record.search("Patient", query)
        #expect(answer.status == 400)
        #expect(!answer.codes.isEmpty)
    }

    @Test func `pages: every match once, next links without the query, also while new matches arrive`() throws {
        var record = Record()
        for index in 0..<7 { record.send("PUT", "Patient/n\(index)", Record.patient("n\(index)")) }
        var answer = record.search("Patient", "gender=female&_count=3")
        #expect(answer.resource?["total"] == 7)
        var found = answer.found
        var pages = 1
        while let next = answer.link("next") {
            #expect(!next.contains("gender"))
            record.send("POST", "Patient", Record.patient(nil))
            answer = record.send("GET", next)
            #expect(answer.status == 200)
            #expect(answer.resource?["total"] == 7)
            found += answer.found
            pages += 1
        }
        #expect(pages == 3)
        #expect(found == (0..<7).map { "Patient/n\($0)" })
        #expect(record.send("GET", "Patient?_page=999").status == 410)
        #expect(record.send("GET", "Device?_page=1").status == 410)
    }

    @Test func `_summary=count and _count=0 count and show nothing`() {
        var record = Record.filled()
        for query in ["_summary=count", "_count=0"] {
            let answer = record.send("GET", "Patient?\(query)")
            #expect(answer.resource?["total"] == 2)
            #expect(answer.entries.isEmpty)
            #expect(answer.link("next") == nil)
        }
    }

    @Test func `_include and _revinclude bring others along, each once, marked as such`() {
        var record = Record.filled()
        let study = record.send("GET", "ImagingStudy?_include=ImagingStudy:patient&_include=ImagingStudy:basedon")
        #expect(study.found == ["ImagingStudy/is1", "Patient/p1", "ServiceRequest/sr1"])
        #expect(study.entries.compactMap { $0["search"]?["mode"]?.string } == ["match", "include", "include"])
        #expect(study.resource?["total"] == 1)
        let patient = record.send(
            "GET", "Patient?_id=p1&_revinclude=ImagingStudy:patient&_revinclude=ServiceRequest:subject")
        #expect(patient.found == ["Patient/p1", "ImagingStudy/is1", "ServiceRequest/sr1"])
        #expect(record.send("GET", "Patient?_id=p2&_revinclude=ImagingStudy:patient").found == ["Patient/p2"])
        let other = record.send("GET", "ImagingStudy?_include=ImagingStudy:colour", "", ["prefer": "handling=strict"])
        #expect(other.status == 400)
    }

    @Test func `status, code, type and study UID of the types that the gateway uses`() {
        var record = Record.filled()
        record.send("POST", "", Record.reportBundle())
        let queries = [
            "DiagnosticReport?identifier=urn:x%7Creport-1&status=preliminary&based-on=ServiceRequest/sr1&patient=p1",
            "DiagnosticReport?result.device.identifier=device", "Observation?device.device-name=mod",
            "ImagingStudy?identifier=urn:dicom:uid%7Curn:oid:1.2.3&modality=DX&series=1.2.3.4",
            "ServiceRequest?status=active,completed&intent=order&authored=2026-01-02T08:00:00Z",
        ]
        for query in queries {
            let answer = record.send("GET", query, "", ["prefer": "handling=strict"])
            #expect(answer.found.count == 1, "\(query)")
        }
        #expect(record.send("GET", "DiagnosticReport?status=final").found.isEmpty)
    }

    @Test func `pages that nobody asked for are forgotten, the oldest first`() throws {
        var record = Record.filled()
        let first = try #require(record.search("Patient", "_count=1").link("next"))
        var last = first
        for _ in 0..<300 { last = try #require(record.search("Patient", "_count=1").link("next")) }
        #expect(record.send("GET", first).status == 410)
        #expect(record.send("GET", last).found == ["Patient/p2"])
    }
}
