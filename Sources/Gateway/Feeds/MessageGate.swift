import HL7v2
import MLLP
import Sealing
import Workflow

/// What became of bytes that a feed brought.
enum FeedAnswer: Sendable, Equatable {
    /// Nothing could be stored: the sender keeps it and comes again.
    case busy(code: String)
    /// No message at all; the code says why.
    case refused(code: String)
    /// Stored and answered; `reply` is nil where the sender wants none.
    case answered(reply: [UInt8]?, isPositive: Bool)
}

/// The way into the intake of one source for what comes by HTTP or as a file.
struct MessageGate: Sendable {
    /// The source's configured name.
    let source: String
    /// Made anew for each message: the mapping may have been read again.
    let intake: @Sendable () -> OrderIntake
    let freeSpace: FreeSpace
    let signal: WorkSignal
    let metrics: Metrics

    /// Takes one message or batch in either encoding; the reply is in the same.
    func take(_ bytes: [UInt8], form: MessageForm, from sender: MessageSenderIdentity?) async -> FeedAnswer {
        guard freeSpace.isEnough else {
            metrics.count(.failures, label: "disk.full")
            return .busy(code: "disk.full")
        }
        let (reply, outcome) = await receive(bytes, form: form, from: sender)
        metrics.count(.messages, label: outcome)
        if OrderIntake.leavesWork(outcome) { signal.notify() }
        switch reply {
        case .withhold: return .busy(code: "store.busy")
        case .silent: return .answered(reply: nil, isPositive: !Self.negativeOutcomes.contains(outcome))
        case .reply(let acknowledgment):
            return .answered(
                reply: form == .xml ? XMLAcknowledgment(acknowledgment)?.bytes : acknowledgment,
                isPositive: Self.codes(in: acknowledgment).allSatisfy(\.isPositive))
        }
    }

    private func receive(
        _ bytes: [UInt8], form: MessageForm, from sender: MessageSenderIdentity?
    ) async -> (reply: IntakeReply, outcome: String) {
        guard form == .xml else { return await intake().receive(bytes, from: sender) }
        do {
            return await intake().receive(try Message(parsingXML: bytes).bytes, from: sender)
        } catch {
            return await intake().refuse(bytes, error, from: sender)
        }
    }

    /// How the intake counts what it refused.
    private static let negativeOutcomes: Set = ["AR", "rejected", "inError"]

    /// MSA-1 of every acknowledgment in a reply, which may be a batch.
    static func codes(in reply: [UInt8]) -> [AcknowledgmentCode] {
        reply.split(separator: 0x0D).compactMap { segment in
            guard segment.starts(with: Array("MSA".utf8)), let separator = segment.dropFirst(3).first else {
                return nil
            }
            let code = segment.dropFirst(4).prefix { $0 != separator }
            return AcknowledgmentCode(rawValue: String(decoding: code, as: UTF8.self))
        }
    }
}

extension MessageSenderIdentity {
    /// - Parameter hasToken: Whether the listener checked a secret.
    init(address: String, certificate: PeerCertificate?, hasToken: Bool = false) {
        self.init(
            certificateNames: certificate.map { $0.dnsNames + ($0.commonName.map { [$0] } ?? []) } ?? [],
            certificateSHA256: certificate.map { Digest.sha256($0.der).hex }, address: address, hasToken: hasToken)
    }

    init(_ connection: ConnectionIdentity) {
        self.init(address: connection.remoteAddress, certificate: connection.certificate)
    }
}
