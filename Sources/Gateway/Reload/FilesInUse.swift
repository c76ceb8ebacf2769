import Audit
import Foundation
import JSON
import Synchronization
import Workflow

/// Remembers, in a file of the data folder, which files decided how the gateway worked when it ran last: names and
/// digests only. What is different is recorded as changed, also when it was changed while nobody served.
final class FilesInUse: Sendable {
    private let path: String
    /// Digest by event and name.
    private let known: Mutex<[String: String]>

    /// - Parameter folder: the data folder.
    init(folder: String) {
        path = "\(folder)/in-use.json"
        known = Mutex(Self.read(path))
    }

    /// The records of everything that is loaded at start, what was changed or taken away since the last one first.
    func started(with files: [LoadedFile], _ trail: AuditTrail) -> [AuditRecord] {
        let before = known.withLock { $0 }
        let now = Dictionary(files.map { (Self.key($0), $0.sha256) }) { first, _ in first }
        known.withLock { $0 = now }
        // The first start knows no earlier one.
        guard !before.isEmpty else { return files.map { $0.loaded(trail) } }
        let removed = before.keys.filter { now[$0] == nil }.sorted().map { key in
            let parts = key.split(separator: "|", maxSplits: 1).map(String.init)
            return trail.service(
                .configurationChanged,
                details: [
                    .part: .code(parts.first ?? ""), .file: .configured(parts.last ?? ""), .step: .code("removed"),
                    .formerSHA256: before[key].map { .digest($0) },
                ])
        }
        return removed + changes(files, since: before, trail) + files.map { $0.loaded(trail) }
    }

    /// The records of files that were read again.
    func reloaded(_ files: [LoadedFile], _ trail: AuditTrail) -> [AuditRecord] {
        let before = known.withLock { known in
            let before = known
            for file in files { known[Self.key(file)] = file.sha256 }
            return before
        }
        let changed = files.filter { before[Self.key($0)] != $0.sha256 }
        return changes(changed, since: before, trail) + changed.map { $0.loaded(trail) }
    }

    /// Writes down what is in use, once its records are in the log.
    func save() throws(AdapterError) {
        let object = JSONObject(known.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        do {
            try Data(JSONValue.object(object).serialized(.pretty)).write(
                to: URL(fileURLWithPath: path), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        } catch {
            throw AdapterError(.busy, code: "store.file")
        }
    }

    private func changes(
        _ files: [LoadedFile], since before: [String: String], _ trail: AuditTrail
    ) -> [AuditRecord] {
        files.compactMap { file in
            let former = before[Self.key(file)]
            return former == file.sha256 ? nil : file.changed(trail, from: former)
        }
    }

    private static func key(_ file: LoadedFile) -> String { "\(file.event.rawValue)|\(file.name)" }

    /// What cannot be read tells nothing: then this start counts as the first.
    private static func read(_ path: String) -> [String: String] {
        guard let data = FileManager.default.contents(atPath: path),
            let object = try? JSONValue(parsing: Array(data)).object
        else { return [:] }
        var known: [String: String] = [:]
        for (name, value) in object { known[name] = value.string }
        return known
    }
}
