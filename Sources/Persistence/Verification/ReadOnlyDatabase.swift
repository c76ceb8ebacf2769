import GRDB
import Glibc
import Sealing

/// Opens a database that nothing may write to.
enum ReadOnlyDatabase {
    /// - Throws: `folderReadOnly` where the folder has no write rights and a write-ahead log that is not empty.
    static func open(_ path: String) throws -> DatabaseQueue {
        do {
            return try queue(path)
        } catch let error as DatabaseError where needsToWrite(error) {
            guard length(of: path + "-wal") == 0 else { throw StoreFailure.folderReadOnly }
            // Nobody writes here, and there is nothing beside the database: the file is all there is.
            return try queue("file:\(escaped(path))?immutable=1")
        }
    }

    private static func queue(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA mmap_size = 2147418112") }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // Only a first read shows whether SQLite can work here.
        try queue.read { _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
        return queue
    }

    private static func needsToWrite(_ error: DatabaseError) -> Bool {
        [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
    }

    private static func length(of path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// For a URI (RFC 3986).
    private static func escaped(_ path: String) -> String {
        var text: [UInt8] = []
        for byte in path.utf8 {
            if plain.contains(byte) {
                text.append(byte)
            } else {
                text += Array("%".utf8) + Array(Hex.encode([byte]).utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let plain = Set("/-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
}
