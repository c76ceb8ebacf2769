internal import JSON
internal import Sealing

/// Receipts of certified objects, recognised by what they say and not by their names: an identified file can have any.
///
/// It is one if every text in it stands in a certificate, is a digest, or is one of few fixed words, and if numbers stand
/// only where receipts count, the size of the result being the certified one: no text fits into it, and no number has a
/// place of its own. Where keys are known it must be signed by one of them, too.
struct ListedReceipt: Sendable {
    enum Kind: Equatable {
        /// Of this object.
        case certified(String)
        /// Of a certified object, but not as it was signed.
        case altered
        case added, none
    }

    /// Certified sizes by SOP Instance UID; several where certificates differ.
    private var sizes: [String: Set<Int>] = [:]
    private var words: Set<String>
    private let keys: [SignatureVerifier]

    init(_ certificates: [DeidentificationCertificate], keys: [SignatureVerifier]) {
        self.keys = keys
        for instance in certificates.lazy.flatMap(\.instances) {
            sizes[instance.sopInstanceUID, default: []].insert(instance.size)
        }
        words = Self.fixed
        for certificate in certificates { Self.add(.object(certificate.json), to: &words) }
    }

    /// What a file is that is no object.
    func recognise(_ bytes: [UInt8]) -> Kind {
        guard bytes.first == UInt8(ascii: "{"), bytes.count <= 1 << 20, let json = try? JSONValue(parsing: bytes),
            let instance = json["sopInstanceUID"]?.string, json["outputDigest"] != nil
        else { return .none }
        guard let sizes = sizes[instance] else { return .added }
        guard let receipt = json.object, let size = json["outputSize"]?.int, sizes.contains(size),
            isKnown(.object(SignedReceipt.unsigned(receipt))), isSignature(json["signature"])
        else { return .none }
        guard keys.isEmpty || SignedReceipt.isSigned(receipt, byOneOf: keys) else { return .altered }
        return .certified(instance)
    }

    /// Verified where keys are known; its form leaves no room for a text.
    private func isSignature(_ signature: JSONValue?) -> Bool {
        guard let signature else { return true }
        guard let members = signature.object, members.count == 3, signature["algorithm"] == "Ed25519",
            let id = signature["keyID"]?.string, let value = signature["value"]?.string.flatMap(Base64URL.decode)
        else { return false }
        return id.utf8.count == 16 && id.utf8.allSatisfy(Self.isHexDigit) && value.count == 64
    }

    /// - Parameter counts: whether numbers may stand here.
    private func isKnown(_ json: JSONValue, counts: Bool = false) -> Bool {
        switch json {
        case .null, .bool: false
        case .number(let number): counts && (JSONValue.number(number).int ?? -1) >= 0
        case .string(let text): isKnown(text)
        case .array(let items): items.allSatisfy { isKnown($0) }
        case .object(let object):
            object.allSatisfy { name, value in
                words.contains(name)
                    && isKnown(value, counts: counts && value.object == nil || Self.counts.contains(name))
            }
        }
    }

    /// What has a number, or members that are numbers.
    private static let counts: Set<String> = [
        "actions", "actionsByRule", "kept", "removed", "replaced", "uids", "inputSize", "outputSize", "secondOpinion",
    ]

    /// The options of an object are some of the study's: their words stand there one by one.
    private func isKnown(_ text: String) -> Bool {
        words.contains(text) || Self.isDigest(text) || Self.isVersion(text)
            || text.split(separator: ", ").allSatisfy { words.contains(String($0)) }
    }

    private static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(isHexDigit)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// An earlier version may have written it.
    private static func isVersion(_ text: String) -> Bool {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0] == "imaging-gateway" && parts[1].utf8.count <= 3
            && parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func add(_ json: JSONValue, to words: inout Set<String>) {
        switch json {
        case .null, .bool, .number: break
        case .string(let text):
            words.insert(text)
            words.formUnion(text.split(separator: ", ").map(String.init))
        case .array(let items): for item in items { add(item, to: &words) }
        case .object(let object):
            for (key, value) in object {
                words.insert(key)
                add(value, to: &words)
            }
        }
    }

    private static let fixed: Set<String> = Set(
        """
        studyInstanceUID seriesInstanceUID sopInstanceUID profile profileName profileVersion profileDigest \
        pixelRulesDigest edition rules methodCodes dates actions actionsByRule kept removed replaced uids uidKey \
        burnedInText age recipients inputDigest inputSize outputDigest outputSize secondOpinion patterns bytes \
        elements words left none
        """.split(separator: " ").map(String.init)
            + DeidentificationReceipt.BurnedIn.allCases.map(\.rawValue)
            + DeidentificationReceipt.AgeSource.allCases.map(\.rawValue))
}
