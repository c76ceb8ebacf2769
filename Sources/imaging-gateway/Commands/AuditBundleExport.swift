import Audit
import FHIR
import Gateway
import MerkleLog
import Persistence
import Sealing
import Workflow

/// Writes a bundle line by line while the log is read.
struct AuditBundleExport {
    let session: AuditSession
    let query: AuditQuery
    let note: SignedNote
    /// How many records the checkpoint covers; later ones are left out.
    let size: UInt64
    let allLeaves: Bool
    let isWhole: Bool
    let words: [String: String]

    /// - Returns: how many records were written, leaves beside them not counted.
    func write(to file: NewPrivateFile) async throws -> Int {
        let store = session.installation.store
        let proofs = AuditProofs(leaves: try await store.leafHashes(upTo: size))
        var writer = try BundleWriter(header())
        try file.write(writer.head)
        var asked = query
        asked.indexes = 0..<size
        var count = 0
        if allLeaves {
            var wanted: Set<UInt64> = []
            try await store.auditEntries(asked, reading: []) { wanted.insert($0.index) }
            try await store.auditEntries(AuditQuery(indexes: 0..<size), reading: []) { entry in
                let line =
                    wanted.contains(entry.index)
                    ? try writer.entry(entry, proof: proofs.path(entry.index))
                    : try writer.leaf(index: entry.index, entry.leaf)
                try file.write(line)
            }
            count = wanted.count
        } else {
            try await store.auditEntries(asked, reading: []) { entry in
                try file.write(writer.entry(entry, proof: proofs.path(entry.index)))
                count += 1
            }
        }
        try file.write(writer.trailer(signedBy: store.signingKey))
        return count
    }

    private func header() throws -> BundleHeader {
        let folders =
            session.configuration.checkpointFolders
            + [CheckpointFolder(path: session.folder.checkpointsPath, keeper: .inside)]
        var handovers: [[UInt8]] = []
        for handover in folders.flatMap({ $0.handovers() }) where !handovers.contains(handover) {
            handovers.append(handover)
        }
        let tokens = TimestampFile.tokens(of: try Checkpoint(text: note.text), in: folders.map(\.path))
        return BundleHeader(
            checkpoint: note, key: try session.installation.keys.anchorKey(),
            certificateKeys: session.installation.keys.certificateKeys.map(\.verifier),
            handovers: handovers,
            timestamps: tokens, query: words,
            exported: FHIRInstant(microsecondsSinceEpoch: SystemClock().now().microseconds).text,
            principal: session.principal.value, allLeaves: allLeaves,
            wholeCorrelations: isWhole && !query.subjects.isEmpty)
    }
}
