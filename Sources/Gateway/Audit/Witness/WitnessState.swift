import Foundation
import JSON
public import MerkleLog
import Workflow

/// What a witness cosigned last, by log: one file, replaced as a whole before any cosignature leaves.
///
/// A witness that forgets would cosign a second history. So a file that is missing or damaged is never taken for an
/// empty one: `witness init` makes it, and whoever deletes it stops the witness.
public struct WitnessState: Sendable, Equatable {
    /// The cosigned notes by the log's origin.
    public private(set) var notes: [String: SignedNote]

    init(notes: [String: SignedNote] = [:]) { self.notes = notes }

    /// Reads the file.
    /// - Throws: `ConfigurationError`.
    public static func load(path: String) throws(ConfigurationError) -> WitnessState {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(
                .fileMissing, at: "state",
                "the state file is not there; without it the witness would forget what it cosigned")
        }
        guard let json = try? JSONValue(parsing: Array(data)), json["v"]?.int == 1, let logs = json["logs"]?.object
        else {
            throw ConfigurationError(.invalidValue, at: "state", "the state file is damaged")
        }
        var notes: [String: SignedNote] = [:]
        for (origin, value) in logs {
            guard let text = value.string, let note = try? SignedNote(parsing: Array(text.utf8)),
                let checkpoint = try? Checkpoint(text: note.text), checkpoint.origin == origin
            else { throw ConfigurationError(.invalidValue, at: "state", "the state file is damaged") }
            notes[origin] = note
        }
        return WitnessState(notes: notes)
    }

    /// Makes the file of a witness that has cosigned nothing; never overwrites one.
    public static func create(path: String) throws(ConfigurationError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw ConfigurationError(.invalidValue, at: "state", "the state file exists; it is never overwritten")
        }
        do { try WitnessState().store(path: path) } catch {
            throw ConfigurationError(.unreadable, at: "state", "the state file cannot be written")
        }
    }

    /// The checkpoints, for the witness.
    public var checkpoints: [Checkpoint] { notes.values.compactMap { try? Checkpoint(text: $0.text) } }

    mutating func set(_ note: SignedNote, origin: String) { notes[origin] = note }

    /// Writes and syncs, before anybody is told.
    func store(path: String) throws(AdapterError) {
        let logs = JSONObject(
            notes.sorted { $0.key < $1.key }.map {
                ($0.key, JSONValue.string(String(decoding: $0.value.serialized, as: UTF8.self)))
            })
        let url = URL(fileURLWithPath: path)
        let json: JSONValue = ["v": 1, "logs": .object(logs)]
        try DurableFile.write(
            json.serialized(.pretty), folder: url.deletingLastPathComponent().path, name: url.lastPathComponent)
    }
}
