internal import JSON

/// A picture inside a report, if it is one that may be shown: PNG or JPEG, by its type and by its first bytes.
struct ReportPicture {
    let contentType: String
    let data: String
    let title: String?

    private static let largest = 12 << 20
    /// base64 of the first bytes of the two formats.
    private static let beginnings = ["image/png": "iVBORw0KGgo", "image/jpeg": "/9j/"]

    init?(_ attachment: JSONValue) {
        guard let type = attachment["contentType"]?.string, let beginning = Self.beginnings[type],
            let data = attachment["data"]?.string, data.utf8.count <= Self.largest, data.hasPrefix(beginning),
            PrimitiveType.isBase64(data)
        else { return nil }
        contentType = type
        self.data = data
        title = attachment["title"]?.string
    }

    var source: String { "data:\(contentType);base64,\(data)" }
}
