import Foundation
public import MerkleLog

/// The configuration of `imaging-gateway witness serve`, read from one YAML file of its own: a witness runs on another
/// host than the logs that it watches, under another administrator.
public struct WitnessConfiguration: Sendable, Equatable {
    /// The witness's name in signature lines, such as `witness.example/w1`.
    public var name: String
    /// The file with the signing key.
    public var key: String
    /// The file with what was cosigned last.
    public var state: String
    public var endpoint: EndpointSection
    public var tls: ServerTLSSection?
    /// The public keys of the logs.
    public var logs: [VerifierKey]

    /// Reads and checks a configuration file.
    /// - Throws: `ConfigurationError` at the first key that is unknown, missing, of the wrong type or unsafe.
    public static func load(path: String) throws(ConfigurationError) -> WitnessConfiguration {
        guard let bytes = FileManager.default.contents(atPath: path),
            let text = String(bytes: bytes, encoding: .utf8)
        else { throw ConfigurationError(.unreadable, at: "", "the file cannot be read") }
        return try parse(text, folder: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    static func parse(_ text: String, folder: String) throws(ConfigurationError) -> WitnessConfiguration {
        let reader = SectionReader(folder: folder)
        let root = try ConfigurationNode(parsing: text)
        try root.allow("name", "key", "state", "listener", "logs")
        let listener = try root.required("listener")
        try listener.allow("host", "port", "tls")
        var logs: [VerifierKey] = []
        for node in try root.list("logs") {
            do { logs.append(try VerifierKey(parsing: try node.string())) } catch {
                throw ConfigurationError(
                    .invalidValue, at: node.path, "expected a log's public key, as `keys verifier` prints it")
            }
        }
        let configuration = WitnessConfiguration(
            name: try root.required("name").string(), key: reader.path(try root.required("key").string()),
            state: reader.path(try root.required("state").string()), endpoint: try reader.endpoint(listener),
            tls: try reader.serverTLS(listener.child("tls")), logs: logs)
        guard configuration.tls != nil || Configuration.isLoopback(configuration.endpoint.host) else {
            throw ConfigurationError(
                .unsafe, at: "listener.host", "a listener without TLS may only bind loopback (127.0.0.1 or ::1)")
        }
        return configuration
    }
}
