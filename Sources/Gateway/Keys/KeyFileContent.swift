import Foundation
import Sealing
import Yams

/// What stands in a key file: where the master keys lie, and the other secrets.
struct KeyFileContent: Sendable, Equatable {
    struct Master: Sendable, Equatable {
        let id: String
        let source: MasterSource
    }

    var installation: String
    /// Oldest first.
    var masters: [Master]
    var index: Secret
    var naming: Secret
    var pseudonym: Secret
    /// Oldest first.
    var signing: [SigningSeed]

    /// What a ring holds, with its master keys in the file itself.
    init(_ ring: KeyRing) {
        let secrets = ring.exportedSecrets()
        installation = secrets.installation
        masters = secrets.masters.map { Master(id: $0.id, source: .key($0.key)) }
        (index, naming, pseudonym, signing) = (secrets.index, secrets.naming, secrets.pseudonym, secrets.signing)
    }

    init(parsing text: String) throws(ConfigurationError) {
        let root = try ConfigurationNode(parsing: text)
        try root.allow("installation", "masters", "index", "naming", "pseudonym", "signing")
        installation = try root.required("installation").string()
        masters = []
        for node in try root.list("masters") { masters.append(try Self.master(node)) }
        index = try Self.secret(try root.required("index"))
        naming = try Self.secret(try root.required("naming"))
        pseudonym = try Self.secret(try root.required("pseudonym"))
        signing = try Self.signing(root)
    }

    private static func master(_ node: ConfigurationNode) throws(ConfigurationError) -> Master {
        try node.allow("id", "key", "file", "environment", "pkcs11", "wrapped")
        let id = try node.required("id").string()
        let kinds = ["key", "file", "environment", "pkcs11"].filter { node.child($0) != nil }
        guard kinds.count == 1, (kinds == ["pkcs11"]) == (node.child("wrapped") != nil) else {
            throw ConfigurationError(
                .invalidValue, at: node.path, "needs exactly one of key, file, environment, or pkcs11 with wrapped")
        }
        if let key = node.child("key") { return Master(id: id, source: .key(try secret(key))) }
        if let path = try node.string("file") { return Master(id: id, source: .file(path)) }
        if let name = try node.string("environment") { return Master(id: id, source: .environment(name)) }
        let token = try node.required("pkcs11")
        try token.allow("uri", "pinFile", "module")
        guard let wrapped = Data(base64Encoded: try node.required("wrapped").string()) else {
            throw ConfigurationError(.invalidValue, at: "\(node.path).wrapped", "expected base64")
        }
        let key = try TokenKey(
            uri: try token.required("uri").string(), pinFile: try token.required("pinFile").string(),
            module: try token.string("module"))
        return Master(id: id, source: .token(key, wrapped: Array(wrapped)))
    }

    /// One seed, as the first version wrote it, or a list of them.
    private static func signing(_ root: ConfigurationNode) throws(ConfigurationError) -> [SigningSeed] {
        let node = try root.required("signing")
        if case .scalar = node.node { return [SigningSeed(seed: try secret(node))] }
        var seeds: [SigningSeed] = []
        for entry in try root.list("signing") {
            try entry.allow("key", "epoch", "from")
            seeds.append(
                SigningSeed(
                    seed: try secret(try entry.required("key")),
                    epoch: UInt64(try entry.integer("epoch", in: 1...Int.max) ?? 1),
                    from: UInt64(try entry.integer("from", in: 0...Int.max) ?? 0)))
        }
        return seeds
    }

    private static func secret(_ node: ConfigurationNode) throws(ConfigurationError) -> Secret {
        try MasterSource.secret(try node.string(), at: node.path)
    }

    /// As YAML.
    var text: String {
        """
        # Keys of one imaging-gateway installation. Keep a copy in a safe place: without this file the stored data
        # cannot be read, and reports that are sent again would get other names.
        installation: \(installation)
        masters:
        \(masters.map(Self.line).joined(separator: "\n"))
        index: \(Base64URL.encode(index.exposedBytes))
        naming: \(Base64URL.encode(naming.exposedBytes))
        pseudonym: \(Base64URL.encode(pseudonym.exposedBytes))
        signing:
        \(signing.map(Self.line).joined(separator: "\n"))

        """
    }

    private static func line(_ seed: SigningSeed) -> String {
        let begins = seed.from == 0 ? "" : ", epoch: \(seed.epoch), from: \(seed.from)"
        return "  - {key: \(Base64URL.encode(seed.seed.exposedBytes))\(begins)}"
    }

    private static func line(_ master: Master) -> String {
        let id = "  - {id: \(master.id), "
        switch master.source {
        case .key(let secret): return id + "key: \(Base64URL.encode(secret.exposedBytes))}"
        case .file(let path): return id + "file: \(quoted(path))}"
        case .environment(let name): return id + "environment: \(quoted(name))}"
        case .token(let key, let wrapped):
            let module = key.module.map { ", module: \(quoted($0))" } ?? ""
            return """
                  - id: \(master.id)
                    pkcs11: {uri: \(quoted(key.uri)), pinFile: \(quoted(key.pinFile))\(module)}
                    wrapped: \(Data(wrapped).base64EncodedString())
                """
        }
    }

    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}
