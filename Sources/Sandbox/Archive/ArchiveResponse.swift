import JSON

/// The responses of the archive.
enum ArchiveResponse {
    static let dicomJSON = "application/dicom+json"

    /// The status with constant words as JSON (a status report of PS3.18 §8.6.2 in no fixed form).
    static func problem(_ problem: ArchiveProblem) -> HTTPExchangeResponse {
        let body: JSONValue = ["status": .number(JSONNumber(problem.status)), "errorMessage": .string(problem.message)]
        return json(body, status: problem.status, type: "application/json")
    }

    static func json(_ value: JSONValue, status: Int = 200, type: String = dicomJSON) -> HTTPExchangeResponse {
        single(value.serialized(), type: type, status: status)
    }

    static func single(_ body: [UInt8], type: String, status: Int = 200) -> HTTPExchangeResponse {
        HTTPExchangeResponse(status: status, headers: [(name: "Content-Type", value: type)], body: body)
    }

    /// `multipart/related` (RFC 2387) of parts of one kind.
    static func multipart(_ parts: [MultipartPart], type: String) -> HTTPExchangeResponse {
        // Nobody who stored a file can have known it, so no part contains it.
        let boundary =
            "sandbox-" + String(UInt64.random(in: .min ... .max), radix: 16)
            + String(UInt64.random(in: .min ... .max), radix: 16)
        return single(
            MultipartPart.body(parts, boundary: boundary),
            type: #"multipart/related; type="\#(type)"; boundary=\#(boundary)"#)
    }
}
