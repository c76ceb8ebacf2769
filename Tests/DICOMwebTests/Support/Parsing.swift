import DICOMweb

/// One part put together again.
struct WholePart: Equatable {
    var headers: [String: String]
    var content: [UInt8] = []
    var isComplete = false
}

/// Feeds the pieces to a new parser and puts the parts together; an error ends it.
func parse(
    _ pieces: [[UInt8]], boundary: String = "b", limits: MultipartLimits = MultipartLimits()
) -> Result<[WholePart], MultipartError> {
    var parts: [WholePart] = []
    do throws(MultipartError) {
        guard let type = MediaType(#"multipart/related; type="application/dicom"; boundary="\#(boundary)""#) else {
            return .success([])
        }
        var parser = try MultipartParser(contentType: type, limits: limits)
        for piece in pieces {
            parser.feed(piece[...])
            while let event = try parser.next() {
                switch event {
                case .part(let headers): parts.append(WholePart(headers: headers))
                case .bytes(let bytes): parts[parts.count - 1].content += bytes
                case .endOfPart: parts[parts.count - 1].isComplete = true
                }
            }
        }
        try parser.finish()
        return .success(parts)
    } catch {
        return .failure(error)
    }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
