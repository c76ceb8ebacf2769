import Audit
import Testing

@testable import Workflow

@Suite("What docs/comply/recorded.md says is recorded")
struct RecordedPageTests {
    let page: RecordedPage

    init() throws { page = try RecordedPage() }

    @Test("has every event of the program and no other")
    func events() {
        let known = Set(AuditEventType.allCases.map(\.rawValue))
        #expect(known.subtracting(page.details.keys).sorted() == [])
        #expect(Set(page.details.keys).subtracting(known).sorted() == [])
    }

    @Test("names details that there are")
    func details() {
        let known = Set(AuditDetail.allCases.map(\.rawValue))
        #expect(page.details.values.reduce(into: Set()) { $0.formUnion($1) }.subtracting(known).sorted() == [])
    }

    @Test("has names for what other layers put into records by hand")
    func written() throws {
        let known = Set(AuditDetail.allCases.map(\.rawValue))
        for (file, text) in try Seams.sources(of: ["Persistence", "Gateway", "AuditFeed", "imaging-gateway"]) {
            let names = text.matches(of: #/\.details\["(\w+)"\]/#).map { String($0.1) }
            #expect(Set(names).subtracting(known).sorted() == [], "\(file)")
        }
    }

    @Test("has every method of every seam, with events that there are")
    func seams() throws {
        let methods = try Seams.methods()
        let declared = page.ways("seam")
        #expect(methods.count > 15)
        #expect(methods.subtracting(declared.keys).sorted() == [], "a way to other systems that the page does not have")
        #expect(Set(declared.keys).subtracting(methods).sorted() == [])
        for kind in ["seam", "command", "route", "feed"] {
            for (way, events) in page.ways(kind) {
                #expect(events.filter { AuditEventType(rawValue: $0) == nil } == [], "\(way)")
            }
        }
    }

    @Test("is missed where somebody adds a method")
    func negative() {
        let text = """
            public protocol EHR: Sendable {
                /// Words.
                func patients(identifier: Identifier) async throws(AdapterError) -> [Patient]
                func photograph(
                    of patient: String, into sink: (ArraySlice<UInt8>) async throws(AdapterError) -> Void
                ) async throws(AdapterError)
                var name: String { get }
            }
            struct Other { func own(_ x: Int) {} }
            """
        let methods = Seams.methods(in: text)
        #expect(methods == ["EHR.patients(identifier:)", "EHR.photograph(of:into:)"])
        #expect(methods.subtracting(page.ways("seam").keys) == ["EHR.photograph(of:into:)"])
    }
}
