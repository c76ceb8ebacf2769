public import JSON
public import Sealing

/// A receipt with a signature in itself, so that what lies beside a result can be told from what somebody wrote there:
/// `signature` has the same members as that of a certificate, over the receipt without it (RFC 8785).
public enum SignedReceipt {
    private static let format = "imaging-gateway/deidentification-receipt/1"
    private static let name = "signature"

    /// The receipt with the signature of `key`. Throws `cipher`.
    public static func signed(_ receipt: JSONObject, by key: SignatureKey) throws(SealingError) -> JSONObject {
        var signed = receipt
        signed[name] = [
            "algorithm": "Ed25519", "keyID": .string(key.verifier.id),
            "value": .string(Base64URL.encode(try key.signature(of: bytes(receipt)))),
        ]
        return signed
    }

    /// Whether one of these keys signed it as it is.
    public static func isSigned(_ receipt: JSONObject, byOneOf keys: [SignatureVerifier]) -> Bool {
        guard let signature = receipt[name], signature["algorithm"]?.string == "Ed25519",
            let id = signature["keyID"]?.string, let value = signature["value"]?.string.flatMap(Base64URL.decode)
        else { return false }
        let message = bytes(unsigned(receipt))
        return keys.contains { $0.id == id && $0.isValid(value, of: message) }
    }

    /// The receipt without its signature.
    static func unsigned(_ receipt: JSONObject) -> JSONObject {
        var unsigned = receipt
        unsigned[name] = nil
        return unsigned
    }

    private static func bytes(_ receipt: JSONObject) -> [UInt8] {
        Array("\(format)\n".utf8) + JSONValue.object(receipt).serialized(.canonical)
    }
}
