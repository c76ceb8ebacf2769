internal import Synchronization

/// One message on its way through ``MLLPClient``, answered exactly once whoever comes first: the connection, or the
/// caller who is cancelled.
final class SendRequest: Sendable {
    private enum State {
        case waiting(CheckedContinuation<Result<[UInt8], MLLPError>, Never>?)
        case inFlight(SenderConnection, CheckedContinuation<Result<[UInt8], MLLPError>, Never>?)
        case done(Result<[UInt8], MLLPError>)
    }

    let message: [UInt8]
    let isReply: @Sendable ([UInt8]) -> Bool
    private let state = Mutex(State.waiting(nil))

    init(_ message: [UInt8], isReply: @escaping @Sendable ([UInt8]) -> Bool) {
        self.message = message
        self.isReply = isReply
    }

    /// Nobody waits for it any more.
    var isDone: Bool {
        state.withLock { if case .done = $0 { true } else { false } }
    }

    /// Waits for the result; asked for once.
    func result() async -> Result<[UInt8], MLLPError> {
        await withCheckedContinuation { continuation in
            let result: Result<[UInt8], MLLPError>? = state.withLock {
                switch $0 {
                case .waiting:
                    $0 = .waiting(continuation)
                    return nil
                case .inFlight(let connection, _):
                    $0 = .inFlight(connection, continuation)
                    return nil
                case .done(let result): return result
                }
            }
            if let result { continuation.resume(returning: result) }
        }
    }

    /// False when nobody waits for it any more, so that it must not be sent.
    func begin(on connection: SenderConnection) -> Bool {
        state.withLock {
            switch $0 {
            case .waiting(let continuation), .inFlight(_, let continuation):
                $0 = .inFlight(connection, continuation)
                return true
            case .done: return false
            }
        }
    }

    /// The first result counts.
    func finish(_ result: Result<[UInt8], MLLPError>) {
        let continuation: CheckedContinuation<Result<[UInt8], MLLPError>, Never>? = state.withLock {
            switch $0 {
            case .waiting(let continuation), .inFlight(_, let continuation):
                $0 = .done(result)
                return continuation
            case .done: return nil
            }
        }
        continuation?.resume(returning: result)
    }

    /// Before it is sent nothing is sent; afterwards its connection is closed, which ends the exchange.
    func cancel() {
        let connection: SenderConnection? = state.withLock {
            if case .inFlight(let connection, _) = $0 { connection } else { nil }
        }
        guard let connection else { return finish(.failure(MLLPError(code: .notConnected))) }
        connection.abort()
        finish(.failure(MLLPError(code: .noReply)))
    }
}
