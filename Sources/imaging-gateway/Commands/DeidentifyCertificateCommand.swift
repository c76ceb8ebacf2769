import ArgumentParser
import Audit
import Deidentification
import Foundation
import Gateway
import JSON
import Persistence
import Sealing
import Workflow

/// Hands out the certificates of an order's study, or the public keys that verify them.
struct DeidentifyCertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Prints the certificate of an order's study, or the keys that verify certificates.",
        discussion: """
            The newest certificate of the order, exactly as it was signed; --all writes every one as a line of its own. \
            It holds pseudonyms, counts and digests, no identifier; the look is recorded all the same, because the \
            order's id and the certificate together tell which study was meant.

            --public-keys prints the public keys, oldest first, for whoever verifies without this installation.

            Examples:
              imaging-gateway deidentify certificate 3f0f3a9e-7d52-4a2b-9a63-7f8d4f0d5b1c > certificate.json
              imaging-gateway deidentify certificate --public-keys --config gateway.yaml > certificate-keys.txt
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The order's id.")
    var order: String?
    @Flag(name: .long, help: "Every certificate of the order, oldest first, one a line.")
    var all = false
    @Flag(name: .long, help: "Prints the public keys, one a line: id and base64url.")
    var publicKeys = false
    @OptionGroup var emergency: EmergencyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (order == nil) == publicKeys else { throw ValidationError("pass either an order's id or --public-keys") }
    }

    func run() async throws {
        guard let order else { return try printKeys() }
        let given = try emergency.emergency()
        try await withGatewayErrors(json: output.json) {
            let configuration = try options.load()
            let installation = try Installation(configuration)
            try await installation.withAccess(.operator, configuration, emergency: given) { access in
                let store = installation.store
                let found = try await store.order(OrderID(order.lowercased()))
                let certificates = try await store.certificates(of: OrderID(order.lowercased()))
                guard let found, let last = certificates.last else {
                    throw CommandFailure(
                        "certificate.notThere", "there is no certificate of this order", exit: ExitCodes.found)
                }
                try await access.record([access.trail.operation(.orderRead, on: found)])
                for certificate in all ? certificates : [last] {
                    print(String(decoding: certificate.bytes, as: UTF8.self), terminator: "")
                }
            }
        }
    }

    private func printKeys() throws {
        try withGatewayErrors(json: output.json) {
            let configuration = try options.load()
            let keys = try KeyFile.load(path: configuration.keys).certificateKeys.map(\.verifier)
            guard output.json else {
                for key in keys { print(CertificateKeyLine.text(key)) }
                return
            }
            show([
                "keys": .array(
                    keys.map { ["id": .string($0.id), "publicKey": .string(Base64URL.encode($0.publicKey))] })
            ])
        }
    }
}

/// A public key as a line of text: its id and its bytes in base64url.
enum CertificateKeyLine {
    static func text(_ key: SignatureVerifier) -> String { "\(key.id) \(Base64URL.encode(key.publicKey))" }

    /// The keys of a file with one a line; lines that begin with # say nothing. Nil where a line is none.
    static func keys(_ text: String) -> [SignatureVerifier]? {
        var keys: [SignatureVerifier] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            guard let last = parts.last, let bytes = Base64URL.decode(String(last)),
                let key = try? SignatureVerifier(publicKey: bytes),
                parts.count == 1 || parts.first.map(String.init) == key.id
            else { return nil }
            keys.append(key)
        }
        return keys
    }
}
