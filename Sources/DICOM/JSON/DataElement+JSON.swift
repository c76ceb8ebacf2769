internal import JSON

extension DataElement {
    /// One attribute of the DICOM JSON model (PS3.18 §F.2.2).
    var json: JSONValue {
        var object: JSONObject = ["vr": .string(vr.rawValue)]
        switch value {
        case .text(let values): object["Value"] = Self.list(values.map(jsonText))
        case .undecodedText, .pixelFragments: break
        case .integers(let values): object["Value"] = Self.list(values.map { .number(JSONNumber(Int($0))) })
        case .numbers(let values): object["Value"] = Self.list(values.map(jsonNumber))
        case .tags(let tags): object["Value"] = Self.list(tags.map { .string($0.hex) })
        case .bytes(let bytes): object["InlineBinary"] = bytes.isEmpty ? nil : .string(Base64.encode(bytes))
        case .sequence(let items): object["Value"] = Self.list(items.map(\.json))
        }
        return .object(object)
    }

    /// An empty list is not written (§F.2.5).
    private static func list(_ values: [JSONValue]) -> JSONValue? { values.isEmpty ? nil : .array(values) }

    private func jsonText(_ text: String) -> JSONValue {
        if text.isEmpty { return .null }
        switch vr {
        case .PN: return Self.personName(text)
        case .DS, .IS: return JSONNumber(text).map { .number($0) } ?? .string(text)
        default: return .string(text)
        }
    }

    private static func personName(_ text: String) -> JSONValue {
        let groups = text.split(separator: "=", omittingEmptySubsequences: false)
        var object = JSONObject()
        for (name, group) in zip(["Alphabetic", "Ideographic", "Phonetic"], groups) where !group.isEmpty {
            object[name] = .string(String(group))
        }
        return .object(object)
    }

    /// Not-a-number and infinities are strings (§F.2.3, table F.2.3-1).
    private func jsonNumber(_ number: Double) -> JSONValue {
        guard number.isFinite else { return .string(number.isNaN ? "NaN" : number > 0 ? "inf" : "-inf") }
        let text = vr == .FL ? "\(Float(number))" : "\(number)"
        return JSONNumber(text).map { .number($0) } ?? .string(text)
    }

    /// Reads one attribute. Throws `invalidJSON`.
    init(_ tag: Tag, json attribute: JSONValue) throws(DICOMError) {
        let named = attribute["vr"]?.string.flatMap { VR(rawValue: $0) }
        guard let vr = named ?? (try? DataDictionary.standard())?[tag]?.vr, attribute.object != nil else {
            throw DICOMError(.invalidJSON, tag: tag)
        }
        if let inline = attribute["InlineBinary"] {
            guard let bytes = inline.string.flatMap(Base64.decode) else { throw DICOMError(.invalidJSON, tag: tag) }
            self.init(tag, vr, .bytes(bytes))
            return
        }
        let values = attribute["Value"]?.array ?? []
        guard let value = try Self.value(values, vr) else { throw DICOMError(.invalidJSON, tag: tag) }
        self.init(tag, vr, value)
    }

    private static func value(_ values: [JSONValue], _ vr: VR) throws(DICOMError) -> Value? {
        switch vr.kind {
        case .ascii, .text: return all(values) { text($0, vr) }.map { .text($0) }
        case .integers: return all(values) { integer($0) }.map { .integers($0) }
        case .floats: return all(values) { $0.number?.double ?? $0.string.flatMap { Double($0) } }.map { .numbers($0) }
        case .tags: return all(values) { $0.string.flatMap { Tag(hex: $0) } }.map { .tags($0) }
        case .bytes: return values.isEmpty ? .bytes([]) : nil
        case .sequence:
            var items: [DataSet] = []
            for item in values { items.append(item.isNull ? DataSet() : try DataSet(json: item)) }
            return .sequence(items)
        }
    }

    private static func all<T>(_ values: [JSONValue], _ transform: (JSONValue) -> T?) -> [T]? {
        let transformed = values.compactMap(transform)
        return transformed.count == values.count ? transformed : nil
    }

    private static func integer(_ value: JSONValue) -> Int64? {
        value.int.map { Int64($0) } ?? value.string.flatMap { Int64($0) }
    }

    private static func text(_ value: JSONValue, _ vr: VR) -> String? {
        if value.isNull { return "" }
        if let number = value.number { return vr == .DS || vr == .IS ? number.text : nil }
        guard vr == .PN, value.object != nil else {
            return value.string?.trimmed(leading: vr.isMultiValued && vr != .PN)
        }
        var groups = ["Alphabetic", "Ideographic", "Phonetic"].map { value[$0]?.string ?? "" }
        while groups.last == "" { groups.removeLast() }
        return groups.joined(separator: "=").trimmed(leading: false)
    }
}
