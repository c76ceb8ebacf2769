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
    /// `research` and `research.yaml` name a file of `mappings/deidentification/`.
    ///
    /// - Throws: with the key path where there is no such file, or it is no profile.
    func loadedProfile(mappings: String, at path: String) throws(ConfigurationError) -> LoadedProfile {
        let name = profile.hasSuffix(".yaml") ? profile : "\(profile).yaml"
        guard !name.contains("/"), !name.hasPrefix(".") else {
            throw ConfigurationError(
                .invalidValue, at: "\(path).profile", "expected the name of a file of mappings/deidentification/")
        }
        let file = "deidentification/\(name)"
        guard let data = FileManager.default.contents(atPath: "\(mappings)/\(file)"),
            let text = String(bytes: data, encoding: .utf8)
        else {
            throw ConfigurationError(.fileMissing, at: "\(path).profile", "mappings/\(file) cannot be read")
        }
        do {
            let loaded = try DeidentificationProfile(yaml: text)
            return LoadedProfile(
                profile: loaded,
                burnedIn: BurnedInPolicy(
                    gate: loaded.textGate, rules: try Self.rules(mappings) ?? .builtIn,
                    templates: try Self.masks(mappings)),
                file: file, sha256: Digest.sha256(Array(text.utf8)).hex)
        } catch {
            let place = [error.keyPath, error.line.map { "line \($0)" }].compactMap(\.self).joined(separator: ", ")
            throw ConfigurationError(
                .invalidValue, at: "\(path).profile",
                "mappings/\(file) cannot be used: the profile, or the rules and masks beside it\(place.isEmpty ? "" : " (\(place))") "
                    + "[deidentification.\(error.code.rawValue)]")
        }
    }
}

extension ResearchArchiveSection {
    /// `burned-in.yaml`; nil where the site has none.
    private static func rules(_ mappings: String) throws(DeidentificationError) -> BurnedInRules? {
        guard let text = text(of: "\(mappings)/deidentification/burned-in.yaml") else { return nil }
        return try BurnedInRules(yaml: text)
    }

    /// The masks of `masks/*.yaml`, in the order of their names.
    private static func masks(_ mappings: String) throws(DeidentificationError) -> [MaskTemplate] {
        let folder = "\(mappings)/deidentification/masks"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var masks: [MaskTemplate] = []
        for name in names.sorted() where name.hasSuffix(".yaml") && !name.hasPrefix(".") {
            guard let text = text(of: "\(folder)/\(name)") else { throw DeidentificationError(.pixelRulesInvalid) }
            masks.append(try MaskTemplate(yaml: text))
        }
        return masks
    }

    private static func text(of path: String) -> String? {
        FileManager.default.contents(atPath: path).flatMap { String(bytes: $0, encoding: .utf8) }
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
    /// The digest of the profile that a research archive has now; nil where no archive has the name.
    ///
    /// - Throws: as `serve` at its start, where the profile cannot be used.
    public func researchProfileDigest(of archive: String) throws(ConfigurationError) -> String? {
        guard let index = researchArchives.firstIndex(where: { $0.name == archive }) else { return nil }
        return try researchArchives[index].loadedProfile(mappings: mappings, at: "researchArchives[\(index)]").profile
            .digest
    }
}
