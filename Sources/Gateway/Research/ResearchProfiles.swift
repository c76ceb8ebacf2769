import Deidentification
import Foundation
import Sealing

/// A profile of a research archive, as its file says.
struct LoadedProfile: Sendable {
    let profile: DeidentificationProfile
    /// What is done about text in pixels.
    let burnedIn: BurnedInPolicy
    /// Its path below `mappings/`.
    let file: String
    /// SHA-256 of the file.
    let sha256: String
}

extension ResearchArchiveSection {
    /// `research` and `research.yaml` name a file of `mappings/deidentification/`; the rules and masks for text in pixels
    /// are those that lie beside it.
    ///
    /// - Throws: with the key path, and the file, where there is no such file or it cannot be read or used.
    func loadedProfile(mappings: String, at path: String) throws(ConfigurationError) -> LoadedProfile {
        let name = profile.hasSuffix(".yaml") ? profile : "\(profile).yaml"
        guard !name.contains("/"), !name.hasPrefix(".") else {
            throw ConfigurationError(
                .invalidValue, at: "\(path).profile", "expected the name of a file of mappings/deidentification/")
        }
        let files = DeidentificationFiles(mappings: mappings, keyPath: "\(path).profile")
        let (loaded, text) = try files.read(name) { text throws(DeidentificationError) in
            try DeidentificationProfile(yaml: text)
        }
        try checkCrosswalk(for: loaded, at: path)
        return LoadedProfile(
            profile: loaded, burnedIn: try files.pixelRules(gate: loaded.textGate), file: "deidentification/\(name)",
            sha256: Digest.sha256(Array(text.utf8)).hex)
    }

    /// A profile that promises random pseudonyms gets no others, and a list that nothing is written to promises nothing.
    private func checkCrosswalk(for profile: DeidentificationProfile, at path: String) throws(ConfigurationError) {
        switch (profile.pseudonymKind, crosswalk) {
        case (.random, nil):
            throw ConfigurationError(
                .missingKey, at: "\(path).crosswalk",
                "the profile \(profile.name) wants random pseudonyms: name a file " + "for the sealed list of them")
        case (.keyed, .some):
            throw ConfigurationError(
                .invalidValue, at: "\(path).crosswalk", "the profile \(profile.name) has keyed pseudonyms and no list")
        default: break
        }
    }
}

/// The files of `mappings/deidentification`. One that is there and cannot be read or used is an error, never the absence of
/// rules.
private struct DeidentificationFiles {
    let mappings: String
    let keyPath: String

    private var folder: String { "\(mappings)/deidentification" }

    /// `burned-in.yaml`, or the built-in rules where the site has none; and the masks of `masks/*.yaml`, in the order of
    /// their names.
    func pixelRules(gate: TextGate) throws(ConfigurationError) -> BurnedInPolicy {
        var rules = BurnedInRules.builtIn
        if FileManager.default.fileExists(atPath: "\(folder)/burned-in.yaml") {
            (rules, _) = try read("burned-in.yaml") { text throws(DeidentificationError) in
                try BurnedInRules(yaml: text)
            }
        }
        var masks: [MaskTemplate] = []
        for name in try maskNames() {
            masks.append(
                try read("masks/\(name)") { text throws(DeidentificationError) in try MaskTemplate(yaml: text) }.0)
        }
        return BurnedInPolicy(gate: gate, rules: rules, templates: masks)
    }

    private func maskNames() throws(ConfigurationError) -> [String] {
        guard FileManager.default.fileExists(atPath: "\(folder)/masks") else { return [] }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/masks") else {
            throw ConfigurationError(.fileMissing, at: keyPath, "mappings/deidentification/masks cannot be read")
        }
        return names.sorted().filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }
    }

    func read<Value>(_ name: String, _ parse: (String) throws(DeidentificationError) -> Value)
        throws(ConfigurationError) -> (Value, String)
    {
        let file = "mappings/deidentification/\(name)"
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)"),
            let text = String(bytes: data, encoding: .utf8)
        else { throw ConfigurationError(.fileMissing, at: keyPath, "\(file) cannot be read") }
        do { return (try parse(text), text) } catch {
            let place = [error.keyPath, error.line.map { "line \($0)" }].compactMap(\.self).joined(separator: ", ")
            throw ConfigurationError(
                .invalidValue, at: keyPath,
                "\(file) cannot be used\(place.isEmpty ? "" : " (\(place))") [deidentification.\(error.code.rawValue)]")
        }
    }
}

extension Configuration {
    /// The profiles of the research archives, in their order.
    func researchProfiles() throws(ConfigurationError) -> [LoadedProfile] {
        var profiles: [LoadedProfile] = []
        for (index, section) in researchArchives.enumerated() {
            profiles.append(try section.loadedProfile(mappings: mappings, at: "researchArchives[\(index)]"))
        }
        return profiles
    }
}

extension Configuration {
    /// The digest of profile, pixel rules and masks that a research archive has now; nil where no archive has the name.
    ///
    /// - Throws: as `serve` at its start, where the profile cannot be used.
    public func researchProfileDigest(of archive: String) throws(ConfigurationError) -> String? {
        guard let index = researchArchives.firstIndex(where: { $0.name == archive }) else { return nil }
        let loaded = try researchArchives[index].loadedProfile(mappings: mappings, at: "researchArchives[\(index)]")
        return loaded.burnedIn.digest(with: loaded.profile)
    }
}
