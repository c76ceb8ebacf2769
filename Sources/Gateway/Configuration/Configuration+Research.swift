import OutboundHTTP

/// `researchArchives[]`: a second DICOMweb store that gets de-identified copies of routed studies.
public struct ResearchArchiveSection: Sendable, Equatable {
    /// Stands in audit records, metrics, error codes and the list of exports.
    public var name: String
    /// The DICOMweb service root, to which `/studies` can be added.
    public var base: String
    public var auth = AuthSection.none
    public var tls: ClientTLSSection?
    /// A file of `mappings/deidentification/`.
    public var profile: String
    /// Of which orders studies are copied; an empty list of it wants all.
    public var orders = ResearchOrdersSection()
    /// A file with the identifiers of patients of whom nothing is copied: `assigner|identifier`, one a line.
    public var optOut: String?
    /// The sealed list of random pseudonyms, where the profile wants them.
    public var crosswalk: String?
    /// Objects of one study at most.
    public var instancesPerStudy = 1_000
    /// Bytes of one study at most.
    public var studyBytes = 512 << 20
}

/// `researchArchives[].orders`: `{models, modalities, assigners, sources}`.
public struct ResearchOrdersSection: Sendable, Equatable {
    public var models: [String] = []
    public var modalities: [String] = []
    public var assigners: [String] = []
    public var sources: [String] = []
}

extension SectionReader {
    func researchArchives(_ root: ConfigurationNode) throws(ConfigurationError) -> [ResearchArchiveSection] {
        var archives: [ResearchArchiveSection] = []
        for node in try root.list("researchArchives") {
            try node.allow(
                "name", "base", "auth", "tls", "profile", "orders", "optOut", "crosswalk", "instancesPerStudy",
                "studyBytes")
            var section = ResearchArchiveSection(
                name: try node.required("name").string(), base: try node.required("base").string(),
                auth: try auth(node.child("auth")), tls: try clientTLS(node.child("tls")),
                profile: try node.required("profile").string(), orders: try researchOrders(node.child("orders")),
                optOut: try node.string("optOut").map(path), crosswalk: try node.string("crosswalk").map(path))
            section.instancesPerStudy =
                try node.integer("instancesPerStudy", in: 1...20_000) ?? section.instancesPerStudy
            section.studyBytes = try node.integer("studyBytes", in: 1024...(8 << 30)) ?? section.studyBytes
            archives.append(section)
        }
        return archives
    }

    private func researchOrders(_ node: ConfigurationNode?) throws(ConfigurationError) -> ResearchOrdersSection {
        guard let node else { return ResearchOrdersSection() }
        try node.allow("models", "modalities", "assigners", "sources")
        return ResearchOrdersSection(
            models: try node.strings("models"), modalities: try node.strings("modalities"),
            assigners: try node.strings("assigners"), sources: try node.strings("sources"))
    }
}

extension Configuration {
    /// Rules of the research archives that span several keys.
    func checkResearch() throws(ConfigurationError) {
        let assigners = Set(assigners.map(\.name))
        let sources = Set(sources.map(\.name))
        for (index, archive) in researchArchives.enumerated() {
            let path = "researchArchives[\(index)]"
            // What goes there must not come back as a study of the hospital.
            if let clinical = archives.firstIndex(where: { HTTPRoot($0.base) == HTTPRoot(archive.base) }) {
                throw ConfigurationError(
                    .unsafe, at: "\(path).base", "this is archives[\(clinical)]: copies would stand beside originals")
            }
            try check(archive.crosswalk, "\(path).crosswalk", others: researchArchives[..<index].map(\.crosswalk))
            try require(archive.orders.assigners, assigners, "\(path).orders.assigners", "assigner")
            try require(archive.orders.sources, sources, "\(path).orders.sources", "source")
        }
    }

    /// A list beside the data that it leads back from, or that joins two archives, would undo what it is for.
    private func check(_ crosswalk: String?, _ path: String, others: [String?]) throws(ConfigurationError) {
        guard let crosswalk else { return }
        guard crosswalk != data, !crosswalk.hasPrefix(data + "/") else {
            throw ConfigurationError(.unsafe, at: path, "the crosswalk must lie outside the data folder")
        }
        guard crosswalk != keys, !others.contains(crosswalk) else {
            throw ConfigurationError(.invalidValue, at: path, "the file is another one's: each archive has its own")
        }
    }

    private func require(
        _ names: [String], _ known: Set<String>, _ path: String, _ what: String
    ) throws(ConfigurationError) {
        // A name that nobody has would want no order, silently.
        guard names.allSatisfy(known.contains) else {
            throw ConfigurationError(.invalidValue, at: path, "no \(what) has one of these names")
        }
    }
}
