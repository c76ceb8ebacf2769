import Audit
import Foundation
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct CheckpointFolderTests {
    let temporary: TemporaryFolder
    let folder: CheckpointFolder
    let former: SigningKey
    let present: SigningKey

    init() throws {
        temporary = try TemporaryFolder()
        folder = CheckpointFolder(path: temporary.folder.path, keeper: .outside)
        former = try SigningKey(name: "log", seed: [UInt8](repeating: 1, count: 32))
        present = try SigningKey(name: "log", seed: [UInt8](repeating: 2, count: 32))
    }

    var keys: [VerifierKey] { [former.verifier, present.verifier] }

    func write(_ size: UInt64, root: UInt8 = 0, by key: SigningKey) throws {
        let checkpoint = try Checkpoint(origin: "log", size: size, root: .leaf([root]))
        try folder.write(checkpoint, note: try checkpoint.signed(by: key), keys: keys)
    }

    func names() -> [String] { DataFolder.names(in: folder.path).filter { $0.hasSuffix(".checkpoint") } }

    @Test func `The same checkpoint under another key of the log gets its signature too`() throws {
        try write(3, by: former)
        try write(3, by: present)
        let note = try SignedNote(parsing: try #require(folder.held().first).note)
        #expect(folder.held().count == 1 && note.signatures.count == 2)
        for key in keys { try note.verify(key) }
        let before = try temporary.bytes()
        try write(3, by: former)
        #expect(try temporary.bytes() == before)
    }

    @Test func `Beside a larger one of any key of the log nothing is to be done, and nothing is wrong`() throws {
        try write(9, by: former)
        try write(4, by: present)
        #expect(names() == ["00000000000000000009.checkpoint"])
        #expect(folder.latest(key: former.verifier)?.size == 9)
    }

    @Test func `Another root for a size is refused, also below a larger one, and what stands there stays`() throws {
        try write(4, by: former)
        let before = try temporary.bytes()
        #expect(throws: AdapterError(.fault, code: "audit.rolledBack")) { try write(4, root: 1, by: present) }
        #expect(try temporary.bytes() == before)
        try write(9, by: present)
        #expect(throws: AdapterError(.fault, code: "audit.rolledBack")) { try write(4, root: 1, by: former) }
    }

    @Test func `The newest genuine one is found among files of others, by name of the log and size`() throws {
        for size in [10, 9, 2, 100] as [UInt64] { try write(size, by: present) }
        #expect(folder.latest(key: present.verifier)?.size == 100)
        let genuine = try Data(contentsOf: URL(filePath: folder.path + "/" + names()[0]))
        for name in [
            "00000000000000000101", "00000000000000000103.2", "00000000000000000102", "0000000000000000000104",
            "00000000000000000001.1", "99999999999999999999", "x", "00000000000000000001.x", "1.2.3", ".",
        ] {
            try genuine.write(to: URL(filePath: "\(folder.path)/\(name).checkpoint"))
        }
        #expect(folder.latest(key: present.verifier)?.size == 100)
        #expect(folder.latest(key: former.verifier) == nil)
    }

    @Test func `Processes that sign one log at once never take each other for a rollback`() async throws {
        let data = try TemporaryFolder()
        let ring = try KeyRing.generate()
        let stores = try (0..<3).map { _ in try SQLiteStore.open(data.folder, keys: ring) }
        let outside = folder
        let codes = await withTaskGroup(of: [String].self) { group in
            for store in stores {
                group.addTask {
                    var codes: [String] = []
                    for _ in 0..<25 {
                        do throws(AdapterError) {
                            _ = try await store.record([record()])
                            try await store.checkpoint(to: [outside])
                        } catch {
                            codes.append(error.code)
                        }
                    }
                    return codes
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(codes.isEmpty)
        let verification = try AuditLogFile(data.folder).verify(key: ring.checkpointKey().verifier, outside: [outside])
        #expect(verification.isIntact && verification.size == 75, "\(verification.problems)")
        #expect(!DataFolder.names(in: folder.path).contains { $0.hasSuffix(".new") })
    }
}
