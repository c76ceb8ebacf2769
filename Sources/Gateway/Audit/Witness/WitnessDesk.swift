import Logging
import MerkleLog
import Workflow

/// Answers one request at a time: the new state is on the disk before the cosignature is given out.
actor WitnessDesk {
    private var witness: Witness
    private var state: WitnessState
    private let path: String
    private let clock: any WallClock
    private let logger: Logger

    init(
        key: WitnessSigningKey, logs: [VerifierKey], state: WitnessState, path: String, clock: any WallClock,
        logger: Logger
    ) {
        witness = Witness(key: key, logs: logs, latest: state.checkpoints)
        self.state = state
        self.path = path
        self.clock = clock
        self.logger = logger
    }

    /// Answers the body of a request; nil where the state could not be stored, so that nothing was cosigned.
    func answer(_ body: [UInt8]) -> Witness.Answer? {
        guard let request = try? AddCheckpointRequest(parsing: body) else { return .badRequest }
        var next = witness
        let answer = next.add(request, at: UInt64(clamping: clock.now().microseconds / 1_000_000))
        guard case .cosigned(let signature) = answer else {
            tell(answer, of: request)
            return answer
        }
        do {
            try keep(request.note, signature, next)
            return answer
        } catch {
            logger.critical("the state cannot be stored; nothing is cosigned", metadata: ["code": "\(error.code)"])
            return nil
        }
    }

    private func keep(
        _ note: SignedNote, _ signature: SignedNote.Signature, _ next: Witness
    ) throws(AdapterError) {
        guard let checkpoint = try? Checkpoint(text: note.text), let cosigned = try? note.adding([signature]) else {
            throw AdapterError(.fault, code: "witness.note")
        }
        var state = state
        state.set(cosigned, origin: checkpoint.origin)
        try state.store(path: path)
        self.state = state
        witness = next
    }

    /// A log that shows another history is the very thing that a witness is for.
    private func tell(_ answer: Witness.Answer, of request: AddCheckpointRequest) {
        let checkpoint = try? Checkpoint(text: request.note.text)
        let metadata: Logger.Metadata = [
            "origin": "\(checkpoint?.origin.prefix(100) ?? "-")", "size": "\(checkpoint?.size ?? 0)",
            "old": "\(request.oldSize)", "status": "\(answer.status)",
        ]
        switch answer {
        case .badProof:
            logger.critical("a log shows a history that does not extend what was cosigned", metadata: metadata)
        case .conflict(let size) where (checkpoint?.size ?? 0) < size || request.oldSize == size:
            logger.critical("a log is shorter than what was cosigned, or forked", metadata: metadata)
        case .conflict, .cosigned: break
        case .unknownLog, .badSignature, .badRequest:
            logger.warning("a request was refused", metadata: metadata)
        }
    }
}
