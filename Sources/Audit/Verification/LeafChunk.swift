import MerkleLog

/// Some leaves in the order of the store, on their way to a verifier. Chunks are scanned on as many cores as there are;
/// the verifier takes the results in order.
public struct LeafChunk: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var indexes: [UInt64] = []

    /// An empty chunk with room.
    public init(leaves: Int = 4096, bytesPerLeaf: Int = 700) {
        bytes.reserveCapacity(leaves * bytesPerLeaf)
        ends.reserveCapacity(leaves)
        indexes.reserveCapacity(leaves)
    }

    /// How many leaves are in it.
    public var count: Int { ends.count }

    /// Adds a leaf as it is stored.
    public mutating func append(index: UInt64, leaf: [UInt8]) {
        bytes.append(contentsOf: leaf)
        ends.append(bytes.count)
        indexes.append(index)
    }

    /// Hashes and reads every leaf: the greater part of the work of a verification.
    public func scanned() -> ScannedChunk {
        var origins: [String] = []
        var last = bytes[0..<0]
        var start = 0
        let leaves = zip(indexes, ends).map { index, end in
            let leaf = bytes[start..<end]
            start = end
            return ScannedLeaf(index: index, leaf: leaf, last: &last, origins: &origins)
        }
        return ScannedChunk(leaves: leaves, origins: origins)
    }
}

/// What a verifier needs of the leaves of a chunk.
public struct ScannedChunk: Sendable {
    let leaves: [ScannedLeaf]
    /// The origins that occur, one after another.
    let origins: [String]
}

/// What a verifier needs of a leaf.
struct ScannedLeaf: Sendable {
    enum Form: Sendable {
        /// A leaf of the origin with that number in its chunk.
        case leaf(origin: Int, phase: Phase, bond: Bond, isRestoration: Bool)
        case malformed(place: String)
    }

    let index: UInt64
    let hash: MerkleHash
    let form: Form

    /// - Parameters:
    ///   - last: the bytes of the last origin, which nearly every leaf repeats.
    ///   - origins: grows by each other one.
    init(index: UInt64, leaf: ArraySlice<UInt8>, last: inout ArraySlice<UInt8>, origins: inout [String]) {
        self.index = index
        hash = .leaf(leaf)
        if let finding = LeafScanner.scan(leaf) {
            let log = leaf[finding.log]
            if origins.isEmpty || !log.elementsEqual(last) {
                origins.append(String(decoding: log, as: UTF8.self))
                last = log
            }
            let event = leaf[finding.event]
            form = .leaf(
                origin: origins.count - 1, phase: finding.phase,
                bond: finding.phase == .single ? .none : Bond(event, leaf[finding.correlation]),
                isRestoration: event.elementsEqual(Self.restoration))
            return
        }
        do {
            let header = try LeafHeader(parsing: Array(leaf))
            origins.append(header.log)
            // The next leaf is not to be compared with bytes that were escaped.
            last = leaf[leaf.startIndex..<leaf.startIndex]
            form = .leaf(
                origin: origins.count - 1, phase: header.phase, bond: Bond(header),
                isRestoration: header.event == AuditEventType.logRestored.rawValue)
        } catch {
            form = .malformed(place: error.place)
        }
    }

    private static let restoration = Array(AuditEventType.logRestored.rawValue.utf8)
}

/// Event and correlation, which an outcome shares with its intent. A number stands for them, of the process's own
/// randomly keyed hash: an open intent then costs a few bytes, and nobody can choose two that fall together.
struct Bond: Sendable, Hashable {
    private let value: Int

    static let none = Bond(value: 0)

    private init(value: Int) { self.value = value }

    init(_ event: some Collection<UInt8>, _ correlation: some Collection<UInt8>) {
        var hasher = Hasher()
        hasher.combine(event.count)
        for byte in event { hasher.combine(byte) }
        for byte in correlation { hasher.combine(byte) }
        value = hasher.finalize()
    }

    init(_ header: LeafHeader) { self.init(Array(header.event.utf8), Array(header.correlation.utf8)) }
}
