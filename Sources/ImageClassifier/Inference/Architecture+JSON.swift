internal import JSON

extension Architecture {
    /// Reads the architecture of a weights file.
    ///
    /// Strict: unknown entries are refused, so that no reader overlooks what another one obeys. Throws
    /// `operationUnknown` with the operation's name, or `architectureInvalid` with the place that is wrong.
    init(json: JSONValue) throws(ClassifierError) {
        let entries = try Entries(json, place: "architecture")
        try entries.allow(["input", "side", "channels", "operations", "output"])
        guard let list = json["operations"]?.array, list.count <= Limits.operations else {
            throw ClassifierError(.architectureInvalid, "operations")
        }
        var operations: [Operation] = []
        for (index, value) in list.enumerated() {
            operations.append(try Operation(json: value, place: "operations[\(index)]"))
        }
        let result = Architecture(
            input: try entries.name("input"), side: try entries.integer("side", 1...Limits.side),
            channels: try entries.integer("channels", 1...Limits.inputChannels), operations: operations,
            output: try entries.name("output"))
        guard let result else { throw ClassifierError(.architectureInvalid, "names") }
        self = result
    }
}

extension Architecture.Operation {
    /// Reads one operation.
    fileprivate init(json: JSONValue, place: String) throws(ClassifierError) {
        let entries = try Architecture.Entries(json, place: place)
        let kind = try entries.name("operation")
        switch kind {
        case "convolution":
            try entries.allow(["operation", "name", "from", "to", "kernel", "stride", "add", "rectify"])
            self = .convolution(
                name: try entries.name("name"), from: try entries.name("from"), to: try entries.name("to"),
                kernel: try entries.oneOf("kernel", [1, 3]), stride: try entries.oneOf("stride", [1, 2]),
                add: json["add"] == nil ? nil : try entries.name("add"), rectify: try entries.bool("rectify"))
        case "mean":
            try entries.allow(["operation", "from", "to", "size"])
            self = .mean(
                from: try entries.name("from"), to: try entries.name("to"), size: try entries.integer("size", 1...64))
        case "linear":
            try entries.allow(["operation", "name", "from", "to"])
            self = .linear(
                name: try entries.name("name"), from: try entries.name("from"), to: try entries.name("to"))
        default: throw ClassifierError(.operationUnknown, kind)
        }
    }
}

extension Architecture {
    /// The entries of one JSON object.
    fileprivate struct Entries {
        let object: JSONObject
        let place: String

        init(_ json: JSONValue, place: String) throws(ClassifierError) {
            guard let object = json.object else { throw ClassifierError(.architectureInvalid, place) }
            self.object = object
            self.place = place
        }

        func invalid(_ key: String) -> ClassifierError { ClassifierError(.architectureInvalid, "\(place).\(key)") }

        func allow(_ keys: Set<String>) throws(ClassifierError) {
            guard object.keys.allSatisfy({ keys.contains($0) }) else { throw invalid("*") }
        }

        /// Letters, digits, dots, hyphens and underscores: names stand in errors and in tensor names.
        func name(_ key: String) throws(ClassifierError) -> String {
            let others = [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")]
            guard let text = object[key]?.string, !text.isEmpty, text.utf8.count <= Limits.nameLength,
                text.utf8.allSatisfy({ byte in
                    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || others.contains(byte)
                })
            else { throw invalid(key) }
            return text
        }

        func integer(_ key: String, _ range: ClosedRange<Int>) throws(ClassifierError) -> Int {
            guard let value = object[key]?.int, range.contains(value) else { throw invalid(key) }
            return value
        }

        func oneOf(_ key: String, _ values: [Int]) throws(ClassifierError) -> Int {
            guard let value = object[key]?.int, values.contains(value) else { throw invalid(key) }
            return value
        }

        func bool(_ key: String) throws(ClassifierError) -> Bool {
            guard let value = object[key]?.bool else { throw invalid(key) }
            return value
        }
    }
}
