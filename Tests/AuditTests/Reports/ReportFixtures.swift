import FHIR
import MerkleLog
import Sealing

@testable import Audit

/// A log of one patient's order, one person's look, an emergency, a failure and a gap, leaf by leaf.
struct ReportLog {
    static let patient = Subject(type: .patient, assigner: "hospital", identifier: planted)
    static let study = Subject(type: .study, identifier: "1.2.840.99")
    static let service = Principal(kind: .service, name: "imaging-gateway")
    static let alice = Principal(kind: .user, name: "alice")

    private(set) var entries: [AuditEntry] = []

    var next: UInt64 { UInt64(entries.count) }

    /// - Parameter second: seconds after the log's beginning.
    @discardableResult
    mutating func add(
        _ event: AuditEventType, at second: Int64, phase: Phase = .single, outcome: Outcome = .success,
        code: String? = nil, by principal: Principal = service, as roles: [Role] = [.application],
        for purpose: PurposeOfUse = .treatment, _ accessClass: AccessClass = .treatment, correlation: String = "c1",
        peer: Peer? = nil, about subjects: [Subject] = [patient, order("o1"), study], details: [String: String] = [:],
        isDestroyed: Bool = false
    ) throws -> UInt64 {
        let record = AuditRecord(
            event: event, time: FHIRInstant(secondsSinceEpoch: 1_795_000_000 + second), phase: phase, outcome: outcome,
            code: code, principal: principal, roles: roles, purpose: purpose, accessClass: accessClass,
            correlation: CorrelationID(value: correlation), peer: peer, subjects: subjects, details: details)
        let leaf = try Leaf.prepare(record, log: origin, randomness: randomBytes)
        entries.append(
            AuditEntry(
                index: next, leaf: leaf.bytes, record: isDestroyed ? nil : record, body: isDestroyed ? nil : leaf.body))
        return next - 1
    }

    /// An announced access and its end.
    mutating func access(
        _ event: AuditEventType, at second: Int64, peer: Peer?, outcome: Outcome = .success, code: String? = nil,
        _ accessClass: AccessClass = .treatment, details: [String: String] = [:], isDestroyed: Bool = false
    ) throws {
        let intent = try add(event, at: second, phase: .intent, accessClass, peer: peer, isDestroyed: isDestroyed)
        try add(
            event, at: second + 1, phase: .outcome(of: intent), outcome: outcome, code: code, accessClass, peer: peer,
            details: details, isDestroyed: isDestroyed)
    }

    static func order(_ id: String) -> Subject { Subject(type: .order, identifier: id) }

    /// Everything that a report tells apart.
    static func full() throws -> ReportLog {
        var log = ReportLog()
        let his = Peer(name: "his", address: "10.0.0.4")
        let pacs = Peer(name: "pacs", address: "10.0.0.7")
        let ehr = Peer(name: "ehr", address: "ehr.example")
        let accession = Subject(type: .accession, assigner: "hospital", identifier: "ACC-1")
        try log.add(
            .orderAccepted, at: 0, by: Principal(kind: .peer, name: "his"), as: [.orderPlacer], .operations, peer: his,
            about: [patient, order("o1"), accession, study], details: ["state": "waiting", "acknowledgment": "AA"])
        try log.access(.patientRead, at: 1, peer: ehr, details: ["count": "1"])
        try log.access(.studyQuery, at: 3, peer: pacs, outcome: .seriousFailure, code: "dicomweb.http.503")
        try log.access(.studyRetrieve, at: 5, peer: pacs, details: ["count": "2", "bytes": "1024"])
        try log.access(.studyDeidentify, at: 7, peer: nil, details: ["profile": "basic", "removed": "31"])
        try log.access(.classify, at: 9, peer: nil, details: ["model": "demo", "modelVersion": "1", "weights": "ab12"])
        try log.access(.reportPost, at: 11, peer: ehr, details: ["resource": "DiagnosticReport", "version": "1"])
        try log.add(.orderState, at: 13, .none, details: ["from": "delivering", "to": "delivered"])
        try log.access(.resultSend, at: 14, peer: Peer(name: "research", address: "10.9.9.9"), .disclosure)
        try log.add(
            .orderRead, at: 20, by: alice, as: [.operator], for: .operations, .operations)
        try log.add(
            .emergencyStart, at: 30, by: alice, as: [.none], for: .breakTheGlass, .none, correlation: "e1", about: [],
            details: ["emergency": "patientEmergency", "ticket": "INC-17"])
        try log.add(
            .orderRead, at: 31, by: alice, as: [.none], for: .breakTheGlass, .operations)
        try log.add(
            .emergencyStop, at: 32, by: alice, as: [.none], for: .breakTheGlass, .none, correlation: "e1", about: [],
            details: ["emergency": "patientEmergency", "ticket": "INC-17"])
        try log.add(
            .accessRefused, at: 40, outcome: .minorFailure, code: "access.refused",
            by: Principal(kind: .user, name: "mallory"), as: [.none], for: .operations, .none, correlation: "r1",
            about: [])
        try log.access(.reportRead, at: 50, peer: ehr, isDestroyed: true)
        // Cut off: no end follows.
        try log.add(.studyRetrieve, at: 60, phase: .intent, peer: pacs)
        return log
    }

    func gathered(_ kind: AuditReport.Kind, _ period: ReportPeriod = ReportPeriod()) throws -> [ReportedAccess] {
        var gathering = AccessGathering(kind, period: period)
        for entry in entries { try gathering.add(entry) }
        return gathering.accesses
    }

    func report(
        _ kind: AuditReport.Kind, zone: ReportZone = .utc, isIntact: Bool = true, user: String? = nil
    ) throws -> AuditReport {
        AuditReport(
            kind,
            question: ReportQuestion(
                subject: kind == .patient || kind == .disclosures ? Self.patient : nil, user: user,
                made: FHIRInstant(secondsSinceEpoch: 1_795_100_000), maker: Principal(kind: .user, name: "auditor"),
                site: "Hospital of the Tests", reading: next, zone: zone),
            log: try state(isIntact: isIntact), accesses: try gathered(kind))
    }

    /// As the verification of these very leaves tells it.
    private func state(isIntact: Bool) throws -> LogState {
        let key = try signingKey()
        let bytes = entries.map(\.leaf)
        let begun = frontier(bytes.prefix(10))
        let checkpoint = try Checkpoint(origin: origin, size: begun.size, root: begun.root)
        let held = HeldCheckpoint(
            note: try checkpoint.signed(by: key).serialized, keeper: .outside, name: "10.checkpoint")
        var verifier = AuditVerifier(key: key.verifier, checkpoints: [held])
        for (index, leaf) in bytes.enumerated() where isIntact || index != 3 {
            verifier.add(index: UInt64(index), leaf: leaf)
        }
        let verified = verifier.finish(storedFrontier: frontier(bytes).serialized)
        return LogState(verified, keySource: "the auditor's own copy")
    }
}

extension Role {
    static let none = Role("none")
}
