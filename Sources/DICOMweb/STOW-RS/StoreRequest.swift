internal import OutboundHTTP
internal import Workflow

/// One store transaction (PS3.18 §10.5): `multipart/related` with one part for each object, in pieces that are sent one
/// after the other without being joined.
struct StoreRequest {
    /// At most so many bytes of objects in one request, but always one object.
    static let mostBytes = 32 << 20
    /// At most so many objects in one request.
    static let mostObjects = 64

    let objects: ArraySlice<ExportObject>
    let path: RequestPath

    /// Objects in their order, cut into requests.
    static func batches(_ objects: [ExportObject]) -> [ArraySlice<ExportObject>] {
        var batches: [ArraySlice<ExportObject>] = []
        var (start, bytes) = (0, 0)
        for (index, object) in objects.enumerated() {
            let isFull = bytes + object.bytes.count > mostBytes || index - start >= mostObjects
            if isFull, index > start {
                batches.append(objects[start..<index])
                (start, bytes) = (index, 0)
            }
            bytes += object.bytes.count
        }
        if start < objects.count { batches.append(objects[start...]) }
        return batches
    }

    private static func holds(_ bytes: [UInt8], _ boundary: String) -> Bool {
        ByteSearch(Array("--\(boundary)".utf8)).firstIndex(in: bytes, from: 0) != nil
    }

    /// The request, with a boundary that stands in no object.
    ///
    /// - Parameter random: a fresh random text of 32 characters; asked again in the unlikely case that it stands in an
    ///   object.
    func request(random: () -> String) -> OutboundRequest {
        var boundary = random()
        while objects.contains(where: { Self.holds($0.bytes, boundary) }) { boundary = random() }
        var pieces: [[UInt8]] = []
        for object in objects {
            pieces.append(Array("--\(boundary)\r\nContent-Type: application/dicom\r\n\r\n".utf8))
            pieces.append(object.bytes)
            pieces.append(Array("\r\n".utf8))
        }
        pieces.append(Array("--\(boundary)--\r\n".utf8))
        return OutboundRequest(
            .post, path,
            headers: [
                (name: "Content-Type", value: "multipart/related; type=\"application/dicom\"; boundary=\(boundary)"),
                (name: "Accept", value: "application/dicom+json"),
            ], pieces: pieces)
    }
}
