import FHIR
public import MerkleLog
import Sealing

/// Writes a bundle line by line (`docs/comply/log-format.md`): `head`, entries in order of index, trailer. It does no
/// input or output; the caller writes each answer behind the one before.
public struct BundleWriter: Sendable {
    /// The first line.
    public let head: [UInt8]

    private let header: BundleHeader
    private let keys: LogKeys
    private let checkpoint: Checkpoint
    private var frontier = Frontier()
    private var hasher = SHA256Hasher()
    private var next: UInt64 = 0
    private var count = 0

    /// - Throws: `bundle` for a checkpoint that the header's keys have not signed.
    public init(_ header: BundleHeader) throws(AuditError) {
        self.header = header
        do {
            keys = try LogKeys(anchor: header.key, handovers: header.handovers)
            checkpoint = try keys.checkpoint(note: header.checkpoint.serialized)
        } catch {
            throw AuditError(.bundle, at: error.code.rawValue)
        }
        head = header.line(checkpoint)
        hasher.update(head)
    }

    /// The line of a record that the bundle is about; one whose body is missing tells only its leaf.
    /// - Parameters:
    ///   - entry: with its opened body, from which the record's text is taken; without body and record it counts as
    ///     destroyed, without the body alone as not given.
    ///   - proof: that the leaf is under the checkpoint, nearest neighbour first.
    /// - Throws: `bundle` for an index that is not a later one, or a proof that does not lead to the checkpoint;
    ///   `bodyMalformed` and `bodyMismatch` for a body that is not the leaf's.
    public mutating func entry(_ entry: AuditEntry, proof: [MerkleHash]) throws(AuditError) -> [UInt8] {
        let inclusion = InclusionProof(index: entry.index, size: checkpoint.size, path: proof)
        do {
            try inclusion.verify(leafHash: .leaf(entry.leaf), root: checkpoint.root)
        } catch {
            throw AuditError(.bundle, at: error.code.rawValue)
        }
        var member = BundleLine.Entry(proof: proof.map(\.base64))
        if let body = entry.body {
            let opened = try Leaf.opened(entry.leaf, body: body)
            member.opened = (opened.record.canonicalText(time: opened.record.time.text), opened.salts)
        } else {
            member.isDestroyed = entry.record == nil
        }
        return try append(BundleLine(index: entry.index, leaf: entry.leaf, entry: member))
    }

    /// The line of a leaf that stands there for the root's sake only.
    /// - Throws: `bundle` unless the header promises all leaves and this is the next one; `leafMalformed`.
    public mutating func leaf(index: UInt64, _ leaf: [UInt8]) throws(AuditError) -> [UInt8] {
        guard header.allLeaves else { throw AuditError(.bundle, at: "leaves") }
        return try append(BundleLine(index: index, leaf: leaf))
    }

    /// The last line.
    /// - Parameter key: the log's newest key; it signs under the checkpoint's origin.
    /// - Throws: `bundle` for another key, or where promised leaves are missing.
    public mutating func trailer(signedBy key: SigningKey) throws(AuditError) -> [UInt8] {
        guard key.verifier.publicKey == keys.current.publicKey else { throw AuditError(.bundle, at: "key") }
        guard !header.allLeaves || (frontier.size, frontier.root) == (checkpoint.size, checkpoint.root) else {
            throw AuditError(.bundle, at: "root")
        }
        let trailer = BundleTrailer(origin: checkpoint.origin, count: count, digest: hasher.finalize())
        do {
            return try trailer.line(signedBy: key.named(checkpoint.origin))
        } catch {
            throw AuditError(.bundle, at: error.code.rawValue)
        }
    }

    private mutating func append(_ line: BundleLine) throws(AuditError) -> [UInt8] {
        guard line.index >= next, line.index < checkpoint.size, !header.allLeaves || line.index == next else {
            throw AuditError(.bundle, at: "index")
        }
        _ = try LeafHeader(parsing: line.leaf)
        let text = line.text
        guard text.count <= BundleFormat.lineLimit else { throw AuditError(.bundle, at: "length") }
        next = line.index + 1
        count += 1
        if header.allLeaves { frontier.append(.leaf(line.leaf)) }
        hasher.update(text)
        return text
    }
}
