internal import DICOM

/// The kinds of compressed streams whose structure is understood here.
enum StreamKind: Sendable {
    case jpeg
    case jpeg2000
    case runLength

    /// Nil for every other syntax: video, JPEG XL, references to a server, and what is not known.
    init?(_ syntax: TransferSyntax) {
        switch syntax {
        case .jpegBaseline, .jpegExtended, .jpegLossless, .jpegLosslessSV1, .jpegLSLossless, .jpegLSNearLossless:
            self = .jpeg
        case .rleLossless: self = .runLength
        case _ where Self.jpeg2000Syntaxes.contains(syntax.uid.value): self = .jpeg2000
        default: return nil
        }
    }

    /// JPEG 2000 (part 1) and High-Throughput JPEG 2000: one structure of codestream.
    private static let jpeg2000Syntaxes: Set<String> = [
        "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202",
        "1.2.840.10008.1.2.4.203",
    ]

    /// The stream with nothing in it but what decoding needs; nil where it is not understood.
    func cleaned(_ stream: [UInt8], _ layout: PixelLayout) -> [UInt8]? {
        switch self {
        case .jpeg: JPEGStream.withoutTexts(stream)
        case .jpeg2000: JPEG2000Stream.withoutTexts(stream)
        case .runLength: RunLengthStream.withoutRemains(stream, layout)
        }
    }

    /// The picture that a cleaned stream says it holds; nil for RLE, whose segments are counted as they are cleaned.
    /// - Throws: `pixelDataNotCleanable` where it does not say so.
    func shape(of cleaned: [UInt8]) throws(DeidentificationError) -> StreamShape? {
        switch self {
        case .jpeg: if let frame = JPEGStream.frame(of: cleaned) { return StreamShape(frame) }
        case .jpeg2000: if let size = JPEG2000Stream.size(of: cleaned) { return StreamShape(size) }
        case .runLength: return nil
        }
        throw DeidentificationError(.pixelDataNotCleanable, tag: .pixelData)
    }

    /// Whether a fragment begins a frame, where no table says so; nil where each fragment is a frame (PS3.5 §A.4.2).
    func begins(_ fragment: [UInt8]) -> Bool? {
        switch self {
        case .jpeg: fragment.starts(with: [0xFF, 0xD8])
        case .jpeg2000:
            fragment.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) || JPEG2000Stream.isFile(fragment)
        case .runLength: nil
        }
    }
}
