import ImageClassifier

/// One model: `{folder | bundled, sha256, descriptionSHA256, mode}`.
public struct ModelSection: Sendable, Equatable {
    /// Where the model's folder is.
    public enum Place: Sendable, Equatable {
        /// A folder of the site.
        case folder(String)
        /// A model that ships with the program, by its id.
        case bundled(String)
    }

    /// What becomes of what the model says.
    public enum Mode: String, Sendable, Equatable, CaseIterable { case report, shadow }

    public var place: Place
    /// SHA-256 of its weights; a folder of the site needs it.
    public var sha256: String?
    /// SHA-256 of its `model.json`: routing, codes and words of the reports, and the hashes of weights and card.
    public var descriptionSHA256: String?
    public var mode = Mode.report

    /// A model.
    public init(
        place: Place, sha256: String? = nil, descriptionSHA256: String? = nil, mode: Mode = .report
    ) {
        self.place = place
        self.sha256 = sha256
        self.descriptionSHA256 = descriptionSHA256
        self.mode = mode
    }
}

extension Configuration {
    /// The models that are asked; the bundled one where none is named.
    public var modelSections: [ModelSection] {
        models.isEmpty ? [ModelSection(place: .bundled(ModelBundle.defaultID))] : models
    }
}

extension SectionReader {
    func models(_ root: ConfigurationNode) throws(ConfigurationError) -> [ModelSection] {
        var models: [ModelSection] = []
        for (index, node) in try root.list("models").enumerated() {
            try node.allow("folder", "bundled", "sha256", "descriptionSHA256", "mode")
            let sha256 = try node.string("sha256")
            let description = try node.string("descriptionSHA256")
            let mode = try mode(node, at: "models[\(index)].mode")
            switch (try node.string("folder"), try node.string("bundled")) {
            case (let folder?, nil):
                guard sha256 != nil else {
                    throw ConfigurationError(
                        .missingKey, at: "models[\(index)].sha256", "the SHA-256 of its weights is required")
                }
                models.append(
                    ModelSection(
                        place: .folder(path(folder)), sha256: sha256, descriptionSHA256: description, mode: mode))
            case (nil, let id?):
                models.append(
                    ModelSection(place: .bundled(id), sha256: sha256, descriptionSHA256: description, mode: mode))
            case (nil, nil), (_?, _?):
                throw ConfigurationError(
                    .missingKey, at: "models[\(index)].folder", "either folder or bundled says which model it is")
            }
        }
        return models
    }

    private func mode(_ node: ConfigurationNode, at place: String) throws(ConfigurationError) -> ModelSection.Mode {
        guard let text = try node.string("mode") else { return .report }
        guard let mode = ModelSection.Mode(rawValue: text) else {
            throw ConfigurationError(.invalidValue, at: place, "expected report or shadow")
        }
        return mode
    }
}
