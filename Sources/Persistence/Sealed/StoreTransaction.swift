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
        try db.execute(sql: sql, arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(db, sql: sql, arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(db, sql: sql, arguments: arguments)
    }
}

extension Array where Element == UInt8 {
    /// For a BLOB column.
    var blob: Data { Data(self) }
}

extension Row {
    func bytes(_ column: String) -> [UInt8] { Array(self[column] as Data) }

    func optionalBytes(_ column: String) -> [UInt8]? { (self[column] as Data?).map { Array($0) } }

    func time(_ column: String) -> Timestamp { Timestamp(microseconds: self[column]) }

    func optionalTime(_ column: String) -> Timestamp? {
        (self[column] as Int64?).map { Timestamp(microseconds: $0) }
    }

    func word<Word: RawRepresentable<String>>(_ column: String, _ type: Word.Type = Word.self) throws -> Word {
        guard let word = Word(rawValue: self[column]) else { throw StoreFailure.damaged }
        return word
    }
}
