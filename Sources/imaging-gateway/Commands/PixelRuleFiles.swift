import Deidentification
import Foundation

/// The files that say which pixels carry text: `burned-in.yaml` and `masks/*.yaml` of a folder.
enum PixelRuleFiles {
    /// The policy of a folder such as `mappings/deidentification`; the built-in rules and no masks where it has no files.
    ///
    /// - Throws: `CommandFailure` with key path and line where a file has a mistake, and where one cannot be read.
    static func policy(gate: TextGate, folder: String?) throws(CommandFailure) -> BurnedInPolicy {
        guard let folder else { return BurnedInPolicy(gate: gate) }
        let file = "\(folder)/burned-in.yaml"
        let rules =
            FileManager.default.fileExists(atPath: file)
            ? try read(file) { text throws(DeidentificationError) in try BurnedInRules(yaml: text) } : .builtIn
        var templates: [MaskTemplate] = []
        for mask in try masks(in: folder) {
            templates.append(
                try read("\(folder)/masks/\(mask)") { text throws(DeidentificationError) in
                    try MaskTemplate(yaml: text)
                })
        }
        return BurnedInPolicy(gate: gate, rules: rules, templates: templates)
    }

    /// Whether a folder that somebody named has rules or masks in it: a wrong name must not mean the built-in rules.
    static func isFolder(_ folder: String) -> Bool {
        ["burned-in.yaml", "masks"].contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    }

    /// A folder that is there and cannot be looked into is an error, never the absence of masks.
    private static func masks(in folder: String) throws(CommandFailure) -> [String] {
        guard FileManager.default.fileExists(atPath: "\(folder)/masks") else { return [] }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/masks") else {
            throw CommandFailure("file.unreadable", "\(folder)/masks: cannot be read", exit: ExitCodes.unusable)
        }
        return names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted()
    }

    private static func read<Value>(
        _ path: String, _ parse: (String) throws(DeidentificationError) -> Value
    ) throws(CommandFailure) -> Value {
        guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8)
        else {
            throw CommandFailure("file.unreadable", "\(path): cannot be read", exit: ExitCodes.unusable)
        }
        do {
            return try parse(text)
        } catch {
            let place = (error.line.map { ":\($0)" } ?? "") + (error.keyPath.map { ": \($0)" } ?? "")
            throw CommandFailure(
                "deidentification.\(error.code.rawValue)",
                "\(path)\(place): there is no such key, or it has no such value (docs/integrate/burned-in-text.md)",
                exit: ExitCodes.configuration)
        }
    }
}
