internal import DICOM
internal import Deidentification

/// The frames of one instance on their way: cleaned, and where the plan asks for it decoded, masked and searched for
/// text. What it needs in memory is one frame, or a piece of native pixels.
struct PixelExamination {
    private let stored: StoredInstance
    private let cleaner: FrameCleaner
    private var examination: BurnedInExamination
    private let readers: PixelReaders

    /// Pieces of native pixels that need not be frames; they hold whole samples of every size.
    private static let piece = 1 << 20
    /// Bytes of one frame's fragments.
    private static let largestStream = 1 << 30

    init(_ stored: StoredInstance, _ cleaner: FrameCleaner, _ examination: BurnedInExamination, _ readers: PixelReaders)
    {
        self.stored = stored
        self.cleaner = cleaner
        self.examination = examination
        self.readers = readers
    }

    /// How Pixel Data will be written.
    var form: InstanceWriter.PixelData {
        cleaner.way == .stripped ? .encapsulated(stored.transferSyntax) : .native(length: cleaner.nativeLength)
    }

    /// Photometric Interpretation (0028,0004) of decoded frames, which a codec may change; nil where nothing is decoded.
    func decodedPhotometric(from file: inout OpenedFile) throws(LeftOut) -> String? {
        guard cleaner.way == .decoded, let pixels = stored.pixelData else { return nil }
        var first: [UInt8] = []
        if pixels.isEncapsulated {
            var frames = try FrameStreams(pixels, cleaner)
            let stream = try frames.next(from: &file) ?? []
            first = try LeftOut.rules { () throws(DeidentificationError) in try cleaner.clean(stream: stream) }
        } else {
            first = try LeftOut.dicom { () throws(DICOMError) in try pixels.bytes(0..<cleaner.frameLength, from: &file)
            }
        }
        return try decoded(first).photometricInterpretation
    }

    private func decoded(_ frame: [UInt8]) throws(LeftOut) -> Frame {
        try LeftOut.dicom { () throws(DICOMError) in
            try cleaner.decoded(try stored.encodedFrame(of: frame), by: readers.decoder)
        }
    }

    /// Writes all frames and answers what is known of text in them. Throws why they cannot be written, or may not.
    mutating func write(from file: inout OpenedFile, to sink: inout InstanceSink) throws(LeftOut) -> BurnedInVerdict {
        guard let pixels = stored.pixelData else { throw LeftOut("dicom.noPixelData") }
        if pixels.isEncapsulated {
            try writeStreams(pixels, from: &file, to: &sink)
        } else if isExamined || cleaner.way == .decoded {
            try writeFrames(pixels, from: &file, to: &sink)
        } else {
            try writePieces(pixels, from: &file, to: &sink)
        }
        let verdict = examination.verdict(numberOfFrames: cleaner.frameCount)
        if case .quarantine(let reason) = verdict { throw LeftOut("pixels.\(reason.rawValue)") }
        return verdict
    }

    private var isExamined: Bool { if case .examine = examination.plan { true } else { false } }
    private var isMasked: Bool { if case .examine(.some) = examination.plan { true } else { false } }

    private func writePieces(
        _ pixels: StoredPixelData, from file: inout OpenedFile, to sink: inout InstanceSink
    ) throws(LeftOut) {
        guard pixels.byteCount >= cleaner.nativeLength else { throw LeftOut("dicom.pixelDataTooShort") }
        var start = 0
        while start < cleaner.nativeLength {
            let end = min(start + Self.piece, cleaner.nativeLength)
            var bytes = try LeftOut.dicom { () throws(DICOMError) in try pixels.bytes(start..<end, from: &file) }
            cleaner.clean(native: &bytes)
            try sink.write(bytes)
            start = end
        }
    }

    private mutating func writeFrames(
        _ pixels: StoredPixelData, from file: inout OpenedFile, to sink: inout InstanceSink
    ) throws(LeftOut) {
        let length = cleaner.frameLength
        // Frames of one bit a sample may begin within a byte: no decoder here takes them.
        guard length > 0 else { throw LeftOut("pixels.textDetectionUnavailable") }
        guard pixels.byteCount / length >= cleaner.frameCount else { throw LeftOut("dicom.pixelDataTooShort") }
        for frame in 0..<cleaner.frameCount {
            let range = (frame * length)..<((frame + 1) * length)
            var bytes = try LeftOut.dicom { () throws(DICOMError) in try pixels.bytes(range, from: &file) }
            if try writeDecoded(bytes, to: &sink) { continue }
            cleaner.clean(native: &bytes)
            try sink.write(bytes)
        }
    }

    private mutating func writeStreams(
        _ pixels: StoredPixelData, from file: inout OpenedFile, to sink: inout InstanceSink
    ) throws(LeftOut) {
        var frames = try FrameStreams(pixels, cleaner)
        while let stream = try frames.next(from: &file) {
            // What leaves is what is searched; and codecs refuse much that may stand around a stream.
            let cleaned = try LeftOut.rules { () throws(DeidentificationError) in try cleaner.clean(stream: stream) }
            if try writeDecoded(cleaned, to: &sink) { continue }
            let around = InstanceWriter.fragment(cleaned.count)
            try sink.write(around.before)
            try sink.write(cleaned)
            try sink.write(around.after)
        }
    }

    /// Examines a stored frame if the plan says so, and writes it where it must be decoded; whether it did.
    private mutating func writeDecoded(_ frame: [UInt8], to sink: inout InstanceSink) throws(LeftOut) -> Bool {
        guard cleaner.way == .decoded else {
            guard isExamined else { return false }
            _ = try examined(try LeftOut.dicom { () throws(DICOMError) in try stored.encodedFrame(of: frame) })
            return false
        }
        let decoded = try decoded(frame)
        let masked = try examined(EncodedFrame(decoded))
        guard masked != nil || !isMasked else { throw LeftOut("pixels.maskSizeDiffers") }
        let pixels = try LeftOut.rules { () throws(DeidentificationError) in try cleaner.native(masked ?? decoded) }
        try sink.write(pixels)
        return true
    }

    /// What is left of a frame under the mask, if there is one.
    private mutating func examined(_ frame: EncodedFrame) throws(LeftOut) -> Frame? {
        guard isExamined else { return nil }
        let masked = examination.examine(frame, decoder: readers.decoder, detector: readers.detector)
        if case .quarantine(let reason) = examination.verdict(numberOfFrames: examination.frameCount) {
            throw LeftOut("pixels.\(reason.rawValue)")
        }
        return masked
    }
}

/// What looks at pixels, in a process of its own or in this one.
struct PixelReaders: Sendable {
    let decoder: any FrameDecoder
    /// Nil where nothing searches for text: who needs it is held back then.
    let detector: (any TextDetector)?
}
