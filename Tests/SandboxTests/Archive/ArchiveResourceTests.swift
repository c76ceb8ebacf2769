import DICOM
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend archive: resources and methods (PS3.18 §10.3)")
struct ArchiveResourceTests {
    var fixture: ArchiveFixture

    init() throws { fixture = try ArchiveFixture() }

    @Test(arguments: [
        ("", 404), ("nothing", 404), ("studies/1.2.3", 404), ("studies/1.2.3/metadata", 404), ("studies/x", 400),
        ("studies/1.2.3/series/1.2/instances/1.2..3", 400), ("series/1.2.3", 404), ("series/1.2/instances", 404),
        ("instances/1.2.3", 404),
        ("studies/1.2.3/instances/1.2", 404), ("studies/1.2.3/rendered", 404), ("studies/1.2.3/frames/1", 404),
        ("studies/1.2/series/1.3/studies", 404), ("studies/1.2/series/1.3/series", 404),
        ("studies/1.2/series/1.3/instances/1.4/instances", 404), ("studies/../studies", 400),
        ("studies/1.2/series/1.3/instances/1.4/bulkdata/7FE0001", 400),
        ("studies/1.2/series/1.3/instances/1.4/bulkdata/7FE00010", 404),
    ])
    mutating func `a path that names nothing is not found, one with a broken UID is a bad request`(
        path: String, status: Int
    ) throws {
        let response = fixture.get(path)
        #expect(response.status == status)
        #expect(response.header("Content-Type") == "application/json")
        let report = try JSONValue(parsing: response.body)
        #expect(report["status"]?.int == status)
    }

    @Test mutating func `a level that does not belong together is not found`() {
        let path = "studies/\(fixture.first.studyInstanceUID.value)/series/\(fixture.second.seriesInstanceUID.value)"
        #expect(fixture.get(path).status == 404)
    }

    @Test(arguments: [
        ("DELETE", "studies/1.2.3", "GET, POST"), ("PUT", "studies", "GET, POST"), ("POST", "series", "GET"),
    ])
    mutating func `another method is not allowed, and the answer says which are`(
        method: String, path: String, allow: String
    ) {
        let response = fixture.archive.respond(
            to: HTTPExchangeRequest(method: method, path: path.split(separator: "/").map(String.init)))
        #expect(response.status == 405)
        #expect(response.header("Allow") == allow)
    }

    @Test func `what is stored prints nothing of a patient`() {
        let text = "\(fixture.archive)" + String(reflecting: fixture.archive.instances)
        #expect(!text.contains(fixture.first.patient.id) && !text.contains(fixture.first.accessionNumber))
        #expect(!"\(fixture.first) \(fixture.first.patient)".contains(fixture.first.patient.family))
    }
}
