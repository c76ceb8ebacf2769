import ArgumentParser
import Gateway
import ImageClassifier

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Lists, shows, verifies and evaluates models; a model is a folder.",
        subcommands: [
            ModelListCommand.self, ModelInspectCommand.self, ModelVerifyCommand.self, ModelEvaluateCommand.self,
        ])
}

/// A model's folder as it is named on the command line: a path, or the id of a bundled model.
enum ModelFolder {
    /// The folder; the bundled model's where none is named. Throws `CommandFailure` where there is none.
    static func path(_ name: String?) throws -> String {
        guard let name else { return try path(ModelBundle.defaultID) }
        if let folder = ModelBundle.bundledFolder(name) { return folder }
        guard InputFiles.isFolder(name) else {
            let known = ModelBundle.bundledIDs.joined(separator: ", ")
            throw CommandFailure(
                "file.unreadable", "there is no such folder, and no bundled model of this name; bundled: \(known)",
                exit: ExitCodes.unusable)
        }
        return name
    }

    /// The model of a folder. Throws `CommandFailure` with what is wrong.
    static func model(_ name: String?, sha256: String? = nil) throws -> ModelBundle {
        let folder = try path(name)
        do {
            return try ModelBundle(folder: folder, expectedSHA256: sha256)
        } catch {
            throw CommandFailure(
                "classifier.\(error.code.rawValue)", "the model cannot be used: \(ModelWords.sentence(of: error))",
                exit: ExitCodes.configuration)
        }
    }
}
