import Evaluation
import Foundation
import JSON

/// Which files are evaluated as which rows.
struct EvaluationPlan: Sendable {
    /// One file, and how its row is found.
    struct Task: Sendable {
        enum Target: Sendable {
            /// The row is known.
            case row(Int, LabelledImage?)
            /// The row is that of the file's SOP Instance UID, if there is one.
            case byInstance
        }

        let path: String
        let target: Target
    }

    let tasks: [Task]
    /// Rows whose file is not there.
    let missing: [LabelledImage]
    /// Rows that name a SOP Instance UID.
    let byInstance: [String: LabelledImage]
    /// Files that no row names.
    let withoutRow: Int

    init(_ inputs: InputFiles, below folder: String, labels: [LabelledImage]?) throws {
        guard let labels else {
            tasks = inputs.all.enumerated().map { Task(path: $0.element, target: .row($0.offset + 1, nil)) }
            (missing, byInstance, withoutRow) = ([], [:], 0)
            guard !tasks.isEmpty else { throw Self.nothing }
            return
        }
        let root = (folder.hasSuffix("/") ? String(folder.dropLast()) : folder) + "/"
        let files = Set(inputs.all)
        var tasks: [Task] = []
        var missing: [LabelledImage] = []
        for label in labels where !label.isInstanceUID {
            let path = root + label.name.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
            if files.contains(path) {
                tasks.append(Task(path: path, target: .row(label.row, label)))
            } else {
                missing.append(label)
            }
        }
        let named = Set(tasks.map(\.path))
        let rest = inputs.all.filter { !named.contains($0) }
        byInstance = Dictionary(
            labels.filter(\.isInstanceUID).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        if !byInstance.isEmpty { tasks += rest.map { Task(path: $0, target: .byInstance) } }
        withoutRow = byInstance.isEmpty ? rest.count : 0
        guard !tasks.isEmpty else { throw Self.nothing }
        self.tasks = tasks
        self.missing = missing
    }

    private static var nothing: CommandFailure {
        CommandFailure("file.none", "there is no file to read", exit: ExitCodes.found)
    }
}

/// The folder that the report goes into.
struct EvaluationFolder {
    private let path: String

    /// Made before the work begins, so that hours are not spent on what cannot be written.
    init(_ path: String) throws {
        self.path = path
        for name in ["evaluation.json", "report.html"] where FileManager.default.fileExists(atPath: "\(path)/\(name)") {
            throw CommandFailure("file.exists", "--out has a report already: \(name)", exit: ExitCodes.unusable)
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure("file.notWritten", "--out cannot be made", exit: ExitCodes.unusable)
        }
        guard FileManager.default.isWritableFile(atPath: path) else {
            throw CommandFailure("file.notWritten", "--out cannot be written to", exit: ExitCodes.unusable)
        }
    }

    func write(_ evaluation: LocalEvaluation) throws {
        do {
            try Data(evaluation.json.serialized(.pretty)).write(
                to: URL(fileURLWithPath: "\(path)/evaluation.json"), options: .withoutOverwriting)
            try Data(evaluation.page.utf8).write(
                to: URL(fileURLWithPath: "\(path)/report.html"), options: .withoutOverwriting)
        } catch {
            throw CommandFailure("file.notWritten", "the report cannot be written", exit: ExitCodes.unusable)
        }
    }
}
