import ArgumentParser
import Foundation
import Gateway
import Workflow

/// The documented exit codes.
enum ExitCodes {
    static let found = ExitCode(1)
    static let unusable = ExitCode(2)
    static let configuration = ExitCode(78)
}

/// Writes to standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data("imaging-gateway: \(text)\n".utf8))
}

/// One sentence for what an operator can mend; other codes stand in `docs/operate/errors.md`.
func explain(_ error: AdapterError) -> String {
    let words: String? =
        switch error.code {
        case "store.served": "data: another `serve` runs on this data folder"
        case "store.keysMismatch": "keys: the key file belongs to another installation than the data folder"
        case "store.diskFull": "data: the disk of the data folder is full"
        case "store.file", "store.cannotOpen", "store.readOnly":
            "data: the data folder is missing, or its rights do not allow this"
        case "store.inputOutput": "data: the disk of the data folder reports errors"
        case "store.damaged": "data: the database is damaged; keep a copy of the folder before anything else"
        case "store.schemaNewer": "data: the data folder was written by a newer version of this program"
        case "store.locked": "data: another process keeps the database busy; try again"
        case "listener.address": "listeners: an address is in use, or is not one of this machine"
        default: nil
        }
    return words.map { "\($0) [\(error.code)]" } ?? error.description
}

/// Runs `body`; a wrong configuration is explained in one line and ends with its exit code.
func withConfigurationErrors<T>(_ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let error as ConfigurationError {
        complain(error.description)
        throw ExitCodes.configuration
    }
}

/// The same for commands that work on the store.
func withGatewayErrors<T>(_ body: () async throws -> T) async throws -> T {
    do {
        return try await body()
    } catch let error as ConfigurationError {
        complain(error.description)
        throw ExitCodes.configuration
    } catch let error as AdapterError {
        complain(explain(error))
        throw ExitCodes.unusable
    }
}

/// The same for commands that only read.
func withReadErrors<T>(_ body: () throws -> T) throws -> T {
    do {
        return try withConfigurationErrors(body)
    } catch let error as AdapterError {
        complain(explain(error))
        throw ExitCodes.unusable
    }
}
