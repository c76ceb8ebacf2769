public import JSON
internal import SecondOpinion

/// What was done to one study, for whoever has to answer for it: counts, codes, digests and pseudonyms, no identifier.
///
/// Its canonical form is RFC 8785. The digests of inputs are digests of identified files: they prove which file was
/// meant to whoever has it, and tell nothing to anybody else.
public struct DeidentificationCertificate: Sendable, Hashable {
    /// Stands in every certificate; another format is another name.
    public static let format = "imaging-gateway/deidentification-certificate/1"

    /// The certificate as it is signed.
    public let json: JSONObject
    /// The objects that were written.
    public let instances: [CertifiedInstance]
    /// Study Instance UID of what was written.
    public let studyInstanceUID: String
    /// Codes of DCM (CID 7050) that were applied.
    public let options: [String]
    /// What became of dates.
    public let dates: DateRule

    /// - Parameters:
    ///   - receipt: what `deidentify` or `StudyDeidentifier` answered; its second opinion found nothing.
    ///   - studyInstanceUID: of what was written.
    ///   - instances: every object that was written.
    ///   - leftOut: objects of the study that were not written.
    ///   - time: now, as an instant of FHIR (`2026-11-22T03:00:00Z`).
    ///   - reversible: whether the files hold encrypted originals, or a list leads back.
    ///   - detector: results of text detection: counts by code.
    public init(
        _ receipt: DeidentificationReceipt, studyInstanceUID: String, instances: [CertifiedInstance], leftOut: Int = 0,
        time: String, reversible: Bool = false, detector: [String: Int] = [:]
    ) {
        let opinion = receipt.secondOpinion
        let object: JSONObject = [
            "format": .string(Self.format), "time": .string(time), "program": .string(receipt.version),
            "profile": [
                "name": .string(receipt.profileName), "version": .string(receipt.profileVersion),
                "digest": .string(receipt.profileDigest), "edition": .string(receipt.edition),
                "text": .string(receipt.profile), "options": .array(receipt.methodCodes.map { .string($0) }),
                "dates": .string(receipt.dates.rawValue),
            ],
            "pseudonyms": ["keyID": .string(receipt.uidMapKeyID), "reversible": .bool(reversible)],
            "study": .string(studyInstanceUID), "instances": .array(instances.map(\.json)),
            "leftOut": .number(JSONNumber(leftOut)), "actions": Self.counts(receipt.actionCounts),
            "rules": Self.counts(receipt.ruleCounts), "replacedUIDs": .number(JSONNumber(receipt.uidCount)),
            "ages": .string(receipt.ageSource.rawValue),
            "burnedIn": [
                "verdict": .string(receipt.burnedIn.rawValue), "gate": .string(receipt.textGate.rawValue),
                "rules": .string(receipt.pixelRulesDigest), "detector": Self.counts(detector),
            ],
            "secondOpinion": [
                "hits": 0, "files": .number(JSONNumber(opinion.files)), "bytes": .number(JSONNumber(opinion.bytes)),
                "elements": .number(JSONNumber(opinion.elements)), "words": .number(JSONNumber(opinion.words)),
                "patterns": Self.counts(
                    Dictionary(uniqueKeysWithValues: opinion.patterns.map { ($0.key.rawValue, $0.value) })),
            ],
            "statements": .array(CertificateStatements.all(receipt).map { .string($0) }),
        ]
        self.init(checked: object, instances, studyInstanceUID, receipt.methodCodes, receipt.dates)
    }

    /// A certificate as it was read; nil for anything that is none.
    init?(_ json: JSONValue) {
        guard let object = json.object, json["format"]?.string == Self.format, let study = json["study"]?.string,
            let listed = json["instances"]?.array, let options = json["profile"]?["options"]?.array,
            let dates = json["profile"]?["dates"]?.string.flatMap(DateRule.init(rawValue:))
        else { return nil }
        let instances = listed.compactMap(CertifiedInstance.init)
        let codes = options.compactMap(\.string)
        guard instances.count == listed.count, codes.count == options.count,
            Set(instances.map(\.sopInstanceUID)).count == instances.count
        else { return nil }
        self.init(checked: object, instances, study, codes, dates)
    }

    private init(
        checked json: JSONObject, _ instances: [CertifiedInstance], _ study: String, _ options: [String],
        _ dates: DateRule
    ) {
        self.json = json
        self.instances = instances
        self.studyInstanceUID = study
        self.options = options
        self.dates = dates
    }

    private static func counts(_ counts: [String: Int]) -> JSONValue {
        .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .number(JSONNumber($0.value))) }))
    }

    /// When it was made.
    public var time: String { json["time"]?.string ?? "" }
    /// The profile's name and version.
    public var profile: String {
        "\(json["profile"]?["name"]?.string ?? "") \(json["profile"]?["version"]?.string ?? "")"
    }

    /// The bytes that are signed: RFC 8785 under a line with the format, so that no other document can be taken for one.
    var signedBytes: [UInt8] { Array("\(Self.format)\n".utf8) + JSONValue.object(json).serialized(.canonical) }
}
