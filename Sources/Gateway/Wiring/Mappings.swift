import Foundation
import HL7v2
import Mapping
import Sealing
import Workflow

/// The files of the `mappings` folder that this configuration uses, and the digest that audit records name.
struct Mappings {
    let routing: Routing
    let sources: [String: MessageSource]
    /// Digest of each file that was read, by its path below the folder.
    let digests: [String: String]

    init(_ configuration: Configuration, assigners: AssignerDirectory) throws(ConfigurationError) {
        var files = MappingFiles(folder: configuration.mappings)
        let routingText = try files.read("routing/default.yaml")
        routing = try Self.mapped("routing/default.yaml") { () throws(MappingError) in try Routing(yaml: routingText) }
        var codes: [String: CodeMap] = [:]
        for name in files.names(in: "codes") {
            let text = try files.read("codes/\(name).yaml")
            codes[name] = try Self.mapped("codes/\(name).yaml") { () throws(MappingError) in try CodeMap(yaml: text) }
        }
        var sources: [String: MessageSource] = [:]
        for section in configuration.sources {
            let path = Self.path(section.mapping)
            let text = try files.read(path)
            let sender = try Self.sender(section, assigners)
            let mapping = try Self.mapped(path) { () throws(MappingError) in
                try OrderMapping(yaml: text, codes: codes, sender: sender)
            }
            sources[section.name] = MessageSource(
                name: section.name, mapping: mapping, options: try Self.options(section, configuration.limits),
                processingID: section.processingID)
        }
        self.sources = sources
        digests = files.digests
    }

    /// `default` and `default.yaml` name a file of `orders/`; with a folder, such as `sites/small-site.yaml`, the path
    /// counts from `mappings/`.
    private static func path(_ mapping: String) -> String {
        let file = mapping.hasSuffix(".yaml") ? mapping : "\(mapping).yaml"
        return file.contains("/") ? file : "orders/\(file)"
    }

    private static func sender(
        _ section: SourceSection, _ assigners: AssignerDirectory
    ) throws(ConfigurationError) -> OrderSender {
        let zone: SourceTimeZone
        do {
            zone = try SourceTimeZone(identifier: section.timeZone)
        } catch {
            throw ConfigurationError(
                .invalidValue, at: "sources.\(section.name).timeZone", "expected a zone such as +01:00 or Europe/Berlin"
            )
        }
        return OrderSender(
            name: section.name, assigners: assigners,
            defaultAssigner: section.defaultAssigner.flatMap(assigners.assigner(named:)), timeZone: zone)
    }

    private static func options(
        _ section: SourceSection, _ limits: LimitsSection
    ) throws(ConfigurationError) -> MessageOptions {
        var options = MessageOptions()
        options.limits.bytes = limits.mllpFrameBytes
        guard let term = section.characterSet else { return options }
        do {
            options.characterSet = try MessageCharacterSet(term: term)
        } catch {
            throw ConfigurationError(
                .invalidValue, at: "sources.\(section.name).characterSet", "this character set is not supported")
        }
        return options
    }

    private static func mapped<T>(
        _ path: String, _ body: () throws(MappingError) -> T
    ) throws(ConfigurationError) -> T {
        do {
            return try body()
        } catch {
            throw ConfigurationError(.invalidValue, at: "mappings/\(path)", error.description)
        }
    }
}

/// Reads mapping files and remembers their digests.
private struct MappingFiles {
    let folder: String
    private(set) var digests: [String: String] = [:]

    init(folder: String) { self.folder = folder }

    mutating func read(_ path: String) throws(ConfigurationError) -> String {
        guard !path.contains(".."), let data = FileManager.default.contents(atPath: "\(folder)/\(path)"),
            let text = String(bytes: data, encoding: .utf8)
        else { throw ConfigurationError(.fileMissing, at: "mappings/\(path)", "this file cannot be read") }
        digests[path] = Digest.sha256(Array(data)).hex
        return text
    }

    func names(in subfolder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(subfolder)")) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }
}
