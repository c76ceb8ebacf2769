import FHIR
import MerkleLog
import Sealing

@testable import Audit

/// Randomness that repeats.
func counted(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }

let origin = "gateway.example/log"
let instant = FHIRInstant(secondsSinceEpoch: 1_795_000_000, microseconds: 42)
let planted = "ZZ-4711-PLANTED"

func record(
    _ event: AuditEventType = .studyRetrieve, phase: Phase = .single, outcome: Outcome = .success,
    correlation: String = "c1", principal: Principal = Principal(kind: .service, name: "imaging-gateway")
) -> AuditRecord {
    AuditRecord(
        event: event, time: instant, phase: phase, outcome: outcome, principal: principal,
        accessClass: .treatment, correlation: CorrelationID(value: correlation),
        peer: Peer(name: "pacs", address: "10.0.0.7"),
        subjects: [
            Subject(type: .patient, assigner: "hospital", identifier: planted),
            Subject(type: .study, identifier: "1.2.840.99"),
        ],
        details: ["instances": "2", "bytes": "1024"])
}

func signingKey() throws -> SigningKey { try SigningKey(name: origin, seed: counted(32)) }

/// Leaves of records, prepared with real randomness.
func leaves(_ records: [AuditRecord]) throws -> [[UInt8]] {
    try records.map { try Leaf.prepare($0, log: origin, randomness: randomBytes).bytes }
}

func frontier(_ leaves: some Sequence<[UInt8]>) -> Frontier {
    leaves.reduce(into: Frontier()) { $0.append(.leaf($1)) }
}
