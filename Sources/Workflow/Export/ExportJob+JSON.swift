public import JSON

extension ExportContent {
    /// Never written anywhere but into a sealed column.
    public var json: JSONValue {
        var object: JSONObject = ["study": .string(study), "profile": .string(profileDigest)]
        object["copy"] = copy?.json
        return .object(object)
    }

    /// Throws `fault` when the value is not one that `json` made.
    public init(json: JSONValue) throws(AdapterError) {
        let damaged = AdapterError(.fault, code: "store.damaged")
        guard let study = json["study"]?.string, let profile = json["profile"]?.string else { throw damaged }
        var copy: ExportedCopy?
        if let value = json["copy"] {
            guard let read = ExportedCopy(json: value) else { throw damaged }
            copy = read
        }
        self.init(study: study, profileDigest: profile, copy: copy)
    }
}

extension ExportedCopy {
    var json: JSONValue {
        [
            "study": .string(study), "certificate": .string(certificate), "instances": .number(JSONNumber(instances)),
            "leftOut": .number(JSONNumber(leftOut)),
        ]
    }

    init?(json: JSONValue) {
        guard let study = json["study"]?.string, let certificate = json["certificate"]?.string,
            let instances = json["instances"]?.int, let leftOut = json["leftOut"]?.int
        else { return nil }
        self.init(study: study, certificate: certificate, instances: instances, leftOut: leftOut)
    }
}

extension ExportDraft {
    var json: JSONValue {
        ["destination": .string(destination), "study": .string(study), "profile": .string(profileDigest)]
    }

    init?(json: JSONValue) {
        guard let destination = json["destination"]?.string, let study = json["study"]?.string,
            let profile = json["profile"]?.string
        else { return nil }
        self.init(destination: destination, study: study, profileDigest: profile)
    }
}
