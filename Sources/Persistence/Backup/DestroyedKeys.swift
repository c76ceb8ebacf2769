import GRDB
import Glibc
import Sealing
public import Workflow

/// The register of destroyed data keys beside the outside checkpoints: random ids, no identifier. From it a restore
/// learns which patients were shredded after the backup was made.
public enum DestroyedKeys {
    /// The file's name.
    public static let name = "destroyed-keys.txt"
    private static let limit = 64 << 20

    /// The ids in the registers of these folders; what is no id is left out.
    /// - Throws: `fault` `keys.registerUnreadable` where a register is there and cannot be read.
    static func registered(in folders: [CheckpointFolder]) throws(AdapterError) -> Set<DataKeyID> {
        var ids: Set<DataKeyID> = []
        for folder in folders {
            let path = "\(folder.path)/\(name)"
            if unsafe access(path, F_OK) != 0, errno == ENOENT || errno == ENOTDIR { continue }
            guard let bytes = try? OpenFile(reading: path).readAll(limit: limit) else {
                throw AdapterError(.fault, code: "keys.registerUnreadable")
            }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                if let id = try? DataKeyID(text: String(line)) { ids.insert(id) }
            }
        }
        return ids
    }
}

extension SQLiteStore {
    /// Brings the register of destroyed data keys in each folder up to date, with what stood in any of them before. A
    /// register that has everything is left as it is, so this may be called at any time: after a crash between destroying
    /// and registering, at the start of `serve`, after each checkpoint.
    /// - Throws: `fault` `keys.registerUnreadable`, and nothing was written; the last error of a folder, when all were
    ///   tried.
    /// - Parameter rewriting: writes each register even where it has everything, which shows that it can be written:
    ///   before something is destroyed of which it would have to tell.
    public func registerDestroyedKeys(
        in folders: [CheckpointFolder], rewriting: Bool = false
    ) async throws(AdapterError) {
        let own = try await read { transaction in
            try String.fetchAll(transaction.db, sql: "SELECT id FROM data_key WHERE destroyed = 1")
        }
        guard !folders.isEmpty else { return }
        // One writer at a time: what two commands destroyed at once is in both registers.
        try FileLock.whileLocked(folder.openLockPath) { () throws(AdapterError) in
            let ids = Set(own).union(try DestroyedKeys.registered(in: folders).map(\.text))
            let text = ids.sorted().map { "\($0)\n" }.joined()
            var failure: AdapterError?
            for folder in folders {
                do throws(AdapterError) {
                    let held = try DestroyedKeys.registered(in: [folder]).count
                    guard rewriting || held < ids.count else { continue }
                    try writeDurably(Array(text.utf8), folder: folder.path, name: DestroyedKeys.name)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
    }
}
