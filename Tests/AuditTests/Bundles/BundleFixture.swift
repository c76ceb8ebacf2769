import FHIR
import MerkleLog
import Sealing

@testable import Audit

/// A log of records with their bodies, and bundles of it.
struct BundleFixture {
    static let origin = "imaging-gateway/00000000-0000-4000-8000-00000000000a"
    let key: SigningKey
    let witness: WitnessSigningKey
    var entries: [AuditEntry] = []
    var handovers: [[UInt8]] = []

    /// Eleven records of four correlations; the names hold characters that JSON escapes.
    init() throws {
        key = try SigningKey(name: Self.origin, seed: [UInt8](repeating: 11, count: 32))
        witness = try WitnessSigningKey(name: "witness.example/w1", seed: [UInt8](repeating: 12, count: 32))
        for number in 0..<11 {
            var record = record(
                number == 3 ? .reportPost : .studyRetrieve, phase: number == 4 ? .outcome(of: 3) : .single,
                correlation: "c\(number % 4)", principal: Principal(kind: .user, name: "Jörg \"x\" \\ \u{1}/\(number)"))
            record.details["outcome"] = "né\n\(number)"
            if number >= 4 { record.details["digest"] = "d\(number / 2)" }
            let leaf = try Leaf.prepare(record, log: Self.origin, randomness: randomBytes)
            entries.append(AuditEntry(index: UInt64(number), leaf: leaf.bytes, record: record, body: leaf.body))
        }
    }

    static func certificateKey() throws -> SignatureVerifier {
        try SignatureKey(seed: Secret([UInt8](repeating: 21, count: 32))).verifier
    }

    var tree: MerkleTree { MerkleTree(leaves: entries.map { .leaf($0.leaf) }) }

    func checkpoint(by other: SigningKey? = nil) throws -> SignedNote {
        let checkpoint = try Checkpoint(origin: Self.origin, size: UInt64(entries.count), root: tree.root)
        let note = try checkpoint.signed(by: other ?? key)
        return try note.adding([witness.cosign(note.text, at: 1_790_000_000)])
    }

    func header(allLeaves: Bool, whole: Bool, by other: SigningKey? = nil) throws -> BundleHeader {
        BundleHeader(
            checkpoint: try checkpoint(by: other), key: key.verifier, certificateKeys: [try Self.certificateKey()],
            handovers: handovers, timestamps: [[1, 2, 3]],
            query: ["patient": "hospital|\(planted)"], exported: "2026-11-21T20:00:00.000000Z",
            principal: "user|auditor", allLeaves: allLeaves, wholeCorrelations: whole)
    }

    /// The lines of a bundle about the entries with these indexes; `destroyed` ones have no record.
    func lines(
        of indexes: Set<Int>, allLeaves: Bool = false, whole: Bool = false, destroyed: Set<Int> = [],
        by other: SigningKey? = nil, header: BundleHeader? = nil
    ) throws -> [[UInt8]] {
        let header = if let header { header } else { try self.header(allLeaves: allLeaves, whole: whole, by: other) }
        var writer = try BundleWriter(header)
        var lines = [writer.head]
        for (index, entry) in entries.enumerated() {
            if indexes.contains(index) {
                let isGone = destroyed.contains(index)
                let entry = AuditEntry(
                    index: entry.index, leaf: entry.leaf, record: isGone ? nil : entry.record,
                    body: isGone ? nil : entry.body)
                let proof = try tree.inclusionProof(index: index, size: entries.count).path
                lines.append(try writer.entry(entry, proof: proof))
            } else if allLeaves {
                lines.append(try writer.leaf(index: entry.index, entry.leaf))
            }
        }
        return lines + [try writer.trailer(signedBy: other ?? key)]
    }

    /// A trailer over lines that somebody altered who holds the log's key: what the digest hides otherwise then shows.
    func resealed(_ lines: [[UInt8]], by other: SigningKey? = nil) throws -> [[UInt8]] {
        var hasher = SHA256Hasher()
        for line in lines.dropLast() { hasher.update(line) }
        let trailer = BundleTrailer(origin: Self.origin, count: lines.count - 2, digest: hasher.finalize())
        return try lines.dropLast() + [trailer.line(signedBy: other ?? key)]
    }
}

/// Splits bytes behind each newline, as a reader of lines does.
func splitLines(_ bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    for (offset, byte) in bytes.enumerated() where byte == 0x0a {
        lines.append(Array(bytes[start...offset]))
        start = offset + 1
    }
    if start < bytes.count { lines.append(Array(bytes[start...])) }
    return lines
}

func verifyBundle(
    _ bytes: [UInt8], trusted: VerifierKey? = nil, witnesses: [WitnessVerifierKey] = []
) -> BundleVerification {
    var verifier = BundleVerifier(trusted: trusted, witnesses: witnesses)
    for line in splitLines(bytes) { verifier.add(line: line) }
    return verifier.finish()
}
