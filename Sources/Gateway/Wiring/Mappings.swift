import HL7v2
import Mapping
import Sealing
import Workflow

/// The files of the `mappings` folder that this configuration uses, read and checked as a whole, and their digests.
struct Mappings: Sendable {
    let routing: Routing
    let sources: [String: MessageSource]
    /// Digest of each file that is used, by its path below the folder: what audit records name.
    let digests: [String: String]

    /// - Parameters:
    ///   - assignersAreChecked: Whether an assigner that a mapping names must be configured.
    ///   - models: The models of the installation; nil where none is known.
    init(
        _ configuration: Configuration, assigners: AssignerDirectory, assignersAreChecked: Bool = true,
        models: [ModelRule]? = nil
    ) throws(ConfigurationError) {
        let folder = MappingFolder(path: configuration.mappings)
        try self.init(
            configuration, files: try folder.files(), assigners: assigners, assignersAreChecked: assignersAreChecked,
            models: models)
    }

    init(
        _ configuration: Configuration, files: MappingFiles, assigners: AssignerDirectory,
        assignersAreChecked: Bool = true, models: [ModelRule]? = nil
    ) throws(ConfigurationError) {
        var used: Set<String> = [MappingFolder.routing]
        let rules = try Self.mapped { () throws(MappingError) in try Routing(path: MappingFolder.routing, in: files) }
        routing = try Self.routing(rules, among: models)
        var sources: [String: MessageSource] = [:]
        for section in configuration.sources {
            let sender = try Self.sender(section, assigners)
            let path = MappingFolder.path(of: section.mapping)
            var mapping = try Self.mapped { () throws(MappingError) in
                try OrderMapping(path: path, in: files, sender: sender, assignersAreChecked: assignersAreChecked)
            }
            mapping.version = Self.version(of: mapping.files + [MappingFolder.routing], in: files)
            used.formUnion(mapping.files)
            sources[section.name] = MessageSource(
                section, mapping: mapping, options: try Self.options(section, configuration.limits))
        }
        self.sources = sources
        digests = Dictionary(uniqueKeysWithValues: used.map { ($0, Self.digest(of: $0, in: files)) })
    }

    /// A rule that names a model which is not there would drop every order that it claims.
    private static func routing(_ rules: Routing, among models: [ModelRule]?) throws(ConfigurationError) -> Routing {
        guard let models else { return rules }
        if let missing = rules.models.subtracting(models.map(\.id)).min() {
            throw ConfigurationError(
                .invalidValue, at: "mappings/\(MappingFolder.routing)",
                "a rule names the model \(missing), which is not configured [mapping.modelUnknown]")
        }
        return rules.among(models)
    }

    /// The first 16 digits of the SHA-256 of a list, sorted by path, of each file's path and SHA-256: what an order and
    /// its Provenance name.
    private static func version(of paths: [String], in files: MappingFiles) -> String {
        let lines = Set(paths).sorted().map { "\($0) \(digest(of: $0, in: files))\n" }
        return String(Digest.sha256(Array(lines.joined().utf8)).hex.prefix(16))
    }

    private static func digest(of path: String, in files: MappingFiles) -> String {
        Digest.sha256(Array((files[path] ?? "").utf8)).hex
    }

    private static func sender(
        _ section: SourceSection, _ assigners: AssignerDirectory
    ) throws(ConfigurationError) -> OrderSender {
        let zone: SourceTimeZone?
        do {
            zone = try section.timeZone.map { identifier throws(MappingError) in
                try SourceTimeZone(identifier: identifier)
            }
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

    private static func mapped<T>(_ body: () throws(MappingError) -> T) throws(ConfigurationError) -> T {
        do {
            return try body()
        } catch {
            throw ConfigurationError(error)
        }
    }
}

extension ConfigurationError {
    /// What is wrong with a mapping file, at its path below the configuration's folder.
    init(_ error: MappingError) {
        self.init(
            error.code == .fileMissing && error.keyPath == nil ? .fileMissing : .invalidValue,
            at: error.file.map { "mappings/\($0)" } ?? "mappings", MappingWords.text(of: error))
    }
}

extension MessageSource {
    /// A source as the configuration describes it.
    init(_ section: SourceSection, mapping: OrderMapping, options: MessageOptions) {
        let binding = SenderBinding(
            certificateNames: section.certificates,
            applications: section.applications.map { name in
                let parts = name.split(separator: "^", maxSplits: 1).map(String.init)
                return .init(application: parts.first ?? "", facility: parts.dropFirst().first)
            })
        self.init(
            name: section.name, mapping: mapping, options: options, processingID: section.processingID,
            binding: section.certificates.isEmpty && section.applications.isEmpty ? nil : binding,
            replyType: section.replyType == .response ? .response : .acknowledgment,
            deferredDestination: section.acknowledgments == nil ? nil : section.name,
            rejectsWhenBusy: section.busy == .reject)
    }
}
