import Audit
import DICOM
import Deidentification
import JSON
import Mapping
import Sealing
import Testing

@testable import Workflow

@Suite("Rules of exports")
struct ExportRulesTests {
    private func order() -> ImagingOrder {
        ImagingOrder(
            identity: OrderIdentity(), patient: [AssignedIdentifier(assigner: Assigner(name: "hospital"), value: "1")],
            modality: "DX", source: "his")
    }

    @Test("An empty list wants all, a list wants its members, what is not said fulfils nothing")
    func wants() {
        var order = order()
        #expect(ExportRule().wants(order, reportedBy: "m"))
        #expect(
            ExportRule(models: ["m"], modalities: ["DX"], assigners: ["hospital"], sources: ["his"])
                .wants(order, reportedBy: "m"))
        #expect(!ExportRule(models: ["n"]).wants(order, reportedBy: "m"))
        #expect(!ExportRule(assigners: ["other"]).wants(order, reportedBy: "m"))
        order.modality = nil
        #expect(!ExportRule(modalities: ["DX"]).wants(order, reportedBy: "m"))
        #expect(ExportRule().wants(order, reportedBy: "m"))
    }

    @Test("Only an order that becomes delivered gives its exports out, and once")
    func taken() throws {
        let draft = ExportDraft(destination: "research", study: "1.2", profileDigest: "d")
        let now = Timestamp(microseconds: 1)
        var order = StoredOrder(
            id: OrderID("1"), kind: .order, state: .accepted, nextAttempt: now, created: now, updated: now,
            content: OrderContent(order: order(), correlation: .init(value: "c"), exports: [draft]))
        #expect(order.takeExports() == [])
        order.apply(.composed, now: now)
        #expect(order.content.exports == [draft])
        var cancelled = order
        cancelled.content.standing = .preliminary
        cancelled.apply(.cancelled, now: now)
        #expect(cancelled.state == .delivered, "an earlier version of the report stays")
        #expect(cancelled.takeExports() == [])
        var parked = order
        parked.apply(.parked, now: now, parking: (.patientMismatch, nil))
        parked.apply(.resolved, now: now)
        #expect(parked.takeExports() == [])
        order.apply(.delivered, now: now)
        #expect(order.takeExports() == [draft])
        #expect(order.takeExports() == [])
    }

    @Test("What is to be exported and what was is read as it was written")
    func stored() throws {
        let draft = ExportDraft(destination: "research", study: "1.2", profileDigest: "d")
        let content = OrderContent(order: nil, correlation: .init(value: "c"), exports: [draft])
        #expect(try OrderContent(json: content.json) == content)
        let copy = ExportedCopy(study: "2.25.1", certificate: "ab", instances: 3, leftOut: 1)
        let sealed = ExportContent(study: "1.2", profileDigest: "d", copy: copy)
        #expect(try ExportContent(json: sealed.json) == sealed)
        #expect(throws: AdapterError.self) { try ExportContent(json: ["study": "1.2"]) }
    }

    @Test("Archives have pseudonyms of their own; a patient's stay the same whatever the profile, UIDs do not")
    func pseudonyms() throws {
        let all = try Pseudonyms(key: [UInt8](0..<32))
        let one = ScopedPseudonyms(all, archive: "a", rules: "p")
        let two = ScopedPseudonyms(all, archive: "b", rules: "p")
        let three = ScopedPseudonyms(all, archive: "a", rules: "q")
        #expect(one.uid(for: "1.2.3") != all.uid(for: "1.2.3"))
        #expect(one.uid(for: "1.2.3") != two.uid(for: "1.2.3"))
        #expect(one.uid(for: "1.2.3") != three.uid(for: "1.2.3"))
        #expect(one.uid(for: "1.2.3 \0") == one.uid(for: "1.2.3"))
        #expect(one.patientID(issuer: "H", patientID: "1") != two.patientID(issuer: "H", patientID: "1"))
        #expect(one.patientID(issuer: "H", patientID: "1") == three.patientID(issuer: "H", patientID: "1"))
        #expect(one.dayShift(issuer: "H", patientID: "1") == three.dayShift(issuer: "H", patientID: "1"))
        #expect(UID(one.uid(for: "1.2.3")) != nil)
    }

    @Test("What stays behind are reports, documents and presentation states")
    func objects() {
        #expect(ExportedObjects.sopClasses.contains("1.2.840.10008.5.1.4.1.1.1.1"))
        for other in ["88.11", "104.1", "11.1", "9.1.1", "481.5", "66"] {
            #expect(!ExportedObjects.sopClasses.contains("1.2.840.10008.5.1.4.1.1.\(other)"))
        }
    }
}
