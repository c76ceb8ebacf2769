import Audit
import HL7v2
import Sealing

/// Who brought a message and what message it was, as each of its records tells: made once per message, before the
/// accepting commit.
struct MessageFacts: Sendable {
    /// The configured source, once it is shown to be that source; `unknown` before.
    let principal: Principal
    let roles: [Role]
    let peer: Peer
    private(set) var details: AuditDetails

    /// - Parameters:
    ///   - isBound: Whether the sender may speak as the source.
    ///   - message: The bytes as they came.
    init(
        source: String, role: Role, isBound: Bool = true, sender: MessageSenderIdentity?, message: ReceivedMessage?,
        header: MessageHeader? = nil
    ) {
        principal = isBound ? Principal(kind: .peer, name: source) : .unknownPeer
        roles = isBound ? [role] : []
        peer = Peer(name: source, address: sender?.address)
        var details: AuditDetails = [.messageSHA256: (message?.digest.hex).map { .digest($0) }]
        if let sender {
            details.set(.authentication, .code(sender.authentication.rawValue))
            details.set(.certificate, sender.certificateNames.first.map { .configured($0) })
            details.set(.certificateSHA256, sender.certificateSHA256.map { .digest($0) })
        }
        if let header {
            details.set(.sendingApplication, .identifier(header.fieldBytes(3)))
            details.set(.sendingFacility, .identifier(header.fieldBytes(4)))
            details.set(.messageControlID, .identifier(header.fieldBytes(10)))
        }
        self.details = details
    }

    /// The same, with MSA-1 of the answer.
    func answered(_ code: AcknowledgmentCode?) -> MessageFacts {
        var facts = self
        facts.details.set(.acknowledgment, code.map { .code($0.rawValue) })
        return facts
    }
}

extension Principal {
    /// Somebody who did not show who they are.
    static let unknownPeer = Principal(kind: .peer, name: "unknown")
}
