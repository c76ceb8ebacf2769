import Audit
import Foundation
import GRDB
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct ReadOnlyFolderTests {
    let temporary: TemporaryFolder
    let ring: KeyRing
    let store: SQLiteStore

    init() async throws {
        temporary = try TemporaryFolder()
        ring = try KeyRing.generate()
        store = try SQLiteStore.open(temporary.folder, keys: ring)
        _ = try await store.record([record(), record()])
    }

    func verify(_ folder: DataFolder) throws -> AuditVerification {
        try AuditLogFile(folder).verify(key: ring.checkpointKey().verifier, outside: [])
    }

    /// Rights mean nothing to root: what is written beside the copy is compared for everybody else.
    @Test func `A copy in a folder without write rights is verified and nothing is written beside it`() async throws {
        try await store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        let copy = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: temporary.folder.databasePath, toPath: copy.folder.databasePath)
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: copy.folder.path)
        let before = DataFolder.names(in: copy.folder.path)
        #expect(try verify(copy.folder).size == 2)
        if getuid() != 0 { #expect(DataFolder.names(in: copy.folder.path) == before) }
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: copy.folder.path)
    }

    @Test(.enabled(if: getuid() != 0, "rights mean nothing to root"))
    func `A copy that still has a write-ahead log says that it must be copied to where one can write`() async throws {
        let copy = try TemporaryFolder()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: temporary.folder.databasePath + suffix, toPath: copy.folder.databasePath + suffix)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: copy.folder.path)
        #expect(throws: AdapterError(.fault, code: "audit.folderReadOnly")) { _ = try verify(copy.folder) }
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: copy.folder.path)
    }

    @Test func `A log that is being written is verified at the same time`() async throws {
        #expect(try verify(temporary.folder).size == 2)
        _ = try await store.record([record()])
        #expect(try verify(temporary.folder).size == 3)
    }
}
