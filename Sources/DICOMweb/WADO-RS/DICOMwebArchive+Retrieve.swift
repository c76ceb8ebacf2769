public import DICOM
internal import OutboundHTTP
public import Workflow

extension DICOMwebArchive {
    // `*`: as stored. Without it an archive has to transcode, or refuses.
    private static let acceptedType = #"multipart/related; type="application/dicom"; transfer-syntax=*"#

    /// Retrieves one instance (PS3.18 §10.4) as it is stored.
    ///
    /// - Throws: what the client throws; `notFound` `.wado.empty` when the answer has no part; `interrupted`
    ///   `.wado.partial` (206) and `.wado.truncated` (no closing delimiter); `incorrect` `.wado.notDICOM`,
    ///   `.wado.tooManyParts`, `.wado.multipart`; `unsupported` `.wado.mediaType`.
    public func retrieve(
        _ instance: InstanceReference, of study: UID, into sink: (ArraySlice<UInt8>) async throws(AdapterError) -> Void
    ) async throws(AdapterError) {
        let segments = [
            "studies", study.value, "series", instance.seriesInstanceUID.value,
            "instances", instance.sopInstanceUID.value,
        ]
        guard let path = RequestPath(segments) else { throw wado(.incorrect, "path") }
        let request = OutboundRequest(.get, path, headers: [(name: "Accept", value: Self.acceptedType)])
        try await client.stream(request) { head, chunks async throws(AdapterError) in
            guard head.status != 206 else { throw wado(.interrupted, "partial") }
            guard head.status != 204 else { throw wado(.notFound, "empty") }
            guard let type = head.field("Content-Type").flatMap(MediaType.init) else {
                throw wado(.unsupported, "mediaType")
            }
            switch type.essence {
            case "multipart/related": try await readParts(type, chunks, into: sink)
            case "application/dicom": try await readWhole(chunks, into: sink)
            default: throw wado(.unsupported, "mediaType")
            }
        }
    }

    private func readParts(
        _ type: MediaType, _ chunks: ByteChunks, into sink: (ArraySlice<UInt8>) async throws(AdapterError) -> Void
    ) async throws(AdapterError) {
        var parser = try parsing { () throws(MultipartError) in
            try MultipartParser(contentType: type, limits: multipartLimits)
        }
        var parts = 0
        var file = Part10Beginning()
        for try await chunk in chunks {
            parser.feed(chunk)
            while let event = try parsing({ () throws(MultipartError) in try parser.next() }) {
                switch event {
                case .part:
                    parts += 1
                    guard parts == 1 else { throw wado(.incorrect, "tooManyParts") }
                case .bytes(let bytes):
                    try await pass(bytes, &file, into: sink)
                case .endOfPart:
                    try end(file)
                }
            }
        }
        try parsing { () throws(MultipartError) in try parser.finish() }
        guard parts == 1 else { throw wado(.notFound, "empty") }
    }

    private func readWhole(
        _ chunks: ByteChunks, into sink: (ArraySlice<UInt8>) async throws(AdapterError) -> Void
    ) async throws(AdapterError) {
        var file = Part10Beginning()
        var count = 0
        for try await chunk in chunks {
            count += chunk.count
            guard count <= multipartLimits.partBytes else { throw wado(.incorrect, "multipart") }
            try await pass(chunk, &file, into: sink)
        }
        guard count > 0 else { throw wado(.notFound, "empty") }
        try end(file)
    }

    private func pass(
        _ bytes: ArraySlice<UInt8>, _ file: inout Part10Beginning,
        into sink: (ArraySlice<UInt8>) async throws(AdapterError) -> Void
    ) async throws(AdapterError) {
        guard let checked = file.check(bytes) else { throw wado(.incorrect, "notDICOM") }
        if !checked.isEmpty { try await sink(checked) }
    }

    private func end(_ file: Part10Beginning) throws(AdapterError) {
        guard file.isComplete else { throw wado(.incorrect, "notDICOM") }
    }

    private func parsing<Result>(_ step: () throws(MultipartError) -> Result) throws(AdapterError) -> Result {
        do throws(MultipartError) {
            return try step()
        } catch {
            throw error.code == .truncated ? wado(.interrupted, "truncated") : wado(.incorrect, "multipart")
        }
    }

    private func wado(_ category: ErrorCategory, _ code: String) -> AdapterError {
        AdapterError(category, code: "\(client.name).wado.\(code)")
    }
}
