import Audit
import HL7v2
import Logging
import MLLP
import Synchronization
import Workflow

/// A receiver of messages by MLLP. One message is under way at a time; an acknowledgment counts only when its MSA-2 is
/// the message's MSH-10.
struct MLLPResultDestination: ResultDestination {
    /// What is sent, for codes and metrics.
    enum Content: String, Sendable {
        /// ORU^R01.
        case result = "oru"
        /// The application acknowledgment of a message that was taken before.
        case acknowledgment
    }

    let name: String
    let content: Content
    let disclosure: PurposeOfUse?
    let client: MLLPClient
    let watch: ReceiverWatch
    let metrics: Metrics

    /// Sends and waits for the acknowledgment. AA and CA are success; everything else throws.
    func send(_ message: [UInt8], controlID: [UInt8]) async throws(AdapterError) {
        let family: Metrics.Name = content == .result ? .results : .replies
        do throws(AdapterError) {
            try await deliver(message, controlID: controlID)
            metrics.count(family, label: "delivered")
            watch.note(isThere: true)
        } catch {
            metrics.count(family, label: error.code)
            watch.note(isThere: ![.unavailable, .interrupted].contains(error.category))
            throw error
        }
    }

    private func deliver(_ message: [UInt8], controlID: [UInt8]) async throws(AdapterError) {
        let prefix = content.rawValue
        let reply: [UInt8]
        do {
            reply = try await client.send(message) { MessageAnswer($0)?.messageControlID == controlID }
        } catch {
            throw AdapterError(mllp: error, prefix: prefix)
        }
        guard let answer = MessageAnswer(reply) else {
            throw AdapterError(.interrupted, code: "\(prefix).malformedReply")
        }
        if let error = answer.error(prefix: prefix) { throw error }
    }
}

/// Tells the operator, once for each change and not once for each message, that a receiver is away or back.
final class ReceiverWatch: Sendable {
    private let name: String
    private let metrics: Metrics
    private let logger: Logger
    private let isThere = Mutex(true)

    init(name: String, metrics: Metrics, logger: Logger) {
        self.name = name
        self.metrics = metrics
        self.logger = logger
        metrics.set(.peerUp, label: name, to: 1)
    }

    func note(isThere now: Bool) {
        let before = isThere.withLock { state in
            defer { state = now }
            return state
        }
        guard before != now else { return }
        metrics.set(.peerUp, label: name, to: now ? 1 : 0)
        if now {
            logger.notice("peer answers again", metadata: ["peer": "\(name)"])
        } else {
            logger.error("peer does not answer; messages wait and are sent again", metadata: ["peer": "\(name)"])
        }
    }
}

/// What a reply says of the message that it answers.
struct MessageAnswer {
    /// MSA-1.
    let code: AcknowledgmentCode
    /// MSA-2, byte for byte.
    let messageControlID: [UInt8]
    /// Codes of table 0357, of ERR-3 or of ERR-1 before 2.5.
    let conditions: [String]

    /// Nil when these bytes are no acknowledgment.
    init?(_ bytes: [UInt8]) {
        guard let message = try? Message(parsing: bytes),
            let code = Self.text("MSA-1", of: message).flatMap({ AcknowledgmentCode(rawValue: $0) }),
            let path = try? FieldPath(parsing: "MSA-2")
        else { return nil }
        self.code = code
        messageControlID = Array(message.fieldBytes(at: path) ?? [])
        conditions = ["ERR-3.1", "ERR-1.4.1"].compactMap { Self.text($0, of: message) }
    }

    private static func text(_ path: String, of message: Message) -> String? {
        (try? FieldPath(parsing: path)).flatMap { message.value(at: $0) }
    }

    /// Nil for AA and CA. A receiver that says that it is out of order itself (206 locked, 207 internal) is asked
    /// again; every other refusal waits for a person, for the same message would be refused again.
    func error(prefix: String) -> AdapterError? {
        let isOutOfOrder = !Set(conditions).isDisjoint(with: ["206", "207"])
        let category: ErrorCategory
        switch code {
        case .AA, .CA: return nil
        case .AE, .CE: category = .incorrect
        case .AR, .CR: category = isOutOfOrder ? .busy : .forbidden
        }
        return AdapterError(category, code: "\(prefix).\(code.rawValue)")
    }
}

extension AdapterError {
    /// Nobody there and no TLS are tried again like a lost connection; a message that cannot be framed never will be.
    init(mllp error: MLLPError, prefix: String) {
        let category: ErrorCategory =
            switch error.code {
            case .notConnected, .tls: .unavailable
            case .tlsFile: .unavailable
            case .unframeable: .incorrect
            case .noReply, .malformedReply: .interrupted
            }
        self.init(category, code: "\(prefix).\(error.code.rawValue)")
    }
}
