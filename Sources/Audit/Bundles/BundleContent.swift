import MerkleLog

/// What the lines between header and trailer hold.
struct BundleContent: Sendable {
    /// Lines, whatever stands in them.
    var count = 0
    private(set) var entries = 0
    private(set) var withoutRecord = 0
    private(set) var leaves = 0
    /// The first entry whose record, to which its leaf commits, has the digest that is looked for.
    private(set) var named: UInt64?
    private let digest: String?
    private var last: UInt64?
    private var frontier = Frontier()
    private var hasGap = false
    /// Correlations of entries, and how many other leaves each correlation has.
    private var touched: Set<String> = []
    private var others: [String: Int] = [:]

    init(naming digest: String? = nil) { self.digest = digest }

    /// Leaves without an entry that share their correlation with one.
    var leftOut: Int { touched.reduce(0) { $0 + others[$1, default: 0] } }

    /// Whether the leaves are those under the checkpoint, every one.
    func isWhole(_ checkpoint: Checkpoint) -> Bool {
        !hasGap && (frontier.size, frontier.root) == (checkpoint.size, checkpoint.root)
    }

    /// Checks a line.
    mutating func add(_ line: BundleLine, under checkpoint: Checkpoint, allLeaves: Bool) -> [BundleProblem.Code] {
        var problems: [BundleProblem.Code] = []
        if line.index >= checkpoint.size || last.map({ line.index <= $0 }) ?? false { problems.append(.order) }
        last = line.index
        let hash = MerkleHash.leaf(line.leaf)
        if allLeaves {
            if line.index != frontier.size { hasGap = true }
            frontier.append(hash)
        }
        let header = try? LeafHeader(parsing: line.leaf)
        if !(header.map { Self.isOrigin($0.log, before: checkpoint.origin) } ?? false) { problems.append(.leaf) }
        guard let entry = line.entry else {
            leaves += 1
            if let header, allLeaves { others[header.correlation, default: 0] += 1 }
            return problems
        }
        entries += 1
        if let header, allLeaves { touched.insert(header.correlation) }
        if !Self.isProof(entry.proof, of: hash, index: line.index, checkpoint) { problems.append(.proof) }
        guard let opened = entry.opened else {
            withoutRecord += 1
            return problems
        }
        let record = BundledRecord(text: opened.record, salts: opened.salts)
        guard let header else { return problems }
        guard record.isRecord(of: header) else { return problems + [.record] }
        if let digest, named == nil, record.names(digest) { named = line.index }
        return problems
    }

    /// The same log, restored no more often.
    private static func isOrigin(_ text: String, before other: String) -> Bool {
        let (origin, latest) = (LogOrigin(text), LogOrigin(other))
        return origin.base == latest.base && origin.epoch <= latest.epoch
    }

    private static func isProof(
        _ texts: [String], of hash: MerkleHash, index: UInt64, _ checkpoint: Checkpoint
    ) -> Bool {
        let path = texts.compactMap { try? MerkleHash(base64: $0) }
        guard path.count == texts.count else { return false }
        let proof = InclusionProof(index: index, size: checkpoint.size, path: path)
        return (try? proof.verify(leafHash: hash, root: checkpoint.root)) != nil
    }
}
