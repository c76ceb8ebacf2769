import Foundation
import Sealing

extension Configuration {
    /// Reads and checks a configuration file.
    ///
    /// Throws `ConfigurationError` at the first key that is unknown, missing, of the wrong type or unsafe.
    public static func load(path: String) throws(ConfigurationError) -> Configuration {
        guard let bytes = FileManager.default.contents(atPath: path),
            let text = String(bytes: bytes, encoding: .utf8)
        else { throw ConfigurationError(.unreadable, at: "", "the file cannot be read") }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return try parse(text, folder: folder)
    }

    /// Reads a configuration from text; relative paths count from `folder`.
    public static func parse(_ text: String, folder: String) throws(ConfigurationError) -> Configuration {
        let reader = SectionReader(folder: folder)
        let root = try ConfigurationNode(parsing: text)
        try root.allow(
            "data", "keys", "mappings", "models", "checkpoints", "delivery", "assigners", "listeners", "sources", "ehr",
            "archives", "researchArchives", "results", "feeds", "orders", "waiting", "retry", "limits", "auditFeeds",
            "audit", "auditors",
            "access")
        let configuration = Configuration(
            data: reader.path(try root.required("data").string()),
            keys: reader.path(try root.required("keys").string()),
            mappings: reader.path(try root.string("mappings") ?? "mappings"),
            models: try reader.models(root), checkpoints: try reader.checkpoints(root),
            delivery: try reader.delivery(root), assigners: try reader.assigners(root),
            listeners: try reader.listeners(try root.required("listeners")), sources: try reader.sources(root),
            ehr: try reader.ehr(try root.required("ehr")), archives: try reader.archives(root),
            researchArchives: try reader.researchArchives(root),
            results: try reader.results(root), feeds: try reader.feeds(root.child("feeds")),
            orders: try reader.orders(root.child("orders")), waiting: try reader.waiting(root.child("waiting")),
            retry: try reader.retry(root.child("retry")),
            limits: try reader.limits(root.child("limits")), auditFeeds: try reader.auditFeeds(root),
            audit: try reader.audit(root.child("audit")), auditors: try reader.auditors(root),
            access: try reader.access(root.child("access")),
            digest: Digest.sha256(Array(text.utf8)).hex)
        try configuration.check()
        return configuration
    }

    /// Rules that span several keys.
    private func check() throws(ConfigurationError) {
        if keys == data || keys.hasPrefix(data + "/") {
            throw ConfigurationError(.unsafe, at: "keys", "the key file must lie outside the data folder")
        }
        for (index, listener) in listeners.mllp.enumerated() {
            guard sources.contains(where: { $0.name == listener.source }) else {
                throw ConfigurationError(
                    .invalidValue, at: "listeners.mllp[\(index)].source", "no source has this name")
            }
            try requireLoopback(listener.endpoint, tls: listener.tls != nil, at: "listeners.mllp[\(index)]")
        }
        if let fhir = listeners.fhir {
            try requireLoopback(fhir.endpoint, tls: fhir.tls != nil, at: "listeners.fhir")
            guard fhir.secretFile != nil || fhir.tls?.clientCA != nil else {
                throw ConfigurationError(
                    .unsafe, at: "listeners.fhir", "needs a secretFile or TLS with a clientCA")
            }
        }
        if let admin = listeners.admin { try requireLoopback(admin, tls: false, at: "listeners.admin") }
        try requireDifferentPorts()
        let names = Set(assigners.map(\.name))
        for source in sources { try know(source.defaultAssigner, names, "sources.\(source.name).defaultAssigner") }
        try know(ehr.defaultAssigner, names, "ehr.fhir.defaultAssigner")
        for (index, archive) in archives.enumerated() {
            try know(archive.defaultAssigner, names, "archives[\(index)].defaultAssigner")
        }
        guard !archives.isEmpty else {
            throw ConfigurationError(.missingKey, at: "archives", "at least one archive is required")
        }
        var taken: Set<String> = ["ehr", "fhir"]
        let named = archives.enumerated().map { ("archives[\($0)].name", $1.name) }
        let copies = researchArchives.enumerated().map { ("researchArchives[\($0)].name", $1.name) }
        let receivers = results.enumerated().map { ("results[\($0)].name", $1.name) }
        let places = checkpoints.enumerated().map { ("checkpoints[\($0)].name", $1.name) }
        let repositories = auditFeeds.enumerated().map { ("auditFeeds[\($0)].name", $1.name) }
        let readers = auditors.enumerated().map { ("auditors[\($0)].name", $1.name) }
        let senders = sources.map { ("sources.\($0.name)", $0.name) }
        for (path, name) in senders + named + copies + receivers + places + repositories + readers {
            guard Self.isName(name), taken.insert(name).inserted else {
                throw ConfigurationError(
                    .invalidValue, at: path,
                    "names are unique, of 1 to 32 small letters, digits, - and _, and neither ehr nor fhir")
            }
        }
        guard models.count <= 16 else {
            throw ConfigurationError(.invalidValue, at: "models", "there are more than 16 models")
        }
        try checkHL7v2()
        try checkAudit()
        try checkResearch()
    }

    /// Names stand in error codes, metric labels and audit records.
    static func isName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isLowercase || "0123456789-_".unicodeScalars.contains($0))
            }
    }

    private func know(
        _ assigner: String?, _ names: Set<String>, _ path: String
    ) throws(ConfigurationError) {
        guard let assigner, !names.contains(assigner) else { return }
        throw ConfigurationError(.invalidValue, at: path, "no assigner has this name")
    }

    private func requireDifferentPorts() throws(ConfigurationError) {
        var endpoints = listeners.mllp.enumerated().map { ("listeners.mllp[\($0)]", $1.endpoint) }
        if let fhir = listeners.fhir { endpoints.append(("listeners.fhir", fhir.endpoint)) }
        if let admin = listeners.admin { endpoints.append(("listeners.admin", admin)) }
        var taken: Set<Int> = []
        for (path, endpoint) in endpoints where endpoint.port != 0 {
            guard taken.insert(endpoint.port).inserted else {
                throw ConfigurationError(.invalidValue, at: "\(path).port", "another listener has this port")
            }
        }
    }

    private func requireLoopback(
        _ endpoint: EndpointSection, tls: Bool, at path: String
    ) throws(ConfigurationError) {
        guard tls || Self.isLoopback(endpoint.host) else {
            throw ConfigurationError(
                .unsafe, at: "\(path).host", "a listener without TLS may only bind loopback (127.0.0.1 or ::1)")
        }
    }
}
