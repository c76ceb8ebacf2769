import JSON

/// Names and limits of the bundle format (`docs/comply/log-format.md`).
enum BundleFormat {
    static let kind = "imaging-gateway/audit-bundle/v1"
    static let version = 1
    /// Of one line with its newline.
    static let lineLimit = 4 << 20
    static let limits = JSONLimits(bytes: lineLimit, depth: 8, values: 100_000)

    /// The object of a line: canonical JSON with a newline behind it.
    static func object(of line: [UInt8]) -> JSONObject? {
        guard line.last == 0x0a, line.count <= lineLimit,
            let json = try? JSONValue(parsing: Array(line.dropLast()), limits: limits),
            json.serialized(.canonical) == line.dropLast()
        else { return nil }
        return json.object
    }

    /// The texts of an array of strings.
    static func texts(_ value: JSONValue?) -> [String]? {
        guard let elements = value?.array else { return nil }
        let texts = elements.compactMap(\.string)
        return texts.count == elements.count ? texts : nil
    }
}
