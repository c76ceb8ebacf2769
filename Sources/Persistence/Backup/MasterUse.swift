import GRDB
import Glibc
public import Workflow

/// Which master keys are still needed.
extension SQLiteStore {
    /// Decides, while nobody else can write, which master keys go: `body` gets the ids that data keys or files of
    /// orders under way still name, and may take all others out of the key file. What is wrapped later is wrapped by
    /// the newest one (`KeyRing.isCurrent`).
    public func retireMasters(
        _ body: @escaping @Sendable (_ inUse: Set<String>) throws -> Void
    ) async throws(AdapterError) {
        let scratch = folder.scratchPath
        try await change { transaction in
            let named = try transaction.rows("SELECT DISTINCT master FROM data_key WHERE destroyed = 0", [])
            try body(Set(named.map { $0["master"] as String }).union(ScratchUse.masters(in: scratch)))
        }
    }

    /// How many files of orders under way are sealed under other master keys than this one.
    public func scratchFiles(notUnder master: String) -> Int {
        DataFolder.names(in: folder.scratchPath).filter { name in
            ScratchUse.master(of: "\(folder.scratchPath)/\(name)").map { $0 != master } ?? false
        }.count
    }
}

/// The master keys that scratch files name, read from their headers without any key.
enum ScratchUse {
    static func masters(in folder: String) -> Set<String> {
        Set(DataFolder.names(in: folder).compactMap { master(of: "\(folder)/\($0)") })
    }

    /// Version, then data key id, master id and wrapped key, each preceded by its length (`ScratchHeader`).
    static func master(of path: String) -> String? {
        guard let bytes = try? OpenFile(reading: path).read(512), bytes.count > 2 else { return nil }
        let start = 2 + Int(bytes[1])
        guard bytes.count > start, bytes.count > start + Int(bytes[start]) else { return nil }
        return String(decoding: bytes[(start + 1)...].prefix(Int(bytes[start])), as: UTF8.self)
    }
}
