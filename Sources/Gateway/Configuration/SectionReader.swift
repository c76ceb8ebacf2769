import Foundation

/// Reads the sections of the configuration file; each method names all keys its section knows.
struct SectionReader {
    /// Relative paths count from here.
    let folder: String

    /// An absolute path without `.`, `..` and symbolic links, so that paths compare by what they name.
    func path(_ value: String) -> String {
        let absolute = value.hasPrefix("/") ? value : "\(folder)/\(value)"
        return URL(fileURLWithPath: absolute).standardizedFileURL.resolvingSymlinksInPath().path
    }

    func delivery(_ root: ConfigurationNode) throws(ConfigurationError) -> Configuration.DeliveryMode {
        // YAML reads a bare `on` as true.
        guard let text = try root.string("delivery") else { return .shadow }
        switch text {
        case "shadow": return .shadow
        case "on", "true": return .on
        default: throw ConfigurationError(.invalidValue, at: "delivery", "expected shadow or on")
        }
    }

    func assigners(_ root: ConfigurationNode) throws(ConfigurationError) -> [AssignerSection] {
        guard let section = root.child("assigners") else { return [] }
        var assigners: [AssignerSection] = []
        for name in try section.keys() {
            let node = try section.required(name)
            try node.allow("hl7", "fhir", "dicom")
            assigners.append(
                AssignerSection(
                    name: name, hl7: try node.strings("hl7"), fhir: try node.string("fhir"),
                    dicom: try node.strings("dicom")))
        }
        return assigners
    }

    func listeners(_ node: ConfigurationNode) throws(ConfigurationError) -> ListenersSection {
        try node.allow("mllp", "fhir", "admin")
        var mllp: [MLLPSection] = []
        for listener in try node.list("mllp") {
            try listener.allow("host", "port", "tls", "source", "release2")
            mllp.append(
                MLLPSection(
                    endpoint: try endpoint(listener), tls: try serverTLS(listener.child("tls")),
                    source: try listener.required("source").string(),
                    release2: try listener.boolean("release2") ?? false))
        }
        var fhir: FHIRListenerSection?
        if let listener = node.child("fhir") {
            try listener.allow("host", "port", "tls", "secretFile")
            fhir = FHIRListenerSection(
                endpoint: try endpoint(listener), tls: try serverTLS(listener.child("tls")),
                secretFile: try listener.string("secretFile").map(path))
        }
        var admin: EndpointSection?
        if let listener = node.child("admin") {
            try listener.allow("host", "port")
            admin = try endpoint(listener)
        }
        return ListenersSection(mllp: mllp, fhir: fhir, admin: admin)
    }

    func ehr(_ node: ConfigurationNode) throws(ConfigurationError) -> EHRSection {
        try node.allow("fhir")
        let fhir = try node.required("fhir")
        try fhir.allow("base", "auth", "tls", "defaultAssigner", "organization", "maxPictureBytes")
        return EHRSection(
            base: try fhir.required("base").string(), auth: try auth(fhir.child("auth")),
            tls: try clientTLS(fhir.child("tls")), defaultAssigner: try fhir.string("defaultAssigner"),
            organization: try fhir.string("organization"),
            maxPictureBytes: try fhir.integer("maxPictureBytes", in: 0...(16 << 20)) ?? 1 << 20)
    }

    func archives(_ root: ConfigurationNode) throws(ConfigurationError) -> [ArchiveSection] {
        var archives: [ArchiveSection] = []
        for node in try root.list("archives") {
            try node.allow("name", "base", "auth", "tls", "defaultAssigner", "settleTime")
            archives.append(
                ArchiveSection(
                    name: try node.required("name").string(), base: try node.required("base").string(),
                    auth: try auth(node.child("auth")), tls: try clientTLS(node.child("tls")),
                    defaultAssigner: try node.string("defaultAssigner"),
                    settleTime: try node.duration("settleTime") ?? .seconds(60)))
        }
        return archives
    }

    func waiting(_ node: ConfigurationNode?) throws(ConfigurationError) -> WaitingSection {
        var section = WaitingSection()
        guard let node else { return section }
        try node.allow("firstPoll", "maxInterval", "giveUpAfter", "noticeWait")
        section.firstPoll = try node.duration("firstPoll") ?? section.firstPoll
        section.maxInterval = try node.duration("maxInterval") ?? section.maxInterval
        section.giveUpAfter = try node.duration("giveUpAfter") ?? section.giveUpAfter
        section.noticeWait = try node.duration("noticeWait") ?? section.noticeWait
        return section
    }

    func retry(_ node: ConfigurationNode?) throws(ConfigurationError) -> RetrySection {
        var section = RetrySection()
        guard let node else { return section }
        try node.allow("maxAge", "maxInterval")
        section.maxAge = try node.duration("maxAge") ?? section.maxAge
        section.maxInterval = try node.duration("maxInterval") ?? section.maxInterval
        return section
    }

    func limits(_ node: ConfigurationNode?) throws(ConfigurationError) -> LimitsSection {
        var section = LimitsSection()
        guard let node else { return section }
        try node.allow(
            "mllpFrameBytes", "mllpConnections", "mllpConnectionsPerAddress", "mllpIdle", "fhirBodyBytes",
            "hl7BodyBytes", "feedFileBytes", "instanceBytes", "instancesPerStudy", "workers", "minimumFreeBytes")
        section.mllpFrameBytes = try node.integer("mllpFrameBytes", in: 1024...(256 << 20)) ?? section.mllpFrameBytes
        section.mllpConnections = try node.integer("mllpConnections", in: 1...10_000) ?? section.mllpConnections
        section.mllpConnectionsPerAddress =
            try node.integer("mllpConnectionsPerAddress", in: 1...10_000) ?? section.mllpConnectionsPerAddress
        section.mllpIdle = try node.duration("mllpIdle") ?? section.mllpIdle
        section.fhirBodyBytes = try node.integer("fhirBodyBytes", in: 1024...(256 << 20)) ?? section.fhirBodyBytes
        section.hl7BodyBytes = try node.integer("hl7BodyBytes", in: 1024...(256 << 20)) ?? section.hl7BodyBytes
        section.feedFileBytes = try node.integer("feedFileBytes", in: 1024...(256 << 20)) ?? section.feedFileBytes
        section.instanceBytes = try node.integer("instanceBytes", in: 1024...(4 << 30)) ?? section.instanceBytes
        section.instancesPerStudy = try node.integer("instancesPerStudy", in: 1...1000) ?? section.instancesPerStudy
        section.workers = try node.integer("workers", in: 1...64) ?? section.workers
        section.minimumFreeBytes =
            try node.integer("minimumFreeBytes", in: 0...(1 << 50)) ?? section.minimumFreeBytes
        return section
    }

    // MARK: - Shared parts

    func endpoint(_ node: ConfigurationNode) throws(ConfigurationError) -> EndpointSection {
        guard let port = try node.integer("port", in: 0...65535) else {
            throw ConfigurationError(.missingKey, at: "\(node.path).port", "this key is required")
        }
        return EndpointSection(host: try node.string("host") ?? "127.0.0.1", port: port)
    }

    func serverTLS(_ node: ConfigurationNode?) throws(ConfigurationError) -> ServerTLSSection? {
        guard let node else { return nil }
        try node.allow("certificate", "key", "clientCA")
        return ServerTLSSection(
            certificate: path(try node.required("certificate").string()),
            key: path(try node.required("key").string()), clientCA: try node.string("clientCA").map(path))
    }

    func clientTLS(_ node: ConfigurationNode?) throws(ConfigurationError) -> ClientTLSSection? {
        guard let node else { return nil }
        try node.allow("ca", "certificate", "key")
        return ClientTLSSection(
            ca: try node.string("ca").map(path), certificate: try node.string("certificate").map(path),
            key: try node.string("key").map(path))
    }

    func auth(_ node: ConfigurationNode?) throws(ConfigurationError) -> AuthSection {
        guard let node else { return .none }
        try node.allow("type", "user", "passwordFile", "tokenFile")
        switch try node.required("type").string() {
        case "none": return .none
        case "basic":
            return .basic(
                user: try node.required("user").string(),
                passwordFile: path(try node.required("passwordFile").string()))
        case "bearer": return .bearer(tokenFile: path(try node.required("tokenFile").string()))
        default:
            throw ConfigurationError(.invalidValue, at: "\(node.path).type", "expected none, basic or bearer")
        }
    }
}
