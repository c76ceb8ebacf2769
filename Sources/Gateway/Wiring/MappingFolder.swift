import Foundation
import Mapping

/// The folder `mappings` on disk, read as a whole.
struct MappingFolder {
    /// The file that says which orders are for which model.
    static let routing = "routing/default.yaml"
    private static let folders = ["orders", "sites", "codes", "routing"]
    /// Far more files than a site has.
    private static let mostFiles = 2000

    let path: String

    /// All YAML files, as they are at this moment.
    ///
    /// - Throws: `ConfigurationError` where the folder, or a file in it, cannot be read.
    func files() throws(ConfigurationError) -> MappingFiles {
        var texts: [String: String] = [:]
        for folder in Self.folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
            for name in names.sorted() where name.hasSuffix(".yaml") && !name.hasPrefix(".") {
                guard texts.count < Self.mostFiles else {
                    throw ConfigurationError(.invalidValue, at: "mappings", "there are too many files in this folder")
                }
                texts["\(folder)/\(name)"] = try text(of: "\(folder)/\(name)")
            }
        }
        guard texts[Self.routing] != nil else {
            throw ConfigurationError(.fileMissing, at: "mappings/\(Self.routing)", "this file cannot be read")
        }
        return MappingFiles(texts)
    }

    private func text(of file: String) throws(ConfigurationError) -> String {
        guard let data = FileManager.default.contents(atPath: "\(path)/\(file)") else {
            throw ConfigurationError(.fileMissing, at: "mappings/\(file)", "this file cannot be read")
        }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw ConfigurationError(.invalidValue, at: "mappings/\(file)", "this file is not UTF-8")
        }
        return text
    }

    /// `default` and `default.yaml` name a file of `orders/`; with a folder, such as `sites/small-site.yaml`, the path
    /// counts from `mappings/`; `../sites/small-site.yaml` means the same.
    static func path(of mapping: String) -> String {
        var file = mapping.hasSuffix(".yaml") ? mapping : "\(mapping).yaml"
        if file.hasPrefix("../") { file = String(file.dropFirst(3)) }
        return file.contains("/") ? file : "orders/\(file)"
    }
}

/// What mapping errors mean to the person who edits the file.
enum MappingWords {
    /// One sentence with key path and line: the file stands beside it.
    static func text(of error: MappingError) -> String {
        var place = ""
        if let keyPath = error.keyPath, keyPath != "(root)" { place = "\(keyPath): " }
        let line = error.line.map { " (line \($0))" } ?? ""
        return "\(place)\(words(error.code))\(line) [mapping.\(error.code.rawValue)]"
    }

    static func words(_ warning: MappingFinding.Warning) -> String {
        switch warning {
        case .unusedCodeMap: "no order mapping names this code map"
        case .shadowedPlace: "a place before this one always answers first"
        case .fieldBeyondStandard: "the standard's segment has no such field; is the number right?"
        case .ruleNeverClaims: "no order mapping can fill a field with what this alternative asks for"
        case .shadowedRule: "an earlier rule claims every order that this alternative would"
        }
    }

    static func words(_ code: MappingError.Code) -> String {
        switch code {
        case .yamlInvalid: "this is no YAML, it is empty, or it repeats a key"
        case .fileTooLarge: "the file is larger than 1 MiB"
        case .unknownKey: "this key is not known here"
        case .missingKey: "this key is missing"
        case .invalidValue: "the value is not of the kind that belongs here"
        case .unknownCodeMap: "no file of codes/ has this name"
        case .fileMissing: "this file is not there"
        case .assignerUnknown: "no assigner of the configuration has this name"
        case .assignerAmbiguous: "two assigners share a name"
        case .timeZoneUnknown: "expected a zone such as +01:00 or Europe/Berlin"
        case .orderGroupMissing, .tooManyOrders, .patientMissing, .priorIdentifierMissing, .tooManyPatients,
            .studyInstanceUIDInvalid, .storedOrderInvalid:
            "this is about a message, not about a file"
        }
    }
}
