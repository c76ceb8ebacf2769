import Foundation
public import MerkleLog

/// Makes what `witness serve` needs to begin.
public enum WitnessSetup {
    /// What was made.
    public struct Files: Sendable {
        /// The path of the configuration file.
        public let configuration: String
        /// The public key, for gateways and auditors.
        public let key: WitnessVerifierKey
    }

    /// Writes key, state and configuration; overwrites nothing.
    /// - Throws: `ConfigurationError`.
    public static func create(
        folder: String, name: String, port: Int, logs: [String]
    ) throws(ConfigurationError) -> Files {
        for log in logs {
            do { _ = try VerifierKey(parsing: log) } catch {
                throw ConfigurationError(
                    .invalidValue, at: "logs", "expected a log's public key, as `keys verifier` prints it")
            }
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ConfigurationError(.unreadable, at: "", "the folder cannot be made")
        }
        let path = "\(folder)/witness.yaml"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw ConfigurationError(.invalidValue, at: "", "witness.yaml exists; it is never overwritten")
        }
        let key = try WitnessKeyFile.create(path: "\(folder)/witness.key", name: name)
        try WitnessState.create(path: "\(folder)/witness.state")
        do {
            try DurableFile.write(
                Array(text(name: name, port: port, logs: logs).utf8), folder: folder, name: "witness.yaml", mode: 0o640)
        } catch {
            throw ConfigurationError(.unreadable, at: "", "witness.yaml cannot be written")
        }
        return Files(configuration: path, key: key.verifier)
    }

    static func text(name: String, port: Int, logs: [String]) -> String {
        """
        # A witness of audit logs; see docs/operate/witness.md. It should run on a host, and under an administrator, of
        # its own.
        name: "\(name)"
        # Never copied, never restored from a backup together with the state: a new witness gets a new name.
        key: ./witness.key
        state: ./witness.state
        listener:
          host: 127.0.0.1
          port: \(port)
          # Needed for any other host than loopback:
          # tls: {certificate: ./witness.pem, key: ./witness-tls.key, clientCA: ./gateways-ca.pem}
        # The public keys of the logs, as `imaging-gateway keys verifier` prints them.
        logs:\(logs.isEmpty ? " []" : logs.map { "\n  - \"\($0)\"" }.joined())

        """
    }
}
