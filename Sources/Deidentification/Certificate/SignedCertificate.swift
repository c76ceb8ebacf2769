internal import JSON
public import Sealing

/// A certificate with its signature, as it is kept and handed out: JSON in one form (RFC 8785) and a line end.
public struct SignedCertificate: Sendable, Hashable {
    /// An Ed25519 signature over `DeidentificationCertificate.signedBytes`.
    public struct Signature: Sendable, Hashable {
        /// `SignatureVerifier.id` of the key.
        public let keyID: String
        /// 64 bytes.
        public let value: [UInt8]
    }

    /// What is certified.
    public let certificate: DeidentificationCertificate
    /// Nil where there was no installation to sign it.
    public let signature: Signature?

    /// Signs a certificate; without a key it stays unsigned, and says so.
    /// - Throws: `cipher`.
    public init(_ certificate: DeidentificationCertificate, key: SignatureKey?) throws(SealingError) {
        self.certificate = certificate
        if let key {
            signature = Signature(keyID: key.verifier.id, value: try key.signature(of: certificate.signedBytes))
        } else {
            signature = nil
        }
    }

    /// Reads a certificate; nil for anything that is not exactly one.
    public init?(parsing bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes), let inner = json["certificate"],
            let certificate = DeidentificationCertificate(inner)
        else { return nil }
        self.certificate = certificate
        switch json["signature"] {
        case .null?: signature = nil
        case let value?:
            guard value["algorithm"]?.string == "Ed25519", let id = value["keyID"]?.string,
                let signed = value["value"]?.string.flatMap(Base64URL.decode)
            else { return nil }
            signature = Signature(keyID: id, value: signed)
        case nil: return nil
        }
        guard serialized == bytes || serialized.dropLast() == bytes[...] else { return nil }
    }

    /// The file.
    public var serialized: [UInt8] {
        let signature: JSONValue =
            self.signature.map {
                [
                    "algorithm": "Ed25519", "keyID": .string($0.keyID),
                    "value": .string(Base64URL.encode($0.value)),
                ]
            } ?? .null
        let json: JSONValue = ["certificate": .object(certificate.json), "signature": signature]
        return json.serialized(.canonical) + [0x0A]
    }

    /// SHA-256 of the file: what the audit log names.
    public var digest: Digest { Digest.sha256(serialized) }

    /// Whether one of these keys signed it.
    public func isSigned(byOneOf keys: [SignatureVerifier]) -> Bool {
        guard let signature else { return false }
        return keys.contains { $0.id == signature.keyID && $0.isValid(signature.value, of: certificate.signedBytes) }
    }
}
