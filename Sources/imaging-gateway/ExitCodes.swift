import ArgumentParser
import Foundation
import Gateway
import JSON
import Workflow

/// The exit codes of all commands; `docs/operate/commands.md` explains them. Success is 0, wrong usage 64 (by
/// ArgumentParser).
enum ExitCodes {
    /// The command found what it looks for: a log that is not intact, a message that would be refused, a file that
    /// cannot be read, an order that is not there.
    static let found = ExitCode(1)
    /// A peer, a port, a file or the data folder is not usable.
    static let unusable = ExitCode(2)
    static let usage = ExitCode(64)
    /// The account may not use this command (`access`).
    static let refused = ExitCode(77)
    /// The configuration, or a file that it names, is wrong.
    static let configuration = ExitCode(78)
}

/// Writes to standard error.
func complain(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Terminal.safe(String($0)) }
    FileHandle.standardError.write(Data("imaging-gateway: \(lines.joined(separator: "\n"))\n".utf8))
}

/// Prints JSON for people and programs.
func show(_ value: JSONValue) {
    print(String(decoding: value.serialized(.pretty), as: UTF8.self))
}

/// Why a command ends early: a stable code, one sentence, and how the program ends.
struct CommandFailure: Error {
    let code: String
    let message: String
    let exit: ExitCode

    init(_ code: String, _ message: String, exit: ExitCode) {
        self.code = code
        self.message = message
        self.exit = exit
    }

    init(_ error: ConfigurationError) {
        let place = error.path.isEmpty ? "configuration" : error.path
        self.init(error.code.rawValue, "\(place): \(error.explanation)", exit: ExitCodes.configuration)
    }

    init(_ error: AdapterError) {
        self.init(error.code, explain(error), exit: ExitCodes.unusable)
    }

    init(_ error: AccessError) {
        self.init(error.code, error.explanation, exit: ExitCodes.refused)
    }

    init(_ error: SetupError) {
        let isAnswer = error.code == .answerMissing || error.code == .answerInvalid
        self.init(
            error.code.rawValue, "\(error.place): \(error.explanation)",
            exit: isAnswer ? ExitCodes.usage : ExitCodes.unusable)
    }

    /// In JSON mode an object on standard output, `{"ok": false, "error": {"code", "message"}}`; else one line on
    /// standard error.
    func report(json: Bool) {
        if json {
            show(["ok": false, "error": ["code": .string(code), "message": .string(message)]])
        } else {
            complain("\(message) [\(code)]")
        }
    }
}

/// Runs a command's work; what it fails with is explained in one line, or as JSON, and ends with its exit code.
func withGatewayErrors<T>(json: Bool = false, _ body: () async throws -> T) async throws -> T {
    do {
        return try await body()
    } catch {
        throw ending(with: error, json: json)
    }
}

/// The same for work that waits for nobody.
func withGatewayErrors<T>(json: Bool = false, _ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch {
        throw ending(with: error, json: json)
    }
}

/// The exit code for an error that is explained here, else the error itself.
private func ending(with error: any Error, json: Bool) -> any Error {
    let failure: CommandFailure? =
        switch error {
        case let error as CommandFailure: error
        case let error as ConfigurationError: CommandFailure(error)
        case let error as AdapterError: CommandFailure(error)
        case let error as SetupError: CommandFailure(error)
        case let error as AccessError: CommandFailure(error)
        default: nil
        }
    guard let failure else { return error }
    failure.report(json: json)
    return failure.exit
}

/// One sentence for what an operator can mend; other codes stand in `docs/operate/errors.md`.
private func explain(_ error: AdapterError) -> String {
    switch error.code {
    case "store.served": "data: another `serve` runs on this data folder"
    case "store.keysMismatch": "keys: the key file belongs to another installation than the data folder"
    case "store.diskFull": "data: the disk of the data folder is full"
    case "store.file", "store.cannotOpen", "store.readOnly":
        "data: the data folder is missing, or its rights do not allow this"
    case "store.inputOutput": "data: the disk of the data folder reports errors"
    case "store.damaged": "data: the database is damaged; keep a copy of the folder before anything else"
    case "store.schemaNewer": "data: the data folder was written by a newer version of this program"
    case "audit.segmentMissing":
        "a file of the archive is not in its place: bring it back, or name its folder in audit.archives"
    case "audit.segmentChanged":
        "a file of the archive was changed: put back the file as it was written; `audit verify` names it"
    case "audit.rolledBack":
        "the log does not extend a checkpoint that was published: see `imaging-gateway audit verify`"
    case "keys.legalHold": "a legal hold covers it; see `imaging-gateway audit hold list`"
    case "keys.ordersUnfinished": "orders of this patient are still under way: cancel or resolve them first"
    case "store.rowMissing": "nothing is stored under this identifier"
    case "store.locked": "data: another process keeps the database busy; try again"
    case "listener.address": "listeners: an address is in use, or is not one of this machine"
    default: "it did not work (\(error.category.rawValue)); the code stands in docs/operate/errors.md"
    }
}
