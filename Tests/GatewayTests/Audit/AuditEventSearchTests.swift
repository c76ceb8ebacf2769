import Audit
import FHIR
import Mapping
import Sealing
import Testing
import Workflow

@testable import Gateway

@Suite("Searches for AuditEvents (ITI-81)")
struct AuditEventSearchTests {
    private let assigners: AssignerDirectory

    init() throws {
        assigners = try AssignerDirectory([
            AssignerEntry(name: "hospital", fhir: "urn:oid:1.2.3"), AssignerEntry(name: "ris", fhir: "http://ris"),
        ])
    }

    private func search(_ query: String) throws -> AuditEventSearch {
        try AuditEventSearch(try #require(SearchForm(query)), assigners: assigners)
    }

    private func refusal(_ query: String) -> String? {
        do { _ = try search(query) } catch let error as AuditEventSearch.Refusal { return error.code } catch {}
        return nil
    }

    @Test(arguments: [
        ("2026", "2026-01-01T00:00:00.000000Z", "2027-01-01T00:00:00.000000Z"),
        ("2026-12", "2026-12-01T00:00:00.000000Z", "2027-01-01T00:00:00.000000Z"),
        ("2024-02-29", "2024-02-29T00:00:00.000000Z", "2024-03-01T00:00:00.000000Z"),
        ("2026-11-21T10:30", "2026-11-21T10:30:00.000000Z", "2026-11-21T10:31:00.000000Z"),
        ("2026-11-21T10:30:05Z", "2026-11-21T10:30:05.000000Z", "2026-11-21T10:30:06.000000Z"),
        ("2026-11-21T00:30:00+01:00", "2026-11-20T23:30:00.000000Z", "2026-11-20T23:30:01.000000Z"),
        ("2026-11-21T10:30:05.25-02:30", "2026-11-21T13:00:05.250000Z", "2026-11-21T13:00:05.260000Z"),
    ])
    func `a date is as long as its precision`(text: String, start: String, end: String) throws {
        let moment = try #require(SearchMoment(text))
        #expect(FHIRInstant(microsecondsSinceEpoch: moment.start.microseconds).text == start)
        #expect(FHIRInstant(microsecondsSinceEpoch: moment.end.microseconds).text == end)
    }

    @Test(arguments: [
        "", "26", "2026-13", "2026-02-30", "2026-11-21T25:00", "2026-11-21 10:00", "2026-11-21T10:00+15:00",
    ])
    func `what is no date is refused`(text: String) {
        #expect(SearchMoment(text) == nil)
        #expect(refusal("date=ge\(text)") == "audit.search.date")
    }

    @Test func `prefixes make half-open periods`() throws {
        let period = try search("date=ge2026-11-01&date=le2026-11-30").period
        #expect(period.from == SearchMoment("2026-11-01")?.start)
        #expect(period.until == SearchMoment("2026-12-01")?.start)
        #expect(try search("date=gt2026-11-01").period.from == SearchMoment("2026-11-02")?.start)
        #expect(try search("date=lt2026-11-01").period.until == SearchMoment("2026-11-01")?.start)
        #expect(refusal("date=ne2026") == "audit.search.date")
    }

    @Test func `a patient is found by the system of its assigner, as GET and POST write it`() throws {
        let subject = Subject(type: .patient, assigner: "hospital", identifier: "47,11")
        #expect(try search("patient.identifier=urn%3Aoid%3A1.2.3%7C47%5C%2C11").subjects == [subject])
        #expect(try search("patient:identifier=urn:oid:1.2.3|47\\,11").subjects == [subject])
        #expect(refusal("patient.identifier=4711") == "audit.search.identifier")
        #expect(refusal("patient.identifier=urn:other|4711") == "audit.search.system")
        #expect(
            refusal("patient.identifier=urn:oid:1.2.3|1&entity.identifier=|x") == "audit.search.repeated")
    }

    @Test func `a thing is whatever may have the identifier`() throws {
        let study = try search("entity.identifier=urn:dicom:uid|urn:oid:1.2.3").subjects
        #expect(study == [Subject(type: .study, identifier: "1.2.3")])
        let order = try search("entity.identifier=http://ris|A1").subjects
        #expect(order.contains(Subject(type: .accession, assigner: "ris", identifier: "A1")))
        #expect(refusal("entity.identifier=http://nobody|A1") == "audit.search.identifier")
    }

    @Test(arguments: [
        ("_sort=-date", "audit.search.unsupported"), ("policy=x", "audit.search.unsupported"),
        ("outcome=3", "audit.search.outcome"), ("_count=0", "audit.search.count"),
        ("date:missing=true", "audit.search.unsupported"),
    ])
    func `what is not known is refused, not ignored`(query: String, code: String) {
        #expect(refusal(query) == code)
    }

    @Test func `a page has at most a thousand`() throws {
        #expect(try search("_count=7").count == 7)
        #expect(try search("_count=1000000").count == 1000)
        #expect(try search("").count == AuditEventSearch.defaultCount)
    }

    @Test func `forms are decoded once; what is broken is none`() throws {
        let form = try #require(SearchForm("a=1+2&b=%C3%A4%7C&c"))
        #expect(form.pairs.map(\.value) == ["1 2", "ä|", ""])
        for text in ["a=%", "a=%4", "a=%zz", "a=%C3", "a=%+1"] { #expect(SearchForm(text) == nil, "\(text)") }
        #expect(SearchForm(Array(repeating: "a=1", count: 51).joined(separator: "&")) == nil)
    }

    @Test func `a link is sealed, belongs to one auditor and one process, and cannot be changed`() throws {
        let key = DataKey.random()
        let cursor = SearchCursor(question: "patient.identifier=urn:oid:1.2.3|4711", next: 7, end: 99)
        let text = try cursor.sealed(by: key, for: "anna")
        #expect(!text.contains("4711"))
        #expect(SearchCursor(text, opening: key, for: "anna") == cursor)
        #expect(SearchCursor(text, opening: key, for: "ben") == nil)
        #expect(SearchCursor(text, opening: .random(), for: "anna") == nil)
        #expect(SearchCursor(text.dropLast(2) + "AA", opening: key, for: "anna") == nil)
    }

    @Test func `seeded garbage is never a crash`() {
        var state: UInt64 = 20_261_121
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let alphabet = Array("date=ge2026-11T:+%7C|\\,&patient.identifierouctm_0129Zé")
        for round in 0..<3000 {
            let text = String((0..<Int(next() % 60)).map { _ in alphabet[Int(next()) % alphabet.count] })
            _ = SearchMoment(text)
            guard let form = SearchForm(text) else { continue }
            do { _ = try AuditEventSearch(form, assigners: assigners) } catch {
                #expect(error.code.hasPrefix("audit.search."), "seed 20261121, round \(round)")
            }
        }
    }
}
