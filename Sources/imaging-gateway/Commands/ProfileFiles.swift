import Deidentification
import Foundation

/// The profile files of a mappings folder.
enum ProfileFiles {
    /// A profile by its name in `mappings/deidentification/`, or by its file.
    ///
    /// - Throws: `CommandFailure` with key path and line where the file has a mistake.
    static func read(_ profile: String, mappings: String? = nil) throws(CommandFailure) -> DeidentificationProfile {
        let isFile = profile.contains("/") || profile.hasSuffix(".yaml") || profile.hasSuffix(".yml")
        let path = isFile ? profile : "\(try folder(mappings))/\(profile).yaml"
        guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8)
        else {
            throw CommandFailure(
                "deidentification.profileNotFound", "\(path): there is no such profile, or it cannot be read",
                exit: ExitCodes.unusable)
        }
        do {
            return try DeidentificationProfile(yaml: text)
        } catch {
            throw CommandFailure(
                "deidentification.\(error.code.rawValue)", "\(path)\(place(error)): \(words(error))",
                exit: ExitCodes.found)
        }
    }

    /// The names of all profiles of the folder; other files of it (text in pixels, messages) are none.
    static func all(mappings: String?) throws(CommandFailure) -> [String] {
        let folder = try folder(mappings)
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        return names.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.filter { name in
            let data = FileManager.default.contents(atPath: "\(folder)/\(name).yaml") ?? Data()
            return String(bytes: data, encoding: .utf8)?.contains("\noptions:") == true
        }
    }

    private static func folder(_ mappings: String?) throws(CommandFailure) -> String {
        "\(try MapInput.mappings(mappings))/deidentification"
    }

    private static func place(_ error: DeidentificationError) -> String {
        (error.line.map { ":\($0)" } ?? "") + (error.keyPath.map { ": \($0)" } ?? "")
    }

    private static func words(_ error: DeidentificationError) -> String {
        switch error.code {
        case .profileOptionUnsupported:
            "113102, Clean Recognizable Visual Features, is refused: nothing here removes faces, so no object may say so"
        case .profileOptionsConflict: "113106 and 113107 exclude each other: dates are kept or moved, not both"
        case .profileUnavailable: "the tables of the standard are missing from this installation"
        default: "there is no such key, or it has no such value (mappings/README.md says which)"
        }
    }
}
