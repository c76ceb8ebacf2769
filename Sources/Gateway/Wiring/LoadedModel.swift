public import ImageClassifier
public import Mapping
public import Reporting

/// A model of the configuration, read and checked in every part: weights, words of its reports, routing.
public struct LoadedModel: Sendable {
    public let bundle: ModelBundle
    /// Codes and words of its reports.
    public let template: ReportTemplate
    /// Which orders it is made for.
    public let rule: ModelRule
    public let section: ModelSection
    /// Its folder.
    public let folder: String

    /// Reads a model as it is configured.
    ///
    /// - Parameter place: the key that names it, for errors.
    /// - Throws: `ConfigurationError` with the code of what is wrong.
    public init(_ section: ModelSection, at place: String) throws(ConfigurationError) {
        let folder: String
        switch section.place {
        case .folder(let path): folder = path
        case .bundled(let id):
            guard let path = ModelBundle.bundledFolder(id) else {
                let known = ModelBundle.bundledIDs.joined(separator: ", ")
                throw ConfigurationError(
                    .invalidValue, at: "\(place).bundled", "no model of this name is bundled; there is: \(known)")
            }
            folder = path
        }
        self.folder = folder
        self.section = section
        do {
            bundle = try ModelBundle(
                folder: folder, expectedSHA256: section.sha256, descriptionSHA256: section.descriptionSHA256)
        } catch {
            throw ConfigurationError(
                .invalidValue, at: place, "the model cannot be used: \(ModelWords.text(of: error))")
        }
        do {
            template = try ReportTemplate(of: bundle)
        } catch {
            throw ConfigurationError(
                .invalidValue, at: place, "the model cannot be used: \(ModelWords.text(of: error))")
        }
        do {
            rule = try ModelRule(of: bundle)
        } catch {
            throw ConfigurationError(
                .invalidValue, at: place, "the model cannot be used: \(ModelWords.text(of: error))")
        }
    }
}

extension ModelRule {
    /// The entry `routing` of a model's description.
    public init(of model: ModelBundle) throws(MappingError) {
        try self.init(id: model.identity.id, json: model.routing)
    }
}

extension Configuration {
    /// All models, in the order of the configuration.
    ///
    /// - Throws: `ConfigurationError` at the first that cannot be used, and where two have one id.
    public func loadedModels() throws(ConfigurationError) -> [LoadedModel] {
        var models: [LoadedModel] = []
        for (index, section) in modelSections.enumerated() {
            let model = try LoadedModel(section, at: "models[\(index)]")
            guard !models.contains(where: { $0.rule.id == model.rule.id }) else {
                throw ConfigurationError(
                    .invalidValue, at: "models[\(index)]", "another model has the id \(model.rule.id) already")
            }
            models.append(model)
        }
        return models
    }
}

/// What is wrong with a model, in words for whoever configures it.
public enum ModelWords {
    /// One sentence with its place and code.
    public static func text(of error: ClassifierError) -> String {
        "\(sentence(of: error)) [classifier.\(error.code.rawValue)]"
    }

    /// The same without the code, for whoever shows it besides.
    public static func sentence(of error: ClassifierError) -> String {
        guard error.code != .weightsDigestMismatch || error.place != "descriptionSHA256" else {
            return "descriptionSHA256: the SHA-256 of model.json is not the pinned one"
        }
        return "\(error.place.map { "\($0): " } ?? "")\(words(error.code))"
    }

    /// The entry `report` of `model.json`.
    public static func text(of error: ReportingError) -> String {
        "model.json: report: \(error.place ?? "") is not what a report needs [reporting.\(error.code.rawValue)]"
    }

    /// The entry `routing` of `model.json`.
    public static func text(of error: MappingError) -> String {
        "model.json: routing: \(MappingWords.text(of: error))"
    }

    static func words(_ code: ClassifierError.Code) -> String {
        switch code {
        case .modelUnreadable: "this file of the model's folder cannot be read"
        case .modelDescriptionInvalid: "this entry of model.json is unknown, missing or not of its form"
        case .modelFormatUnknown: "the file is of a version that this program does not read"
        case .weightsMalformed: "the weights are no safetensors file within the limits"
        case .weightsNotFinite: "a value is infinite or not a number"
        case .weightsIncomplete: "this part of the weights is missing or does not fit the others"
        case .weightsDigestMismatch: "the SHA-256 of the weights is not the pinned one"
        case .architectureInvalid: "the operations do not fit together, or are too many"
        case .operationUnknown: "this program has no such operation"
        case .headerRulesInvalid: "a rule of the header gate is not known, or a needed one is missing"
        case .preprocessingVersionMismatch:
            "the model was made for another version of preprocessing than this program has"
        case .cardMissing: "the model has no card"
        case .cardDigestMismatch: "the SHA-256 of the model card is not the pinned one"
        case .cardInvalid: "the model card is no JSON object"
        case .licenceMissing: "the folder has no licence"
        case .selfTestFailed: "the model does not give what its self-test says"
        case .studyEmpty, .pixelDataUndecodable, .interrupted: "this is about a study, not about a model"
        }
    }
}
