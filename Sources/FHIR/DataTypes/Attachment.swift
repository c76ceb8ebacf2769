public import JSON

/// Content in another format, inside the resource (R4 §2.24.0.4).
public struct Attachment: Hashable, Redacted, ElementValue {
    public var contentType: String
    /// The content itself; base64 is made on writing.
    public var data: [UInt8]
    public var title: String?
    public var creation: FHIRDateTime?

    public init(contentType: String, data: [UInt8], title: String? = nil, creation: FHIRDateTime? = nil) {
        self.contentType = contentType
        self.data = data
        self.title = title
        self.creation = creation
    }

    public var json: JSONValue {
        JSONObject(elements: [
            "contentType": contentType, "data": base64(data), "title": title, "creation": creation?.text,
        ]).json
    }
}

/// base64 with padding and without line breaks (RFC 4648 §4), as the `base64Binary` type asks.
public func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var output: [UInt8] = []
    output.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let count = min(3, bytes.count - start)
        let group =
            UInt32(bytes[start]) << 16
            | (count > 1 ? UInt32(bytes[start + 1]) << 8 : 0)
            | (count > 2 ? UInt32(bytes[start + 2]) : 0)
        for position in 0..<4 {
            let sextet = Int(group >> UInt32(18 - 6 * position) & 0x3F)
            output.append(position <= count ? alphabet[sextet] : 0x3D)
        }
    }
    return String(decoding: output, as: UTF8.self)
}
