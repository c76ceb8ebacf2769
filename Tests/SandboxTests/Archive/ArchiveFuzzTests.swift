import HL7v2
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend archive: seeded mutations", .timeLimit(.minutes(3)))
struct ArchiveFuzzTests {
    private static let seed: UInt64 = 0x1806

    @Test func `mutated paths, queries and headers get an answer of a known status`() throws {
        var chance = SplitMix64(seed: Self.seed)
        let fixture = try ArchiveFixture()
        let paths = [
            "studies", "series", "instances", "studies/1.2/metadata", ArchiveFixture.instancePath(fixture.first),
            ArchiveFixture.instancePath(fixture.first) + "/frames/1,2",
            ArchiveFixture.instancePath(fixture.first) + "/bulkdata/7FE00010",
        ]
        let names = [
            "PatientID", "StudyDate", "StudyTime", "00080050", "PatientName", "StudyInstanceUID", "limit", "offset",
            "includefield", "fuzzymatching", "IssuerOfAccessionNumberSequence.LocalNamespaceEntityID", "accept",
        ]
        let values = ["", "20240101-20240201", "10-11", "A*?", "1.2,1.3", "5", "all", "true", "999999999999999999999"]
        let accepts = ["*/*", RetrieveTests.asStored, #"application/dicom+json;q="0.5", a/b"#, "\"", ";;=,"]
        let words = ["/", ",", "-", "*", "?", "\\", "\0", "ä", "..", "9999999999999999999999", "\"", ";", "=", "^"]
        var statuses: Set<Int> = []
        func text(_ list: [String]) -> String {
            String(
                decoding: chance.mutated(Array((list.randomElement(using: &chance) ?? "").utf8), dictionary: words),
                as: UTF8.self)
        }
        for round in 0..<3_000 {
            let path = round.isMultiple(of: 2) ? text(paths) : paths.randomElement(using: &chance) ?? ""
            let query = (0..<Int.random(in: 0...3, using: &chance)).map { _ in
                (
                    name: Bool.random(using: &chance) ? text(names) : names.randomElement(using: &chance) ?? "",
                    value: text(values)
                )
            }
            let response = fixture.get(path, query, accept: round.isMultiple(of: 3) ? text(accepts) : nil)
            statuses.insert(response.status)
            guard response.status >= 400 else { continue }
            #expect((try? JSONValue(parsing: response.body)) != nil, "seed \(Self.seed), round \(round)")
        }
        #expect(statuses.isSubset(of: [200, 400, 404, 406]), "seed \(Self.seed): \(statuses)")
        #expect(statuses.count == 4)
    }

    @Test func `mutated requests to store never end the process and never store half a file`() throws {
        var chance = SplitMix64(seed: Self.seed)
        let fixture = try ArchiveFixture()
        var registry = SyntheticPatientRegistry(seed: 5, today: try .init(parsing: "20260301"))
        let file = try ArchiveFixture.file(registry.examination(of: registry.patient(age: 1)))
        let body = MultipartPart.body(
            [MultipartPart(contentType: "application/dicom", content: file)], boundary: "limit")
        let words = ["\r\n--limit\r\n", "--limit--", "\r\n", "\r\n\r\n", "DICM", ":", "\0\0\0\0", "\u{FFFE}"]
        var statuses: [Int: Int] = [:]
        for round in 0..<1_000 {
            var copy = fixture
            // Half of the mutations in the multipart syntax around the file, half anywhere.
            let mutated =
                round.isMultiple(of: 2)
                ? chance.mutated(Array(body.prefix(60)), dictionary: words) + body.dropFirst(60)
                : chance.mutated(body, dictionary: words)
            let response = copy.post("studies", mutated, type: StoreTests.type)
            statuses[response.status, default: 0] += 1
            let stored = copy.archive.instances.count - fixture.archive.instances.count
            #expect((stored > 0) == [200, 202].contains(response.status), "seed \(Self.seed), round \(round)")
        }
        #expect(Set(statuses.keys).isSubset(of: [200, 202, 400, 409]), "\(statuses)")
        #expect(statuses[400] ?? 0 > 0 && statuses[409] ?? 0 > 0 && statuses[200] ?? 0 > 0, "\(statuses)")
    }
}
