import Foundation
import GRDB
import Sealing
import Workflow

/// What every transaction of a store knows.
struct StoreContext: Sendable {
    let keys: KeyRing
    /// The log's name in leaves and checkpoints.
    let origin: String
    let options: StoreOptions
}

/// One transaction: the connection and the keys. Its extensions are the tables.
struct StoreTransaction {
    let db: Database
    let context: StoreContext

    var keys: KeyRing { context.keys }

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

    func time(_ column: String) -> Timestamp { Timestamp(microseconds: self[column]) }

    func optionalTime(_ column: String) -> Timestamp? {
        (self[column] as Int64?).map { Timestamp(microseconds: $0) }
    }

    func word<Word: RawRepresentable<String>>(_ column: String, _ type: Word.Type = Word.self) throws -> Word {
        guard let word = Word(rawValue: self[column]) else { throw StoreFailure.damaged }
        return word
    }
}
