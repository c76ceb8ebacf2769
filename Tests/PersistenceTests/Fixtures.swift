import Audit
import FHIR
import Foundation
import Mapping
import Sealing
import Workflow

@testable import Persistence

/// Identifiers that must never be seen in a file.
enum Planted {
    static let patient = "PLANTEDPATIENT4711"
    static let accession = "PLANTEDACCESSION"
    static let family = "PLANTEDFAMILY"
    static let study = "1.2.840.999.4711"
    static let all = [patient, accession, family, study]
}

func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: (1_795_000_000 + seconds) * 1_000_000) }

let hospital = Assigner(name: "hospital")

func identifier(_ value: String) -> AssignedIdentifier { AssignedIdentifier(assigner: hospital, value: value) }

func key(_ value: String, _ kind: OrderKey.Kind = .accession) throws -> OrderKey {
    guard let key = OrderKey(kind, identifier(value)) else { throw Missing() }
    return key
}

struct Missing: Error {}

func storedOrder(
    _ name: String, state: OrderState = .accepted, kind: StoredOrder.Kind = .order, at seconds: Int64 = 0,
    patients: [String] = [Planted.patient]
) -> StoredOrder {
    let imaging = ImagingOrder(
        identity: OrderIdentity(accession: identifier(Planted.accession + name)), patient: patients.map(identifier),
        patientName: PersonName(family: Planted.family, given: "A"), source: "his")
    return StoredOrder(
        id: OrderID(randomUUID()), kind: kind, state: state, nextAttempt: time(seconds), created: time(seconds),
        updated: time(seconds),
        content: OrderContent(order: imaging, correlation: CorrelationID(value: randomUUID())))
}

func message(_ name: String, key: String? = nil, at seconds: Int64 = 0) -> ReceivedMessage {
    ReceivedMessage(
        bytes: Array("MSH|^~\\&|HIS \(name) \(Planted.patient) \(Planted.family)".utf8), source: "his",
        deduplicationKey: key ?? name, received: time(seconds))
}

func intake(_ order: StoredOrder, _ message: ReceivedMessage, study: String? = nil) -> Intake {
    Intake(
        message: message, keys: order.content.order?.identity.keys ?? [], studies: study.map { [$0] } ?? [],
        patients: order.content.order?.patient ?? [])
}

func record(
    _ event: AuditEventType = .orderAccepted, phase: Phase = .single, correlation: String = "c1",
    patient: String = Planted.patient
) -> AuditRecord {
    AuditRecord(
        event: event, time: FHIRInstant(secondsSinceEpoch: 1_795_000_000), phase: phase,
        principal: Principal(kind: .service, name: "imaging-gateway"), accessClass: .treatment,
        correlation: CorrelationID(value: correlation), peer: Peer(name: "his"),
        subjects: [
            Subject(type: .patient, assigner: "hospital", identifier: patient),
            Subject(type: .study, identifier: Planted.study),
        ])
}

/// A data folder of its own that goes with the test.
final class TemporaryFolder: Sendable {
    let folder: DataFolder

    init() throws { folder = try DataFolder(creating: "/tmp/persistence-tests-" + randomUUID()) }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }

    func bytes() throws -> [String: [UInt8]] {
        var all: [String: [UInt8]] = [:]
        guard let names = FileManager.default.enumerator(atPath: folder.path) else { throw Missing() }
        for case let name as String in names {
            guard let data = FileManager.default.contents(atPath: folder.path + "/" + name) else { continue }
            all[name] = Array(data)
        }
        return all
    }
}

/// Whether the text stands anywhere in the bytes, as it is or in UTF-16.
func holds(_ bytes: [UInt8], _ text: String) -> Bool {
    let data = Data(bytes)
    let wide = Array(text.utf16).flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    return data.range(of: Data(text.utf8)) != nil || data.range(of: Data(wide)) != nil
}

extension OrderStore {
    func leaseOutboxEntry(
        now: Timestamp, for duration: Duration
    ) async throws(AdapterError) -> (OutboxEntry, Lease)? {
        try await leaseOutboxEntry(now: now, for: duration, lane: .all)
    }
}
