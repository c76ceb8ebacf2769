import ArgumentParser
import Foundation
import Gateway

/// What the `map` commands read.
enum MapInput {
    /// The messages of a file; `-` is standard input.
    static func messages(in file: String) throws(CommandFailure) -> [[UInt8]] {
        let data =
            file == "-"
            ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
        guard let data else {
            throw CommandFailure("file.unreadable", "\(file): the file cannot be read", exit: ExitCodes.unusable)
        }
        let messages = MessageFile.messages(in: Array(data))
        guard !messages.isEmpty else {
            throw CommandFailure("file.empty", "\(file): there is no message in it", exit: ExitCodes.unusable)
        }
        return messages
    }

    /// The folder that was named, or the mappings that ship.
    static func mappings(_ folder: String?) throws(CommandFailure) -> String {
        guard let folder = folder ?? ShippedMappings.folder() else {
            throw CommandFailure(
                "setup.mappingsNotFound", "the mappings that ship were not found; name the folder with --mappings",
                exit: ExitCodes.unusable)
        }
        return folder
    }
}
