internal import JSON

/// `model.json`: what a model is called, what it is asked for, what is said in its reports, and the hashes of the files
/// beside it. The page is `docs/integrate/models.md`.
struct ModelDescription: Sendable {
    /// The one version of the file that is read.
    static let format = "imaging-gateway/model-folder/1"

    let id: String
    let version: String
    let title: String
    /// SHA-256 of `weights.safetensors`, lower-case hexadecimal.
    let weightsDigest: String
    let card: CardPin
    /// The entry `report`, read by whoever composes reports.
    let report: JSONValue
    /// The entry `routing`, read by whoever routes orders.
    let routing: JSONValue
    let licence: String
    let attribution: String

    /// The model card that belongs to these weights.
    struct CardPin: Sendable, Equatable {
        let file: String
        let digest: String
    }

    private static let keys = [
        "format", "id", "version", "title", "weightsSHA256", "card", "report", "routing", "licence", "attribution",
    ]

    /// Throws `modelDescriptionInvalid` with the entry that is unknown, missing or not of its form, `modelFormatUnknown`
    /// for another version of the file, and `cardMissing` where no card is pinned.
    init(parsing bytes: [UInt8]) throws(ClassifierError) {
        guard let json = try? JSONValue(parsing: bytes, limits: JSONLimits(bytes: 64 << 10, depth: 12)),
            let object = json.object
        else { throw ClassifierError(.modelDescriptionInvalid) }
        guard let format = object["format"]?.string else { throw Self.invalid("format") }
        guard format == Self.format else { throw ClassifierError(.modelFormatUnknown, "model.json") }
        if let unknown = object.keys.first(where: { !Self.keys.contains($0) }) { throw Self.invalid(unknown) }
        id = try Self.name(object, "id")
        version = try Self.name(object, "version")
        title = try Self.words(object, "title", atMost: 200)
        weightsDigest = try Self.digest(object["weightsSHA256"], "weightsSHA256")
        guard let card = object["card"] else { throw ClassifierError(.cardMissing, "model.json") }
        guard let entries = card.object, Set(entries.keys) == ["file", "sha256"], let file = card["file"]?.string,
            Self.isFileName(file)
        else { throw Self.invalid("card") }
        self.card = CardPin(file: file, digest: try Self.digest(card["sha256"], "card.sha256"))
        guard let report = object["report"], report.object != nil else { throw Self.invalid("report") }
        guard let routing = object["routing"], routing.object != nil else { throw Self.invalid("routing") }
        self.report = report
        self.routing = routing
        licence = try Self.words(object, "licence", atMost: 200)
        attribution = try Self.words(object, "attribution", atMost: 4_000)
    }

    /// The name of an unknown entry comes from the file, and errors stand in logs and on terminals.
    private static func invalid(_ place: String) -> ClassifierError {
        let text = place.unicodeScalars.prefix(40).map { ("!"..."~").contains($0) ? Character($0) : "?" }
        return ClassifierError(.modelDescriptionInvalid, String(text))
    }

    /// Names stand in audit records, metrics and identifiers of resources.
    private static func name(_ object: JSONObject, _ key: String) throws(ClassifierError) -> String {
        guard let name = object[key]?.string, (1...64).contains(name.utf8.count),
            name.utf8.allSatisfy({ isLetterOrDigit($0) || [0x2D, 0x2E, 0x5F].contains($0) })
        else { throw invalid(key) }
        return name
    }

    private static func words(
        _ object: JSONObject, _ key: String, atMost limit: Int
    ) throws(ClassifierError) -> String {
        guard let words = object[key]?.string, !words.isEmpty, words.utf8.count <= limit,
            words.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw invalid(key) }
        return words
    }

    private static func digest(_ value: JSONValue?, _ key: String) throws(ClassifierError) -> String {
        guard let text = value?.string?.lowercased(), text.utf8.count == 64,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { throw invalid(key) }
        return text
    }

    /// A name in the folder itself: no path leads out of it.
    private static func isFileName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.utf8.allSatisfy { isLetterOrDigit($0) || [0x2D, 0x2E, 0x5F].contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
