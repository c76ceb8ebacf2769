public import JSON
public import Mapping

/// All files of a `mappings` folder, checked without starting anything.
public struct MappingFolderCheck: Sendable {
    public let findings: [MappingFinding]
    /// How many files were looked at.
    public let files: Int

    /// - Parameters:
    ///   - folder: The folder.
    ///   - configuration: If given, its sources are read too: assigners that places name must be configured.
    /// - Throws: `ConfigurationError` where the folder or a file of it cannot be read, and where a source cannot be
    ///   read though the files are right by themselves.
    public init(folder: String, configuration: Configuration? = nil) throws(ConfigurationError) {
        let texts = try MappingFolder(path: folder).files()
        let lint = MappingLint(texts)
        findings = lint.findings
        files = ["orders", "sites", "codes", "routing"].reduce(0) { $0 + texts.paths(in: $1).count }
        guard var configuration, !lint.hasErrors else { return }
        configuration.mappings = folder
        _ = try Mappings(
            configuration, files: texts, assigners: configuration.assignerDirectory(),
            models: configuration.loadedModels().map(\.rule))
    }

    /// Whether the gateway would refuse a file.
    public var hasErrors: Bool { findings.contains { $0.severity == .error } }

    /// What a finding means, in words.
    public static func words(_ finding: MappingFinding) -> String {
        if let warning = MappingFinding.Warning(rawValue: finding.code) { return MappingWords.words(warning) }
        return MappingError.Code(rawValue: finding.code).map(MappingWords.words) ?? finding.code
    }

    public var json: JSONValue {
        .array(
            findings.map { finding in
                [
                    "severity": .string(finding.severity.rawValue), "code": .string("mapping.\(finding.code)"),
                    "file": .string(finding.file), "keyPath": finding.keyPath.json,
                    "line": finding.line.map { .number(JSONNumber($0)) } ?? .null,
                    "message": .string(Self.words(finding)),
                ]
            })
    }
}
