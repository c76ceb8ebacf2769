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
        complain(error.description)
        throw ExitCodes.unusable
    }
}

/// The same for commands that only read.
func withReadErrors<T>(_ body: () throws -> T) throws -> T {
    do {
        return try withConfigurationErrors(body)
    } catch let error as AdapterError {
        complain(error.description)
        throw ExitCodes.unusable
    }
}
