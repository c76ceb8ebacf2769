public import MerkleLog

/// Verifies a log leaf by leaf, in memory that does not grow with its size except for intents that are still open.
/// It needs no key but the public one, and changes nothing.
public struct AuditVerifier: Sendable {
    /// How many problems are kept; further ones are counted.
    public static let problemLimit = 100

    private struct OpenIntent: Sendable {
        let event: String
        let correlation: String
    }

    private struct SignedCheckpoint: Sendable {
        let checkpoint: Checkpoint
        let held: HeldCheckpoint
    }

    private let origin: String
    private let checkpoints: [SignedCheckpoint]
    private var nextCheckpoint = 0
    private var lastOutside: Checkpoint?
    private var frontier = Frontier()
    private var openIntents: [UInt64: OpenIntent] = [:]
    private var problems: [AuditProblem] = []
    private var problemCount = 0

    /// A verifier for the log of this key; the key's name is the log's origin.
    public init(key: VerifierKey, checkpoints held: [HeldCheckpoint]) {
        origin = key.name
        var signed: [SignedCheckpoint] = []
        var refused: [AuditProblem] = []
        for held in held {
            guard let checkpoint = try? Checkpoint(note: held.note, signedBy: key) else {
                refused.append(AuditProblem(.checkpointSignatureInvalid, at: held.name))
                continue
            }
            guard checkpoint.origin == key.name else {
                refused.append(AuditProblem(.checkpointLogMismatch, at: held.name))
                continue
            }
            signed.append(SignedCheckpoint(checkpoint: checkpoint, held: held))
        }
        checkpoints = signed.sorted { $0.checkpoint.size < $1.checkpoint.size }
        for problem in refused { report(problem) }
        compareCheckpoints()
    }

    /// Takes the next leaf as it is stored.
    public mutating func add(index: UInt64, leaf: [UInt8]) {
        if index != frontier.size { report(AuditProblem(.indexGap, index: index)) }
        do {
            let header = try LeafHeader(parsing: leaf)
            if header.log != origin { report(AuditProblem(.logMismatch, index: index)) }
            follow(header, index: index)
        } catch {
            report(AuditProblem(.leafMalformed, index: index, at: error.place))
        }
        frontier.append(.leaf(leaf))
        compareCheckpoints()
    }

    /// Ends the verification.
    /// - Parameter storedFrontier: the frontier row of the database; nil where there is none.
    public consuming func finish(storedFrontier: [UInt8]?) -> AuditVerification {
        compareFrontier(storedFrontier)
        for signed in checkpoints[nextCheckpoint...] {
            report(AuditProblem(.truncated, index: frontier.size, at: signed.held.name))
        }
        return AuditVerification(
            size: frontier.size, root: frontier.root, problems: problems, problemCount: problemCount,
            lastOutside: lastOutside, newerThanOutside: frontier.size - (lastOutside?.size ?? 0),
            openIntents: openIntents.count)
    }

    private mutating func follow(_ header: LeafHeader, index: UInt64) {
        switch header.phase {
        case .single: break
        case .intent:
            openIntents[index] = OpenIntent(event: header.event, correlation: header.correlation)
        case .outcome(let intent):
            let open = openIntents.removeValue(forKey: intent)
            if open?.event != header.event || open?.correlation != header.correlation {
                report(AuditProblem(.intentUnknown, index: index))
            }
        }
    }

    /// Compares every checkpoint of the size that has been reached.
    private mutating func compareCheckpoints() {
        while nextCheckpoint < checkpoints.count, checkpoints[nextCheckpoint].checkpoint.size == frontier.size {
            let signed = checkpoints[nextCheckpoint]
            nextCheckpoint += 1
            guard signed.checkpoint.root == frontier.root else {
                report(AuditProblem(.checkpointInconsistent, index: signed.checkpoint.size, at: signed.held.name))
                continue
            }
            if signed.held.keeper == .outside { lastOutside = signed.checkpoint }
        }
    }

    private mutating func compareFrontier(_ stored: [UInt8]?) {
        guard let stored else {
            if frontier.size > 0 { report(AuditProblem(.frontierMalformed, at: "missing")) }
            return
        }
        guard let parsed = try? Frontier(parsing: stored) else { return report(AuditProblem(.frontierMalformed)) }
        if parsed != frontier { report(AuditProblem(.rootMismatch, at: "stored frontier")) }
    }

    private mutating func report(_ problem: AuditProblem) {
        problemCount += 1
        if problems.count < Self.problemLimit { problems.append(problem) }
    }
}
