internal import Deidentification
internal import JSON
internal import SecondOpinion

/// The receipt beside a result: what was done to the file, and no value of the original.
struct InstanceReceipt {
    let study: String
    let series: String
    let instance: String
    let receipt: DeidentificationReceipt
    let verdict: BurnedInVerdict
    let written: InstanceSink.Written
    let inputSize: Int
    /// SHA-256 of the certificates for which the original header was sealed into it; nil where it was not.
    let recipients: String?
    /// As the certificate names it.
    let certified: CertifiedInstance

    var json: JSONObject {
        [
            "studyInstanceUID": .string(study), "seriesInstanceUID": .string(series),
            "sopInstanceUID": .string(instance),
            "profile": .string(receipt.profile), "profileName": .string(receipt.profileName),
            "profileVersion": .string(receipt.profileVersion), "profileDigest": .string(receipt.profileDigest),
            "pixelRulesDigest": .string(receipt.pixelRulesDigest),
            "edition": .string(receipt.edition), "rules": .string(receipt.version),
            "methodCodes": .array(receipt.methodCodes.map { .string($0) }), "dates": .string(receipt.dates.rawValue),
            "actions": Self.counts(receipt.actionCounts), "actionsByRule": Self.counts(receipt.ruleCounts),
            "kept": Self.number(receipt.keptCount), "removed": Self.number(receipt.removedCount),
            "replaced": Self.number(receipt.replacedCount), "uids": Self.number(receipt.uidCount),
            "uidKey": .string(receipt.uidMapKeyID), "burnedInText": .string(receipt.burnedIn.rawValue),
            "age": .string(receipt.ageSource.rawValue), "recipients": Self.recipients(recipients),
            "inputDigest": .string(receipt.inputDigest), "inputSize": Self.number(inputSize),
            "outputDigest": .string(receipt.outputDigest), "outputSize": Self.number(written.count),
            "secondOpinion": [
                "patterns": Self.number(written.opinion.statistics.patterns.values.reduce(0, +)),
                "bytes": Self.number(written.opinion.statistics.bytes),
                "elements": Self.number(written.opinion.statistics.elements),
                "words": Self.number(written.opinion.statistics.words), "left": 0,
            ],
        ]
    }

    /// A receipt always says it: one that says nothing is of a program that did not.
    static func recipients(_ digest: String?) -> JSONValue { .string(digest ?? "none") }

    static func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

    static func counts(_ counts: [String: Int]) -> JSONValue {
        .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, number($0.value)) }))
    }
}
