/// A witness (C2SP tlog-witness): it remembers the latest checkpoint of each log and cosigns only what extends it.
///
/// A value: whoever serves it stores the new state durably before the answer goes out, and answers one request at a
/// time; otherwise two answers could contradict each other.
public struct Witness: Sendable {
    private let key: WitnessSigningKey
    /// The keys of each log, by its exact origin. A log that was restored is another log for a witness: a person who
    /// knows of the restore adds it.
    private let logs: [String: [VerifierKey]]
    /// The latest cosigned checkpoint of each log, by origin: the whole state.
    public private(set) var latest: [String: Checkpoint]

    /// - Parameters:
    ///   - logs: the keys that may sign; several of one name while a key is handed over.
    ///   - latest: the stored state.
    public init(key: WitnessSigningKey, logs: [VerifierKey], latest: [Checkpoint] = []) {
        self.key = key
        self.logs = Dictionary(grouping: logs, by: \.name)
        self.latest = Dictionary(latest.map { ($0.origin, $0) }, uniquingKeysWith: { $0.size > $1.size ? $0 : $1 })
    }

    /// Answers the body of a request. After `cosigned` the state is another one.
    public mutating func add(parsing body: [UInt8], at seconds: UInt64) -> Answer {
        guard let request = try? AddCheckpointRequest(parsing: body) else { return .badRequest }
        return add(request, at: seconds)
    }

    /// Answers a request. After `cosigned` the state is another one.
    /// - Parameter seconds: the witness's own POSIX time.
    public mutating func add(_ request: AddCheckpointRequest, at seconds: UInt64) -> Answer {
        guard let checkpoint = try? Checkpoint(text: request.note.text) else { return .badRequest }
        guard let keys = logs[checkpoint.origin] else { return .unknownLog }
        guard keys.contains(where: { (try? request.note.verify($0)) != nil }) else { return .badSignature }
        guard request.oldSize <= checkpoint.size else { return .badRequest }
        let known = latest[checkpoint.origin]
        let size = known?.size ?? 0
        guard request.oldSize == size else { return .conflict(size: size) }
        if let known, size == checkpoint.size, known.root != checkpoint.root { return .conflict(size: size) }
        guard Self.isExtension(checkpoint, of: known, proof: request.proof) else { return .badProof }
        guard let signature = try? key.cosign(request.note.text, at: seconds) else { return .badRequest }
        latest[checkpoint.origin] = checkpoint
        return .cosigned(signature)
    }

    private static func isExtension(_ new: Checkpoint, of old: Checkpoint?, proof: [MerkleHash]) -> Bool {
        guard let old, old.size > 0 else {
            // A tree without leaves has one root.
            return proof.isEmpty && (new.size > 0 || new.root == .empty)
        }
        let proof = ConsistencyProof(first: old.size, second: new.size, path: proof)
        return (try? proof.verify(firstRoot: old.root, secondRoot: new.root)) != nil
    }
}

extension Witness {
    /// What a witness answers.
    public enum Answer: Hashable, Sendable {
        /// The cosignature; the state must be stored before it is sent.
        case cosigned(SignedNote.Signature)
        /// No log of this origin is known.
        case unknownLog
        /// The witness has a checkpoint of another size, or of the same size with another root.
        case conflict(size: UInt64)
        /// No signature of a known key.
        case badSignature
        /// A body that breaks a rule.
        case badRequest
        /// The proof does not lead from the known checkpoint to the new one.
        case badProof

        /// The HTTP status.
        public var status: Int {
            switch self {
            case .cosigned: 200
            case .unknownLog: 404
            case .conflict: 409
            case .badSignature: 403
            case .badRequest: 400
            case .badProof: 422
            }
        }

        /// The media type of the body.
        public var contentType: String {
            if case .conflict = self { "text/x.tlog.size" } else { "text/plain; charset=utf-8" }
        }

        /// The body: the signature line, the size for a conflict, else nothing.
        public var body: String {
            switch self {
            case .cosigned(let signature): signature.line + "\n"
            case .conflict(let size): "\(size)\n"
            case .unknownLog, .badSignature, .badRequest, .badProof: ""
            }
        }
    }
}
