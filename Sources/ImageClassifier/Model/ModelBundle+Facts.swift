public import JSON

extension ModelBundle {
    /// All that decides what the model says, for `model inspect`: what stands in the folder, and what follows from it.
    public var facts: JSONObject {
        var facts = JSONObject()
        facts["id"] = .string(identity.id)
        facts["version"] = .string(identity.version)
        facts["title"] = .string(identity.title)
        facts["weightsSHA256"] = .string(identity.weightsDigest)
        facts["descriptionSHA256"] = .string(descriptionDigest)
        facts["card"] = ["file": .string(card.file), "sha256": .string(card.sha256)]
        facts["licence"] = .string(identity.licence)
        facts["attribution"] = .string(identity.attribution)
        facts["preprocessing"] = .string(identity.preprocessingVersion)
        facts["network"] = networkFacts
        facts["calibration"] = [
            "slope": Self.number(calibration.slope), "intercept": Self.number(calibration.intercept),
        ]
        facts["decision"] = [
            "negativeLimit": Self.number(calibration.negativeLimit),
            "threshold": Self.number(calibration.threshold),
            "positiveLimit": Self.number(calibration.positiveLimit),
        ]
        facts["framings"] = entry("framings")
        facts["mapRange"] = Self.number(mapRange)
        facts["headerRules"] = entry("headerRules")
        facts["gate"] = .object(entries("gate."))
        facts["training"] = .object(entries("training."))
        facts["routing"] = description.routing
        facts["report"] = description.report
        facts["architecture"] = entry("architecture")
        return facts
    }

    private var networkFacts: JSONValue {
        let size = architecture.size(of: memberShapes)
        return [
            "members": Self.count(ensemble.members.count), "side": Self.count(architecture.side),
            "operations": Self.count(architecture.operations.count), "parameters": Self.count(size.parameters),
            "multiplicationsPerView": Self.count(size.multiplications),
            "viewsPerImage": Self.count(ensemble.members.count * (2 + framings.count)),
        ]
    }

    private static func count(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

    private static func number(_ value: Double) -> JSONValue {
        JSONNumber(String(value)).map { .number($0) } ?? .null
    }

    /// An entry of the metadata: JSON where it is some, else its text.
    private func entry(_ name: String) -> JSONValue {
        guard let text = metadata[name] else { return .null }
        return (try? JSONValue(parsing: Array(text.utf8))) ?? .string(text)
    }

    private func entries(_ prefix: String) -> JSONObject {
        JSONObject(
            metadata.keys.filter { $0.hasPrefix(prefix) }.sorted().map {
                (String($0.dropFirst(prefix.count)), entry($0))
            })
    }
}
