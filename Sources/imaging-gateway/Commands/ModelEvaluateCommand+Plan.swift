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

    /// - Parameter table: The file with the labels: it is no image, where it lies among them.
    init(_ inputs: InputFiles, below folder: String, labels: [LabelledImage]?, table: String?) throws {
        let name = table.map { ($0 as NSString).lastPathComponent }
        let all = inputs.all.filter { path in
            guard let table, let name, path.hasSuffix(name) else { return true }
            return !InputFiles.isSame(path, asOneOf: [table])
        }
        guard let labels else {
            tasks = all.enumerated().map { Task(path: $0.element, target: .row($0.offset + 1, nil)) }
            (missing, byInstance, withoutRow) = ([], [:], 0)
            guard !tasks.isEmpty else {
                throw CommandFailure("file.none", "there is no file below --images", exit: ExitCodes.found)
            }
            return
        }
        let root = (folder.hasSuffix("/") ? String(folder.dropLast()) : folder) + "/"
        let files = Set(all)
        var tasks: [Task] = []
        var missing: [LabelledImage] = []
        for label in labels where !label.isInstanceUID {
            let path = root + label.name
            if files.contains(path) {
                tasks.append(Task(path: path, target: .row(label.row, label)))
            } else {
                missing.append(label)
            }
        }
        let named = Set(tasks.map(\.path))
        let rest = all.filter { !named.contains($0) }
        byInstance = Dictionary(
            labels.filter(\.isInstanceUID).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        if !byInstance.isEmpty { tasks += rest.map { Task(path: $0, target: .byInstance) } }
        withoutRow = byInstance.isEmpty ? rest.count : 0
        // Where no row has its file there is still a report: it lists every row.
        self.tasks = tasks
        self.missing = missing
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
        var written: [String] = []
        do {
            for (name, bytes) in [
                ("evaluation.json", Data(evaluation.json.serialized(.pretty))),
                ("report.html", Data(evaluation.page.utf8)),
            ] {
                // Only what was not there is made, and so may be taken away again.
                let file = "\(path)/\(name)"
                guard !FileManager.default.fileExists(atPath: file) else { throw CocoaError(.fileWriteFileExists) }
                written.append(file)
                try bytes.write(to: URL(fileURLWithPath: file), options: .withoutOverwriting)
            }
        } catch {
            // Half a report would pass for one, and stop the next run.
            for file in written { try? FileManager.default.removeItem(atPath: file) }
            throw CommandFailure("file.notWritten", "the report cannot be written", exit: ExitCodes.unusable)
        }
    }
}
