import FHIR
import JSON

/// One `AuditEvent.agent`.
struct EventAgent {
    /// What the agent is to the pattern.
    enum Part { case client, server, user }

    let part: Part
    let type: Coding
    let who: Reference
    let isRequestor: Bool
    let roles: [Role]
    let address: String?

    var json: JSONObject {
        JSONObject(elements: [
            "type": CodeableConcept(type),
            "role": roles.map { CodeableConcept(text: $0.value) },
            "who": who,
            "requestor": isRequestor,
            "network": address.map { address in
                JSONObject(elements: ["address": address, "type": isIPAddress(address) ? "2" : "1"])
            },
        ])
    }
}

/// Whether a network address is numeric; a host name is never made of digits and points alone.
private func isIPAddress(_ address: String) -> Bool {
    address.contains(":") || address.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
}

extension AuditEventRenderer {
    /// The gateway first, then the person or peer that acted, then the other side.
    func agents(of record: AuditRecord, _ event: EventDescription) -> [EventAgent] {
        let isActor = record.principal.kind == .service
        var agents = [
            EventAgent(
                part: .client, type: event.gatewayRole, who: source.reference, isRequestor: isActor,
                roles: isActor ? record.roles : [.application], address: source.address)
        ]
        if !isActor, record.principal.name != record.peer?.name {
            agents.append(
                EventAgent(
                    part: .user, type: event.requesterType(record.principal), who: reference(record.principal.name),
                    isRequestor: true, roles: record.roles, address: nil))
        }
        if let peer = record.peer {
            let isRequestor = record.principal.kind == .peer && record.principal.name == peer.name
            agents.append(
                EventAgent(
                    part: .server, type: event.peerRole, who: reference(peer.name), isRequestor: isRequestor,
                    roles: isRequestor ? record.roles : [], address: source.address(of: peer)))
        }
        return agents
    }

    private func reference(_ name: String) -> Reference {
        Reference(nil, identifier: Identifier(system: nil, value: name), display: name)
    }
}

extension EventDescription {
    /// Who sends is the source, also of a query; who answers it or takes data is the destination.
    var gatewayRole: Coding {
        switch flow {
        case .fromPeer: .destinationRole
        case .toPeer: .sourceRole
        case .own: .applicationRole
        }
    }

    var peerRole: Coding {
        switch flow {
        case .fromPeer: .sourceRole
        case .toPeer: .destinationRole
        case .own: .applicationRole
        }
    }

    /// BALP: a person who reads or asks is the information's recipient, one who writes its author.
    func requesterType(_ principal: Principal) -> Coding {
        switch (principal.kind, pattern, action) {
        case (.user, .rest, .read), (.user, .rest, .execute): .participation("IRCP", "information recipient")
        case (.user, .rest, _): .participation("AUT", "author (originator)")
        case (.user, _, _):
            Coding(
                system: "http://terminology.hl7.org/CodeSystem/extra-security-role-type", code: "humanuser",
                display: "human user")
        case (.peer, _, _), (.service, _, _): .applicationRole
        }
    }
}
