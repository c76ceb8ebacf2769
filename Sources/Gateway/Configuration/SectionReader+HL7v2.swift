/// The sections of what goes in and out as HL7 v2.
extension SectionReader {
    func sources(_ root: ConfigurationNode) throws(ConfigurationError) -> [SourceSection] {
        guard let section = root.child("sources") else { return [] }
        var sources: [SourceSection] = []
        for name in try section.keys() {
            let node = try section.required(name)
            try node.allow(
                "mapping", "timeZone", "characterSet", "defaultAssigner", "processingID", "replyType", "certificates",
                "applications", "acknowledgments", "busy")
            sources.append(
                SourceSection(
                    name: name, mapping: try node.required("mapping").string(),
                    timeZone: try node.string("timeZone"), characterSet: try node.string("characterSet"),
                    defaultAssigner: try node.string("defaultAssigner"),
                    processingID: try node.string("processingID") ?? "P",
                    replyType: try node.choice("replyType") ?? .acknowledgment,
                    certificates: try node.strings("certificates"), applications: try node.strings("applications"),
                    acknowledgments: try acknowledgments(node.child("acknowledgments")),
                    busy: try node.choice("busy") ?? .close))
        }
        return sources
    }

    private func acknowledgments(_ node: ConfigurationNode?) throws(ConfigurationError) -> MLLPPeerSection? {
        guard let node else { return nil }
        try node.allow("host", "port", "tls")
        return try receiver(node)
    }

    func results(_ root: ConfigurationNode) throws(ConfigurationError) -> [ResultSection] {
        var results: [ResultSection] = []
        for node in try root.list("results") {
            try node.allow(
                "name", "host", "port", "tls", "application", "facility", "pictures", "maxPictureBytes", "version",
                "processingID", "characterSet", "acknowledgment", "disclosure")
            results.append(
                ResultSection(
                    name: try node.required("name").string(), address: try receiver(node),
                    application: try node.string("application") ?? "", facility: try node.string("facility") ?? "",
                    pictures: try node.choice("pictures") ?? .none,
                    maxPictureBytes: try node.integer("maxPictureBytes", in: 0...(16 << 20)) ?? 256 << 10,
                    version: try node.string("version") ?? "2.5.1",
                    processingID: try node.string("processingID") ?? "P",
                    characterSet: try node.string("characterSet") ?? "UNICODE UTF-8",
                    acknowledgment: try node.choice("acknowledgment") ?? .original,
                    disclosure: try node.choice("disclosure")))
        }
        return results
    }

    func feeds(_ node: ConfigurationNode?) throws(ConfigurationError) -> FeedsSection {
        guard let node else { return FeedsSection() }
        try node.allow("http", "files")
        var files: [FileFeedSection] = []
        for feed in try node.list("files") {
            try feed.allow("folder", "source", "poll")
            files.append(
                FileFeedSection(
                    folder: path(try feed.required("folder").string()), source: try feed.required("source").string(),
                    poll: try feed.duration("poll") ?? .seconds(5)))
        }
        return FeedsSection(http: try node.strings("http"), files: files)
    }

    func orders(_ node: ConfigurationNode?) throws(ConfigurationError) -> OrdersSection {
        guard let node else { return OrdersSection() }
        try node.allow("afterDelivery")
        return OrdersSection(afterDelivery: try node.choice("afterDelivery") ?? .keep)
    }

    private func receiver(_ node: ConfigurationNode) throws(ConfigurationError) -> MLLPPeerSection {
        MLLPPeerSection(endpoint: try endpoint(node), tls: try clientTLS(node.child("tls")))
    }
}

extension ConfigurationNode {
    /// One of the words of an enumeration.
    func choice<Words>(
        _ key: String
    ) throws(ConfigurationError) -> Words? where Words: RawRepresentable<String> & CaseIterable {
        guard let text = try string(key) else { return nil }
        guard let word = Words(rawValue: text) else {
            throw ConfigurationError(
                .invalidValue, at: path.isEmpty ? key : "\(path).\(key)",
                "expected \(Words.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        return word
    }
}
