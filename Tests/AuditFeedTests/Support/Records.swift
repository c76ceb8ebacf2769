import Audit
import DICOMAudit
import FHIR

let source = AuditSource(
    name: "gateway.example/log", site: "St. Elsewhere", address: "gw.example.org", peers: ["pacs": "10.0.0.7"])

func system(_ assigner: String) -> String? { assigner == "hospital" ? "urn:oid:1.2.3" : nil }

let messages = AuditMessageRenderer(source: source, system: system)
let events = AuditEventRenderer(source: source, system: system)

func record(_ event: AuditEventType = .studyRetrieve, identifier: String = "4711") -> AuditRecord {
    AuditRecord(
        event: event, time: instant, principal: Principal(kind: .service, name: "imaging-gateway"),
        accessClass: .treatment, correlation: CorrelationID(value: "0b5e7d1c-90a1-4a86-9a3d-9e1f0c1d2e3f"),
        peer: Peer(name: "pacs"),
        subjects: [
            Subject(type: .patient, assigner: "hospital", identifier: identifier),
            Subject(type: .study, identifier: "1.2.840.99"),
        ],
        details: ["count": "2"])
}

func entry(_ index: UInt64, _ record: AuditRecord?) -> AuditEntry {
    AuditEntry(index: index, leaf: Array("leaf \(index)".utf8), record: record)
}

/// One entry of every event.
let allEntries = AuditEventType.allCases.enumerated().map { entry(UInt64($0), record($1)) }
