import FHIR
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend EHR: anything can be sent to it")
struct RecordFuzzTests {
    private static let seed: UInt64 = 0x5EED_0003

    /// splitmix64.
    private struct Random {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(max(bound, 1)))
        }
    }

    private static let fragments = [
        "\"", "{", "}", "[", "]", ",", ":", "null", "0", "-1e999", "\u{301}", "\\", "<script>", "Patient/p1",
        "urn:uuid:",
        "resourceType", "Bundle", "reference", "#", "?", "|", "$", "_", "9999999999999999999999", "\\ud800", "status",
    ]

    private func mutated(_ text: String, _ random: inout Random) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0...random.next(4) {
            let place = random.next(bytes.count + 1)
            switch random.next(4) {
            case 0: bytes.insert(contentsOf: Self.fragments[random.next(Self.fragments.count)].utf8, at: place)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.next(12)))
            case 2 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next(256))
            default:
                let end = min(bytes.count, place + random.next(40))
                bytes.insert(contentsOf: bytes[place..<end], at: random.next(bytes.count + 1))
            }
        }
        return bytes
    }

    @Test func `mutated bodies, forms and URLs: always an answer, errors always an OperationOutcome`() throws {
        var random = Random(state: Self.seed)
        var record = Record.filled()
        let bodies: [(method: String, path: [String], body: String)] = [
            ("POST", [], Record.reportBundle()), ("POST", ["Patient"], Record.patient(nil)),
            ("PUT", ["Patient", "p1"], Record.patient("p1")), ("PUT", ["ImagingStudy", "is1"], Record.study("is1")),
            ("POST", ["Patient", "_search"], "identifier=urn%3Aoid%3A2.999.1%7Cp1-number&_count=1&birthdate=ge2020"),
            ("GET", ["ServiceRequest"], "patient.identifier=a%7Cb&_include=ServiceRequest:subject&_sort=-authored"),
        ]
        var statuses: Set<Int> = []
        for round in 0..<4_000 {
            let (method, path, body) = bodies[random.next(bodies.count)]
            let bytes = mutated(body, &random)
            var request = HTTPExchangeRequest(method: method, path: path, body: bytes)
            request.headers["content-type"] = path.last == "_search" ? FHIRMediaType.form : FHIRMediaType.fhir
            if method == "GET" {
                request.query = FormCoding.parse(String(decoding: bytes, as: UTF8.self)) ?? []
                request.body = []
            }
            if random.next(8) == 0 { request.path.append(String(decoding: mutated("p1", &random), as: UTF8.self)) }
            for name in ["prefer", "if-match", "if-none-exist", "accept"] where random.next(12) == 0 {
                request.headers[name] = String(
                    decoding: mutated("identifier=W/\"1\", return=minimal", &random), as: UTF8.self)
            }
            let (response, _) = record.server.respond(to: request, now: FHIRInstant(secondsSinceEpoch: Int64(round)))
            statuses.insert(response.status)
            guard response.status >= 400 else { continue }
            let outcome = try JSONValue(parsing: response.body)
            #expect(outcome["resourceType"] == "OperationOutcome", "seed \(Self.seed), round \(round)")
            #expect(outcome["issue"]?.array?.isEmpty == false)
        }
        // The mutations reach both ends: some requests survive them, many do not.
        #expect(statuses.isSuperset(of: [200, 400]), "\(statuses)")
        for resource in record.everything {
            let json = try JSONValue(parsing: Array(resource.utf8))
            let type = json["resourceType"]?.string ?? ""
            #expect(ResourceValidator(json.object ?? JSONObject(), type: type).issues.isEmpty)
        }
        let pages = RecordPages(server: record.server)
        let now = FHIRInstant(secondsSinceEpoch: 0)
        for (key, _) in record.server.store.all("Patient") {
            let page = pages.respond(to: HTTPExchangeRequest(method: "GET", path: ["patients", key.id]), now: now)
            #expect(page.status == 200)
        }
    }

    @Test func `mutated dates: a range with an end behind its start, or none`() {
        var random = Random(state: Self.seed)
        var read = 0
        for _ in 0..<20_000 {
            let text = String(decoding: mutated("2026-01-02T10:00:00.5+01:00", &random), as: UTF8.self)
            guard let range = TimeRange(text) else { continue }
            read += 1
            #expect(range.start < range.end)
        }
        #expect(read > 100)
    }
}
