import Audit
import Foundation
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

/// An installation with checkpoints outside, its backup, and an empty place to put it back.
struct BackupBench {
    let temporary: TemporaryFolder
    let elsewhere: TemporaryFolder
    let copies: TemporaryFolder
    let ring: KeyRing
    let store: SQLiteStore

    init() throws {
        temporary = try TemporaryFolder()
        elsewhere = try TemporaryFolder()
        copies = try TemporaryFolder()
        ring = try KeyRing.generate()
        store = try SQLiteStore.open(temporary.folder, keys: ring)
    }

    var outside: CheckpointFolder { CheckpointFolder(path: elsewhere.folder.path, keeper: .outside) }
    var backup: BackupFolder { BackupFolder(path: "\(copies.folder.path)/backup") }
    var restored: DataFolder { DataFolder(existing: "\(copies.folder.path)/data") }
    var restore: StoreRestore { StoreRestore(backup, to: restored, keys: ring, outside: [outside]) }

    func add(_ count: Int, patient: String = Planted.patient) async throws {
        _ = try await store.record((0..<count).map { _ in record(patient: patient) })
    }

    /// Records, a checkpoint outside, a backup.
    @discardableResult
    func backUp(after count: Int = 5) async throws -> BackupManifest {
        try await add(count)
        _ = try await store.checkpoint(to: [outside])
        return try await store.backup(to: backup.path, now: time(9))
    }

    func verify() throws -> BackupVerification {
        try backup.verify(keys: backup.keys(anchor: ring.anchorKey(), outside: [outside]), outside: [outside])
    }

    func change(_ file: String, _ body: (inout [UInt8]) -> Void) throws {
        let url = URL(fileURLWithPath: "\(backup.path)/\(file)")
        var bytes = Array(try Data(contentsOf: url))
        body(&bytes)
        try Data(bytes).write(to: url)
    }

    func event(_ event: AuditEventType) -> AuditRecord {
        var told = record(event)
        told.subjects = []
        return told
    }
}

func code<Value>(_ body: () async throws -> Value) async -> String? {
    do {
        _ = try await body()
        return nil
    } catch let error as AdapterError {
        return error.code
    } catch {
        return "\(error)"
    }
}

@Suite struct BackupTests {
    let bench: BackupBench

    init() throws { bench = try BackupBench() }

    @Test func `A backup is whole, signed, and holds neither keys nor identifiers`() async throws {
        let manifest = try await bench.backUp()
        #expect(manifest.size == 5)
        #expect(manifest.masters == ["m1"])
        let found = try bench.verify()
        #expect(found.isWhole && found.lost == 0)
        #expect(found.manifest == manifest)
        let secrets = bench.ring.exportedSecrets()
        for name in BackupFiles.list(bench.backup.path) {
            let bytes = Array(try #require(FileManager.default.contents(atPath: "\(bench.backup.path)/\(name)")))
            for planted in Planted.all { #expect(!holds(bytes, planted), "\(name)") }
            for secret in [secrets.masters[0].key, secrets.index, secrets.signing[0].seed] {
                #expect(Data(bytes).range(of: Data(secret.exposedBytes)) == nil, "\(name)")
            }
        }
    }

    @Test func `sha256sum of coreutils agrees with the digests`() async throws {
        try await bench.backUp()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        process.arguments = ["--check", "--strict", "--quiet", BackupManifest.sumsName]
        process.currentDirectoryURL = URL(fileURLWithPath: bench.backup.path)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `A backup made while others write is one moment of the log`() async throws {
        let manifest = try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<25 { try await bench.add(1) } }
            }
            let manifest = try await bench.store.backup(to: bench.backup.path, now: time(0))
            try await group.waitForAll()
            return manifest
        }
        let found = try bench.verify()
        #expect(found.isWhole)
        #expect(found.log?.size == manifest.size)
    }

    @Test func `A folder that holds something is never written over`() async throws {
        try await bench.backUp()
        #expect(await code { try await bench.store.backup(to: bench.backup.path, now: time(0)) } == "backup.exists")
    }

    @Test func `Every file that was changed, removed or added is named`() async throws {
        try await bench.backUp()
        try bench.change("store.sqlite") { $0[$0.count / 2] ^= 1 }
        #expect(try bench.verify().changed == ["store.sqlite"])
        try bench.change("store.sqlite") { $0[$0.count / 2] ^= 1 }
        #expect(try bench.verify().isWhole)
        try Data([1]).write(to: URL(fileURLWithPath: "\(bench.backup.path)/extra"))
        #expect(try bench.verify().changed == ["extra"])
        try FileManager.default.removeItem(atPath: "\(bench.backup.path)/extra")
        try bench.change("SHA256SUMS") { $0[0] = $0[0] == 0x30 ? 0x31 : 0x30 }
        #expect(try bench.verify().changed == ["SHA256SUMS"])
        #expect(try !bench.verify().isWhole)
    }

    @Test func `A manifest that another key signed, or that was changed, is refused`() async throws {
        try await bench.backUp()
        let other = try KeyRing.generate().anchorKey()
        #expect(await code { try bench.backup.verify(keys: LogKeys(anchor: other), outside: []) } == "backup.manifest")
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let manifest = try Data(contentsOf: URL(fileURLWithPath: "\(bench.backup.path)/MANIFEST"))
        for _ in 0..<200 {
            var bytes = Array(manifest)
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            let read = try? BackupManifest(note: bytes, keys: LogKeys(anchor: bench.ring.anchorKey()))
            #expect(read == nil, "seed \(seed), byte \(place)")
        }
    }

    @Test func `Records that outside checkpoints promise beyond the backup are counted`() async throws {
        try await bench.backUp()
        try await bench.add(3)
        _ = try await bench.store.checkpoint(to: [bench.outside])
        let found = try bench.verify()
        #expect(found.isWhole)
        #expect(found.lost == 3 && found.knowsLoss)
    }

    @Test func `Garbage beside the outside checkpoints is told and hinders nothing`() async throws {
        try await bench.backUp()
        let folder = bench.elsewhere.folder.path
        try Data("garbage".utf8).write(to: URL(fileURLWithPath: "\(folder)/00000000000000000099.checkpoint"))
        try Data("garbage".utf8).write(to: URL(fileURLWithPath: "\(folder)/00000000000000000098.handover"))
        // Well-formed and signed, by keys that have nothing to do with the log.
        let (old, new) = (
            try SigningKey(name: bench.ring.logOrigin, seed: Secret.random().exposedBytes),
            try SigningKey(name: bench.ring.logOrigin, seed: Secret.random().exposedBytes)
        )
        let handover = try KeyHandover(
            origin: LogOrigin(bench.ring.logOrigin), size: 2, from: old.verifier, to: new.verifier)
        try bench.outside.write(handover, note: handover.signed(from: old, to: new))
        let found = try bench.verify()
        #expect(found.isWhole && found.ignored == 2)
        #expect(!found.problems.isEmpty)
        #expect(try bench.restore.inspect().isWhole)
    }

    @Test func `A second handover by one key is still the trace of a stolen one`() async throws {
        try await bench.backUp()
        let own = try bench.ring.signingKeys(origin: bench.ring.logOrigin)[0]
        for size: UInt64 in [7, 8] {
            let new = try SigningKey(name: bench.ring.logOrigin, seed: Secret.random().exposedBytes)
            let handover = try KeyHandover(
                origin: LogOrigin(bench.ring.logOrigin), size: size, from: own.verifier, to: new.verifier)
            try bench.outside.write(handover, note: handover.signed(from: own, to: new))
        }
        #expect(await code { try bench.verify() } == "backup.handovers")
        #expect(await code { try bench.restore.inspect() } == "backup.handovers")
    }

    @Test func `A folder beside the backup that looks like its own leftover is left alone`() async throws {
        let part = "\(bench.backup.path).part"
        _ = try DataFolder(creating: part)
        try await bench.backUp()
        #expect(FileManager.default.fileExists(atPath: "\(part)/checkpoints"))
    }
}

/// Reproducible randomness (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
