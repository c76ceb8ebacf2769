import Audit
import FHIR

@testable import DICOMAudit

let instant = FHIRInstant(secondsSinceEpoch: 1_795_000_000, microseconds: 42)

let renderer = AuditMessageRenderer(
    source: AuditSource(
        name: "gateway.example/log", site: "St. Elsewhere", address: "gw.example.org", peers: ["pacs": "10.0.0.7"])
) { $0 == "hospital" ? "urn:oid:1.2.3" : nil }

func record(
    _ event: AuditEventType = .studyRetrieve, phase: Phase = .single, outcome: Outcome = .success,
    principal: Principal = Principal(kind: .service, name: "imaging-gateway"), identifier: String = "4711"
) -> AuditRecord {
    AuditRecord(
        event: event, time: instant, phase: phase, outcome: outcome, principal: principal,
        accessClass: .treatment, correlation: CorrelationID(value: "0b5e"), peer: Peer(name: "pacs"),
        subjects: [
            Subject(type: .patient, assigner: "hospital", identifier: identifier),
            Subject(type: .accession, assigner: "ris", identifier: "A1"),
            Subject(type: .study, identifier: "1.2.840.99"),
        ],
        details: ["count": "2", "bytes": "1024"])
}

func text(_ record: AuditRecord, index: UInt64? = 8) throws -> String {
    String(decoding: try renderer.auditMessage(for: record, index: index).xml, as: UTF8.self)
}
