import AuditFeed

/// The sections of checkpoints, of audit feeds and of who may look at the log.
extension SectionReader {
    func checkpoints(_ root: ConfigurationNode) throws(ConfigurationError) -> [CheckpointSection] {
        var sections: [CheckpointSection] = []
        for node in try root.list("checkpoints") {
            try node.allow("name", "folder", "https", "syslog", "witness", "timestamps")
            let kind = try node.one(of: ["folder", "https", "syslog", "witness", "timestamps"])
            let name = try node.string("name") ?? "\(kind)\(sections.count + 1)"
            sections.append(
                CheckpointSection(name: name, place: try place(kind, try node.required(kind))))
        }
        return sections
    }

    private func place(
        _ kind: String, _ node: ConfigurationNode
    ) throws(ConfigurationError) -> CheckpointSection.Place {
        switch kind {
        case "folder": return .folder(path(try node.string()))
        case "syslog": return .syslog(try syslog(node))
        case "witness":
            try node.allow("url", "auth", "tls", "key")
            return .witness(try service(node), key: try node.required("key").string())
        case "timestamps":
            try node.allow("url", "auth", "tls", "ca")
            return .timestamps(try service(node), ca: path(try node.required("ca").string()))
        default:
            try node.allow("url", "auth", "tls")
            return .https(try service(node))
        }
    }

    func auditFeeds(_ root: ConfigurationNode) throws(ConfigurationError) -> [AuditFeedSection] {
        var feeds: [AuditFeedSection] = []
        for node in try root.list("auditFeeds") {
            try node.allow("name", "from", "syslog", "fhir")
            let kind = try node.one(of: ["syslog", "fhir"])
            let target = try node.required(kind)
            let repository: AuditFeedSection.Repository
            if kind == "syslog" {
                repository = .syslog(try syslog(target))
            } else {
                try target.allow("base", "auth", "tls", "create")
                repository = .fhir(try service(target, url: "base"), create: try target.choice("create") ?? .put)
            }
            feeds.append(
                AuditFeedSection(
                    name: try node.required("name").string(), repository: repository,
                    start: try node.choice("from") ?? .beginning))
        }
        return feeds
    }

    func audit(_ node: ConfigurationNode?) throws(ConfigurationError) -> AuditSection {
        var section = AuditSection()
        guard let node else { return section }
        try node.allow("site", "retention", "archives", "stopWithoutCheckpoint")
        section.site = try node.string("site")
        section.archives = try node.strings("archives").map(path)
        section.retention = try node.duration("retention") ?? section.retention
        if let stop = node.child("stopWithoutCheckpoint") {
            try stop.allow("records", "after")
            section.mostRecordsWithoutCheckpoint = try stop.integer("records", in: 1...1_000_000_000)
            section.longestWithoutCheckpoint = try stop.duration("after")
        }
        return section
    }

    func auditors(_ root: ConfigurationNode) throws(ConfigurationError) -> [AuditorSection] {
        var auditors: [AuditorSection] = []
        for node in try root.list("auditors") {
            try node.allow("name", "certificates", "secretFile")
            auditors.append(
                AuditorSection(
                    name: try node.required("name").string(), certificates: try node.strings("certificates"),
                    secretFile: try node.string("secretFile").map(path)))
        }
        return auditors
    }

    func access(_ node: ConfigurationNode?) throws(ConfigurationError) -> AccessSection {
        guard let node else { return AccessSection() }
        try node.allow("operators", "auditors")
        return AccessSection(
            operators: node.child("operators") == nil ? nil : try node.strings("operators"),
            auditors: node.child("auditors") == nil ? nil : try node.strings("auditors"))
    }

    private func service(
        _ node: ConfigurationNode, url: String = "url"
    ) throws(ConfigurationError) -> HTTPPlaceSection {
        HTTPPlaceSection(
            url: try node.required(url).string(), auth: try auth(node.child("auth")),
            tls: try clientTLS(node.child("tls")))
    }

    private func syslog(_ node: ConfigurationNode) throws(ConfigurationError) -> SyslogSection {
        try node.allow("host", "port", "tls", "bom")
        return SyslogSection(
            endpoint: try endpoint(node), tls: try clientTLS(node.child("tls")),
            bom: try node.boolean("bom") ?? true)
    }
}

extension ConfigurationNode {
    /// The only one of these keys that is there.
    fileprivate func one(of keys: [String]) throws(ConfigurationError) -> String {
        let present = keys.filter { child($0) != nil }
        guard let key = present.first, present.count == 1 else {
            throw ConfigurationError(
                present.isEmpty ? .missingKey : .invalidValue, at: path,
                "expected one of \(keys.joined(separator: ", "))")
        }
        return key
    }
}
