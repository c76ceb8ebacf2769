import ArgumentParser
import Audit
import Gateway
import JSON
import MerkleLog
import Persistence
import Workflow

/// `audit prove`.
struct AuditProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Proves that one record stands in the log, and prints the proof.",
        discussion: """
            Prints the leaf exactly as it is hashed (it names nobody) and the inclusion proof of RFC 9162 towards the \
            root over --against records: the size of a checkpoint that the auditor holds. The proof is checked before \
            it is printed.

            Examples:
              imaging-gateway audit prove --index 4711
              imaging-gateway audit prove --index 4711 --against 12000 --json
            """)

    @OptionGroup var given: AuditAccessOptions
    @Option(name: .long, help: ArgumentHelp("The record's number.", valueName: "number"))
    var index: UInt64
    @Option(
        name: .long,
        help: ArgumentHelp("A checkpoint's size; by default the whole log.", valueName: "size"))
    var against: UInt64?

    func run() async throws {
        try await withAuditor(given) { session in
            let store = session.installation.store
            try await store.record(session.reading("audit.prove"))
            let hashes = try AuditLogFile(
                session.folder, archiveFolders: session.configuration.audit.archives
            ).leafHashes(upTo: against)
            guard index < hashes.count, against.map({ $0 == UInt64(hashes.count) }) ?? true else {
                throw CommandFailure(
                    "audit.outOfRange", "the log, or its first --against records, does not have this record",
                    exit: ExitCodes.found)
            }
            guard let entry = try await store.auditEntries(AuditQuery(indexes: index..<index + 1), reading: []).first
            else { throw CommandFailure("audit.outOfRange", "the record is not there", exit: ExitCodes.found) }
            let proofs = AuditProofs(leaves: hashes)
            let proof = InclusionProof(index: index, size: UInt64(hashes.count), path: proofs.path(index))
            try prove(entry.leaf, proof, proofs.root)
        }
    }

    private func prove(_ leaf: [UInt8], _ proof: InclusionProof, _ root: MerkleHash) throws {
        do {
            try proof.verify(leafHash: .leaf(leaf), root: root)
        } catch {
            throw CommandFailure(
                "audit.proofFailed", "the record is not the one in the tree: run `audit verify`", exit: ExitCodes.found)
        }
        let text = String(decoding: leaf, as: UTF8.self)
        if given.output.json {
            show([
                "index": .number(JSONNumber(Int(clamping: proof.index))),
                "size": .number(JSONNumber(Int(clamping: proof.size))), "root": .string(root.base64),
                "leaf": .string(text), "leafHash": .string(MerkleHash.leaf(leaf).base64),
                "proof": .array(proof.path.map { .string($0.base64) }),
            ])
        } else {
            print("leaf       \(Terminal.safe(text))")
            print("index      \(proof.index) of \(proof.size)")
            for hash in proof.path { print("neighbour  \(hash.base64)") }
            print("root       \(root.base64)")
            print("The proof holds: this leaf stands at this place under this root.")
        }
    }
}
