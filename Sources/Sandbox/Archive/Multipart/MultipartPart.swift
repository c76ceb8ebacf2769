/// One part of a multipart body (RFC 2046 §5.1).
struct MultipartPart: Sendable, Equatable {
    var contentType: String?
    var contentLocation: String?
    var content: [UInt8]

    /// The parts as a body. The boundary must stand in none of them.
    static func body(_ parts: [MultipartPart], boundary: String) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(parts.reduce(64) { $0 + $1.content.count + 512 })
        for part in parts {
            body += "--\(boundary)\r\n".utf8
            if let type = part.contentType { body += "Content-Type: \(type)\r\n".utf8 }
            if let location = part.contentLocation { body += "Content-Location: \(location)\r\n".utf8 }
            body += "\r\n".utf8
            body += part.content
            body += "\r\n".utf8
        }
        body += "--\(boundary)--\r\n".utf8
        return body
    }
}
