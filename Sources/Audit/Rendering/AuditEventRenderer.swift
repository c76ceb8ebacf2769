public import FHIR
import JSON

/// The FHIR form of a record (R4 §6.4), in the patterns of IHE Basic Audit Log Patterns (BALP).
///
/// `meta.profile` names a BALP profile only where every element that it requires is there; see `BasicAuditProfile`.
public struct AuditEventRenderer: Sendable {
    let source: AuditSource
    /// The FHIR identifier system of an assigner's name.
    let system: @Sendable (String) -> String?

    /// A renderer; `system` comes from the configured assigners.
    public init(source: AuditSource, system: @escaping @Sendable (String) -> String?) {
        self.source = source
        self.system = system
    }

    /// A renderer that knows nobody's address, so that no profile is claimed.
    public init(observer: String, system: @escaping @Sendable (String) -> String?) {
        self.init(source: AuditSource(name: observer), system: system)
    }

    /// The AuditEvent of a record; `index` is its place in the log.
    public func auditEvent(for record: AuditRecord, index: UInt64?) -> AuditEvent {
        let event = EventDescription(record)
        let own = Coding(system: "urn:imaging-gateway:audit-event", code: record.event.rawValue)
        let agents = agents(of: record, event)
        let entities = entities(of: record, event)
        let profile = BasicAuditProfile.claim(record, event, agents, entities)
        return AuditEvent(elements: [
            "meta": profile.map { JSONObject(elements: ["profile": [$0.canonical]]) },
            "type": event.type,
            "subtype": event.subtypes + [own],
            "action": event.action.rawValue,
            "recorded": record.time.text,
            // An intent has no outcome yet.
            "outcome": record.phase == .intent ? nil : String(record.outcome.rawValue),
            "outcomeDesc": record.code,
            "purposeOfEvent": [CodeableConcept(.purpose(record.purpose))],
            "agent": agents.map(\.json),
            "source": JSONObject(elements: [
                "site": source.site,
                "observer": source.reference,
                "type": [
                    Coding(
                        system: "http://terminology.hl7.org/CodeSystem/security-source-type", code: "4",
                        display: "Application Server")
                ],
            ]),
            "entity": entities.all.map(\.json) + [job(record, index)],
        ])
    }
}

extension AuditSource {
    /// The gateway as agent and as observer: the same in both, as BALP's disclosure pattern asks.
    var reference: Reference { Reference(nil, identifier: Identifier(system: nil, value: name), display: name) }

    /// Where a peer is, as far as is known.
    func address(of peer: Peer) -> String? { peer.address ?? peers[peer.name] }
}
