public import MerkleLog

/// Verifies a log leaf by leaf, in memory that does not grow with its size except for intents that are still open.
/// It needs no key but public ones, and changes nothing.
public struct AuditVerifier: Sendable {
    /// How many problems are kept; further ones are counted.
    public static let problemLimit = 100

    private var origin: LogOrigin
    private var originText: String
    private var checkpoints: CheckpointComparison
    private var frontier = Frontier()
    private var openIntents: [UInt64: Bond] = [:]
    /// Leaves that could not be read.
    private var unread: [Range<UInt64>] = []
    private var restorations: [Restoration] = []
    private var problems: [AuditProblem] = []
    private var problemCount = 0

    /// A verifier for the log of this key, which was never handed over; the key's name is the log's origin.
    public init(key: VerifierKey, checkpoints held: [HeldCheckpoint]) {
        self.init(keys: .init(anchor: key), checkpoints: held)
    }

    /// A verifier for the log of these keys.
    public init(keys: LogKeys, checkpoints held: [HeldCheckpoint]) {
        origin = LogOrigin(keys.base)
        originText = origin.text
        checkpoints = CheckpointComparison(keys: keys, held: held)
        for problem in checkpoints.refused { report(problem) }
        compareCheckpoints()
    }

    /// A verifier that believes the first key alone, because the handovers that were found make no chain from it. It
    /// says so: later checkpoints do not verify then, and that may be the trace of a stolen key.
    public init(anchor: VerifierKey, handovers: [[UInt8]], checkpoints held: [HeldCheckpoint]) {
        let keys = try? LogKeys(anchor: anchor, handovers: handovers)
        self.init(keys: keys ?? LogKeys(anchor: anchor), checkpoints: held)
        if keys == nil { report(AuditProblem(.handoverInvalid)) }
    }

    /// Takes the next leaf as it is stored.
    public mutating func add(index: UInt64, leaf: [UInt8]) {
        var chunk = LeafChunk(leaves: 1, bytesPerLeaf: leaf.count)
        chunk.append(index: index, leaf: leaf)
        add(chunk.scanned())
    }

    /// Takes the next leaves.
    public mutating func add(_ chunk: ScannedChunk) {
        for leaf in chunk.leaves {
            if leaf.index != frontier.size { report(AuditProblem(.indexGap, index: leaf.index)) }
            switch leaf.form {
            case .leaf(let number, let phase, let bond, let isRestoration):
                let log = chunk.origins[number]
                if log != originText { enter(log, index: leaf.index, isRestoration: isRestoration) }
                follow(phase, bond, index: leaf.index)
            case .malformed(let place):
                report(AuditProblem(.leafMalformed, index: leaf.index, at: place))
            }
            frontier.append(leaf.hash)
            compareCheckpoints()
        }
    }

    /// Goes on behind leaves that cannot be read, from what is remembered of them; checkpoints behind show whether that
    /// is true. The problem is reported.
    public mutating func skip(to remembered: Frontier, because code: AuditProblem.Code, at place: String) {
        report(AuditProblem(code, index: frontier.size, at: place))
        guard remembered.size > frontier.size else { return }
        unread.append(frontier.size..<remembered.size)
        frontier = remembered
        checkpoints.skip(to: frontier.size)
        compareCheckpoints()
    }

    /// Ends the verification.
    /// - Parameter storedFrontier: the frontier row of the database; nil where there is none.
    public consuming func finish(storedFrontier: [UInt8]?) -> AuditVerification {
        compareFrontier(storedFrontier)
        for problem in checkpoints.unreached(size: frontier.size) { report(problem) }
        let lastOutside = checkpoints.lastOutside
        return AuditVerification(
            size: frontier.size, root: frontier.root, problems: problems, problemCount: problemCount,
            lastOutside: lastOutside, newerThanOutside: frontier.size - (lastOutside?.size ?? 0),
            openIntents: openIntents.count, origin: originText, restorations: restorations)
    }

    /// A leaf of another origin: the log goes on under a later one after a restore, with the leaf that says so.
    private mutating func enter(_ log: String, index: UInt64, isRestoration: Bool) {
        let next = LogOrigin(log)
        // The leaf that tells of a restore may be among those that were not read.
        guard isRestoration || unread.last?.upperBound == index, next.base == origin.base, next.epoch > origin.epoch,
            next.text == log
        else {
            return report(AuditProblem(.logMismatch, index: index))
        }
        let loss = checkpoints.enter(next.epoch, size: frontier.size)
        for problem in loss.problems { report(problem) }
        restorations.append(Restoration(size: frontier.size, origin: log, knownLoss: loss.records))
        (origin, originText) = (next, log)
    }

    private mutating func follow(_ phase: Phase, _ bond: Bond, index: UInt64) {
        switch phase {
        case .single: break
        case .intent: openIntents[index] = bond
        case .outcome(let intent):
            guard openIntents.removeValue(forKey: intent) != bond,
                !unread.contains(where: { $0.contains(intent) })
            else { return }
            report(AuditProblem(.intentUnknown, index: index))
        }
    }

    private mutating func compareCheckpoints() {
        guard checkpoints.isDue(at: frontier.size) else { return }
        for problem in checkpoints.compare(size: frontier.size, root: frontier.root) { report(problem) }
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
