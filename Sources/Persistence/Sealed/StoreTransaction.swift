import Foundation
import GRDB
import MerkleLog
import Sealing
import Synchronization
import Workflow

/// What every transaction of a store knows.
struct StoreContext: Sendable {
    let keys: KeyRing
    private let name: LogName
    let options: StoreOptions
    /// What was appended to the lookups and is not sorted in yet.
    let recent = RecentLookups()
    let idle = IdleMemory()

    init(keys: KeyRing, options: StoreOptions) {
        (self.keys, self.options) = (keys, options)
        name = LogName(keys.logOrigin)
    }

    /// The log's name in leaves and checkpoints.
    var origin: String { name.origin.text }

    /// The log goes on under another name after a restore that lost records.
    func rename(epoch: UInt64) { name.set(epoch: epoch) }
}

/// The log's name in this process.
final class LogName: Sendable {
    private let state: Mutex<LogOrigin>

    init(_ base: String) { state = Mutex(LogOrigin(base)) }

    var origin: LogOrigin { state.withLock { $0 } }

    func set(epoch: UInt64) {
        state.withLock { origin in
            if epoch < origin.epoch { origin = LogOrigin(origin.base) }
            while origin.epoch < epoch { origin = origin.next }
        }
    }
}

/// What the pieces of work of one transaction share, and what is written once for all of them at its end.
final class StoreBatch {
    /// Entries for the lookups.
    var entries: [LookupEntry] = []
    /// The tree's edge with the leaves appended so far; nil until one is.
    var frontier: Frontier?
    /// Bytes of raw messages that were added and dropped.
    var messageBytes = 0
    /// Whether something was written that may be due.
    var wakes = false
    /// Whether memory covers all of `lookup_recent`: true only in a writing transaction.
    var isSynchronized = false

    /// As it is now, to go back to.
    var saved: (entries: Int, frontier: Frontier?, messageBytes: Int) { (entries.count, frontier, messageBytes) }

    func restore(_ saved: (entries: Int, frontier: Frontier?, messageBytes: Int)) {
        entries.removeLast(entries.count - saved.entries)
        (frontier, messageBytes) = (saved.frontier, saved.messageBytes)
    }
}

/// One transaction: the connection and the keys. Its extensions are the tables.
struct StoreTransaction {
    let db: Database
    let context: StoreContext
    let batch = StoreBatch()
    let values: KeyedValues

    init(db: Database, context: StoreContext) {
        (self.db, self.context, values) = (db, context, KeyedValues(context.keys))
    }

    var keys: KeyRing { context.keys }

    /// Reads what the work of a writing transaction relies on.
    func begin() throws { try synchronizeLookups() }

    /// Writes what is written once for all work; returns the row that holds the batch's lookups.
    func end() throws -> Int64? {
        if let frontier = batch.frontier { try store(frontier) }
        if batch.messageBytes != 0 { try storeMessageBytes() }
        return try storeLookups()
    }

    func execute(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
    }
}

extension Array where Element == UInt8 {
    /// For a BLOB column.
    var blob: Data { Data(self) }
}

extension Row {
    /// - Throws: `damaged` where the column holds something else.
    func bytes(_ column: String) throws -> [UInt8] {
        guard let bytes = try optionalBytes(column) else { throw StoreFailure.damaged }
        return bytes
    }

    func optionalBytes(_ column: String) throws -> [UInt8]? {
        let value: DatabaseValue = self[column]
        if value.isNull { return nil }
        guard let data = Data.fromDatabaseValue(value) else { throw StoreFailure.damaged }
        return Array(data)
    }

    /// A column of type BLOB by its place, without the way over `Data`.
    func blob(_ position: Int) throws -> [UInt8] {
        guard let bytes = try optionalBlob(position) else { throw StoreFailure.damaged }
        return bytes
    }

    /// nil for NULL.
    func optionalBlob(_ position: Int) throws -> [UInt8]? {
        try withUnsafeData(atIndex: position) { $0.map { Array($0) } }
    }

    func time(_ column: String) -> Timestamp { Timestamp(microseconds: self[column]) }

    func optionalTime(_ column: String) -> Timestamp? {
        (self[column] as Int64?).map { Timestamp(microseconds: $0) }
    }

    func word<Word: RawRepresentable<String>>(_ column: String, _ type: Word.Type = Word.self) throws -> Word {
        guard let word = Word(rawValue: self[column]) else { throw StoreFailure.damaged }
        return word
    }
}
