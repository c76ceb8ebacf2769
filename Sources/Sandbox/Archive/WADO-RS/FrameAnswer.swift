import DICOM

/// Pixels without header (PS3.18 §10.4.1.1.6, §8.7.3.3): as stored in the media type of their compression, or decoded as
/// octets.
struct FrameAnswer {
    static let octets = "application/octet-stream"

    let instance: Instance
    let location: String

    /// - Throws: 404 for a frame that is not there, 406 where nothing that can be given is accepted.
    func answer(
        _ numbers: [Int], isBulkData: Bool, _ ranges: [DICOMMediaRange]
    ) throws(ArchiveProblem) -> HTTPExchangeResponse {
        var frames: [EncodedFrame] = []
        for number in numbers {
            do throws(DICOMError) {
                frames.append(try instance.encodedFrame(number - 1))
            } catch {
                let isMissing = [.noPixelData, .noSuchFrame, .pixelDataTooShort].contains(error.code)
                throw isMissing ? .notFound : .notAcceptable
            }
        }
        for range in ranges {
            guard let response = answer(frames, numbers, isBulkData: isBulkData, [range]) else { continue }
            return response
        }
        throw .notAcceptable
    }

    private func answer(
        _ frames: [EncodedFrame], _ numbers: [Int], isBulkData: Bool, _ ranges: [DICOMMediaRange]
    ) -> HTTPExchangeResponse? {
        let stored = frames.first?.transferSyntax ?? .explicitVRLittleEndian
        let explicit = TransferSyntax.explicitVRLittleEndian.uid.value
        if stored.isEncapsulated, let type = Self.mediaType(stored) {
            let parts = zip(frames, numbers).map { frame, number in
                part(Array(frame.fragments.joined()), "\(type); transfer-syntax=\(stored.uid.value)", number)
            }
            let syntaxes = ["*", stored.uid.value]
            if let response = try? Self.answer(parts, type: type, transferSyntaxes: syntaxes, ranges) {
                return response
            }
        }
        guard Self.accepts(Self.octets, transferSyntaxes: ["*", explicit], ranges) else { return nil }
        var contents: [[UInt8]] = []
        for frame in frames {
            guard let pixels = Self.pixels(of: frame) else { return nil }
            contents.append(pixels)
        }
        let type = "\(Self.octets); transfer-syntax=\(explicit)"
        let parts =
            isBulkData
            ? [MultipartPart(contentType: type, contentLocation: bulkLocation, content: Array(contents.joined()))]
            : zip(contents, numbers).map { part($0, type, $1) }
        return try? Self.answer(parts, type: Self.octets, transferSyntaxes: ["*", explicit], ranges)
    }

    private var bulkLocation: String { "\(location)/bulkdata/\(Tag.pixelData.hex)" }

    private func part(_ bytes: [UInt8], _ type: String, _ number: Int) -> MultipartPart {
        MultipartPart(contentType: type, contentLocation: "\(location)/frames/\(number)", content: bytes)
    }

    private static func pixels(of frame: EncodedFrame) -> [UInt8]? {
        guard frame.transferSyntax.isEncapsulated else { return frame.fragments.first }
        return (try? DCMTKFrameDecoder().decode(frame))?.pixels
    }

    private static func accepts(_ type: String, transferSyntaxes: [String], _ ranges: [DICOMMediaRange]) -> Bool {
        ranges.contains { range in
            guard transferSyntaxes.contains(range.transferSyntax ?? "*") else { return false }
            return range.includes(type) || range.includesMultipart(of: type)
        }
    }

    /// Parts of one type as multipart, or a lone part as it is.
    ///
    /// - Throws: 406.
    static func answer(
        _ parts: [MultipartPart], type: String, transferSyntaxes: [String], _ ranges: [DICOMMediaRange]
    ) throws(ArchiveProblem) -> HTTPExchangeResponse {
        for range in ranges where accepts(type, transferSyntaxes: transferSyntaxes, [range]) {
            if range.includesMultipart(of: type) { return ArchiveResponse.multipart(parts, type: type) }
            guard parts.count == 1 else { continue }
            return ArchiveResponse.single(parts[0].content, type: parts[0].contentType ?? type)
        }
        throw .notAcceptable
    }

    /// PS3.18 table 8.7.3-5.
    private static func mediaType(_ syntax: TransferSyntax) -> String? {
        switch syntax {
        case .jpegBaseline, .jpegExtended, .jpegLossless, .jpegLosslessSV1: "image/jpeg"
        case .jpegLSLossless, .jpegLSNearLossless: "image/jls"
        case .jpeg2000Lossless, .jpeg2000: "image/jp2"
        case .rleLossless: "image/dicom-rle"
        default: nil
        }
    }
}
