import GRDB
import Sealing
public import Workflow

/// The register of destroyed data keys beside the outside checkpoints: random ids, no identifier. From it a restore
/// learns which patients were shredded after the backup was made.
public enum DestroyedKeys {
    /// The file's name.
    public static let name = "destroyed-keys.txt"
    private static let limit = 64 << 20

    /// The ids in the registers of these folders; what is no id is left out.
    static func registered(in folders: [CheckpointFolder]) -> Set<DataKeyID> {
        var ids: Set<DataKeyID> = []
        for folder in folders {
            guard let bytes = try? OpenFile(reading: "\(folder.path)/\(name)").readAll(limit: limit) else { continue }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                if let id = try? DataKeyID(text: String(line)) { ids.insert(id) }
            }
        }
        return ids
    }
}

extension SQLiteStore {
    /// Writes the register of destroyed data keys into each folder, with what stood there before.
    /// - Throws: errors of the file system; the other folders may have been written.
    public func registerDestroyedKeys(in folders: [CheckpointFolder]) async throws(AdapterError) {
        let own = try await read { transaction in
            try String.fetchAll(transaction.db, sql: "SELECT id FROM data_key WHERE destroyed = 1")
        }
        let ids = Set(own).union(DestroyedKeys.registered(in: folders).map(\.text))
        guard !ids.isEmpty else { return }
        let text = ids.sorted().map { "\($0)\n" }.joined()
        for folder in folders { try writeDurably(Array(text.utf8), folder: folder.path, name: DestroyedKeys.name) }
    }
}
