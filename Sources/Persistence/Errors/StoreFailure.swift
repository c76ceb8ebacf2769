import GRDB
import Sealing
import Workflow

/// Why a transaction stops by itself, before it becomes an `AdapterError`.
enum StoreFailure: String, Error {
    /// Another worker has the order or entry, or a message changed it.
    case leaseLost = "store.leaseLost"
    /// A row that another one names is not there.
    case rowMissing = "store.rowMissing"
    /// A stored word or value that no version of this program wrote.
    case damaged = "store.damaged"
    /// The data key was destroyed: what it sealed is gone on purpose.
    case dataKeyDestroyed = "store.dataKeyDestroyed"
    /// The key file belongs to another installation.
    case keysMismatch = "store.keysMismatch"
    /// The data folder was written by a newer version.
    case schemaNewer = "store.schemaNewer"
    /// SQLite does not run with `synchronous=FULL` in WAL mode: nothing could be acknowledged safely.
    case notDurable = "store.notDurable"
    /// The file system refused.
    case file = "store.file"
    /// The log is shorter than, or differs from, a checkpoint that was published.
    case rolledBack = "audit.rolledBack"
    /// A file of the archive is not where it was put.
    case segmentMissing = "audit.segmentMissing"
    /// A file of the archive is not the one that was put there.
    case segmentChanged = "audit.segmentChanged"
    /// Another process moves leaves into segments just now.
    case archiveRunning = "audit.archiveRunning"
    /// What is held for a legal reason is not destroyed.
    case legalHold = "keys.legalHold"
    /// Orders of the patient are still under way.
    case ordersUnfinished = "keys.ordersUnfinished"
    /// A legal hold's code is no code.
    case holdCode = "hold.code"
    /// The database cannot be read from a folder without write rights.
    case folderReadOnly = "audit.folderReadOnly"
}

extension AdapterError {
    /// The error of the store's seam: `busy` for a full disk or a lock, `conflict` for a lost lease, `interrupted` for
    /// cancellation, else `fault`. No text of SQLite's is kept: it may quote data.
    init(store error: any Error) {
        switch error {
        case let error as AdapterError: self = error
        case let error as StoreFailure: self.init(error.category, code: error.rawValue)
        case let error as DatabaseError: self = Self.sqlite(error)
        case is CancellationError: self.init(.interrupted, code: "store.cancelled")
        case let error as SealingError: self.init(.fault, code: "store.\(error.code.rawValue)")
        default: self.init(.fault, code: "store.unexpected")
        }
    }

    private static func sqlite(_ error: DatabaseError) -> AdapterError {
        switch error.resultCode {
        case .SQLITE_FULL: AdapterError(.busy, code: "store.diskFull")
        case .SQLITE_BUSY, .SQLITE_LOCKED: AdapterError(.busy, code: "store.locked")
        case .SQLITE_INTERRUPT: AdapterError(.interrupted, code: "store.cancelled")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: AdapterError(.fault, code: "store.damaged")
        case .SQLITE_IOERR: AdapterError(.fault, code: "store.inputOutput")
        case .SQLITE_READONLY, .SQLITE_PERM: AdapterError(.fault, code: "store.readOnly")
        case .SQLITE_CANTOPEN: AdapterError(.fault, code: "store.cannotOpen")
        case .SQLITE_CONSTRAINT: AdapterError(.fault, code: "store.constraint")
        default: AdapterError(.fault, code: "store.sqlite")
        }
    }
}

extension StoreFailure {
    fileprivate var category: ErrorCategory {
        switch self {
        case .leaseLost, .legalHold, .ordersUnfinished: .conflict
        case .archiveRunning: .busy
        case .rowMissing: .notFound
        case .holdCode: .incorrect
        case .damaged, .dataKeyDestroyed, .keysMismatch, .schemaNewer, .notDurable, .file, .rolledBack, .segmentMissing,
            .segmentChanged, .folderReadOnly:
            .fault
        }
    }
}
