import Audit
import FHIR
import Glibc
import MerkleLog
import Sealing

/// How fast leaves are verified, without the store: `IMAGING_GATEWAY_BENCHMARKS=1 swift run -c release audit-verify`.
/// The first argument is the number of leaves (1,000,000), the second that of the tasks (2). With a third one, a file,
/// a bundle of all leaves is written instead, for the programs that verify bundles.
let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
let tasks = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 2
let chunkLength = 4096
nonisolated let key = try SigningKey(name: "imaging-gateway/\(randomUUID())", seed: randomBytes(32))

var chunks: [LeafChunk] = []
var frontier = Frontier()
var leaves: [[UInt8]] = []
var bytes = 0
for index in 0..<count {
    let phase: Phase = index % 3 == 1 ? .intent : index % 3 == 2 ? .outcome(of: UInt64(index - 1)) : .single
    let record = AuditRecord(
        event: .studyRetrieve,
        time: FHIRInstant(secondsSinceEpoch: 1_795_000_000, microseconds: Int64(index % 1_000_000)),
        phase: phase, principal: Principal(kind: .service, name: "imaging-gateway"), accessClass: .treatment,
        correlation: CorrelationID(value: "0b8f5b60-0000-4000-8000-\(100_000_000_000 + index / 3)"),
        peer: Peer(name: "pacs", address: "10.0.0.7"),
        subjects: [
            Subject(type: .patient, assigner: "hospital", identifier: "4711"), Subject(type: .order, identifier: "a"),
            Subject(type: .study, identifier: "1.2.840.99"),
        ])
    let leaf = try Leaf.prepare(record, log: key.name, randomness: randomBytes).bytes
    bytes += leaf.count
    frontier.append(.leaf(leaf))
    if CommandLine.arguments.count > 3 { leaves.append(leaf) }
    if index % chunkLength == 0 { chunks.append(LeafChunk(leaves: chunkLength)) }
    chunks[chunks.count - 1].append(index: UInt64(index), leaf: leaf)
}
print("\(count) leaves, \(bytes / count) bytes each")

/// Wall clock and processor time: the machine may be busy with other things.
@MainActor func measured(_ name: String, _ body: () async -> Void) async {
    let (start, processor) = (ContinuousClock.now, clock())
    await body()
    let wall = (ContinuousClock.now - start) / .seconds(1)
    let used = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
    let (perWall, perProcessor) = (Int(Double(count) / wall), Int(Double(count) / used))
    print("\(name): \(wall) s, \(perWall) leaves/s; processor \(used) s, \(perProcessor) leaves/s")
}

await measured("scan and hash, one core") { for chunk in chunks { _ = chunk.scanned() } }

/// Scans in tasks and takes the results in order, as a store would.
func verify(_ chunks: [LeafChunk], tasks: Int, stored: [UInt8]) async -> AuditVerification {
    var verifier = AuditVerifier(key: key.verifier, checkpoints: [])
    await withTaskGroup(of: (Int, ScannedChunk).self) { group in
        var (next, wanted, waiting) = (0, 0, [Int: ScannedChunk]())
        while wanted < chunks.count {
            while next < chunks.count, next - wanted < 2 * tasks {
                let (number, chunk) = (next, chunks[next])
                group.addTask { (number, chunk.scanned()) }
                next += 1
            }
            guard let (number, chunk) = await group.next() else { return }
            waiting[number] = chunk
            while let chunk = waiting.removeValue(forKey: wanted) {
                verifier.add(chunk)
                wanted += 1
            }
        }
    }
    return verifier.finish(storedFrontier: stored)
}

if CommandLine.arguments.count > 3 {
    let checkpoint = try Checkpoint(origin: key.name, size: UInt64(count), root: frontier.root).signed(by: key)
    let tree = MerkleTree(leaves: leaves.map { .leaf($0) })
    var writer = try BundleWriter(
        BundleHeader(
            checkpoint: checkpoint, key: key.verifier, exported: "2026-11-21T20:00:00.000000Z",
            principal: "user|auditor", allLeaves: true))
    let file = unsafe open(CommandLine.arguments[3], O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    func write(_ bytes: [UInt8]) { _ = unsafe Glibc.write(file, bytes, bytes.count) }
    write(writer.head)
    let path = try tree.inclusionProof(index: 0, size: count).path
    for (index, leaf) in leaves.enumerated() {
        write(
            index == 0
                ? try writer.entry(AuditEntry(index: 0, leaf: leaf, record: nil), proof: path)
                : try writer.leaf(index: UInt64(index), leaf))
    }
    write(try writer.trailer(signedBy: key))
    close(file)
    exit(0)
}

await measured("verified by \(tasks) tasks") {
    let result = await verify(chunks, tasks: tasks, stored: frontier.serialized)
    print(result.isIntact ? "intact" : "PROBLEMS")
}
