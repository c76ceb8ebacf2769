import OutboundHTTP
import Testing
import Workflow

@Suite("What a status makes the worker do")
struct StatusTests {
    @Test(
        "Each status has the category of the reference table",
        arguments: [
            (302, .incorrect), (400, .incorrect), (401, .forbidden), (403, .forbidden), (404, .notFound),
            (405, .unsupported), (406, .unsupported), (408, .unavailable), (409, .conflict), (410, .notFound),
            (412, .conflict), (413, .incorrect), (415, .unsupported), (422, .incorrect), (425, .busy), (429, .busy),
            (500, .unavailable), (501, .unsupported), (502, .unavailable), (503, .busy), (504, .unavailable),
        ] as [(Int, ErrorCategory)])
    func table(status: Int, category: ErrorCategory) {
        #expect(ErrorCategory(status: status) == category)
    }
}
