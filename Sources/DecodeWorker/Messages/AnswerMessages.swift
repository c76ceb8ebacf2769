internal import DICOM

/// A decoded frame as a child answers it: attributes, then the pixels.
enum DecodedFrameMessage {
    /// Bytes that the attributes take at most.
    static let maximumAttributeBytes = 128

    /// The attributes; the pixels follow them on the channel.
    static func attributes(_ frame: Frame) -> [UInt8] {
        var writer = WireWriter()
        for value in [
            frame.rows, frame.columns, frame.samplesPerPixel, frame.bitsAllocated, frame.bitsStored, frame.highBit,
        ] { writer.number(value, 4) }
        writer.flag(frame.isSigned)
        writer.text(frame.photometricInterpretation)
        return writer.bytes
    }

    /// Nil unless the frame is consistent and the one that was asked for, by its size and type.
    static func frame(_ body: [UInt8], asked: EncodedFrame, byteCount: Int) -> Frame? {
        var reader = WireReader(body)
        guard let rows = reader.number(4), let columns = reader.number(4), let samples = reader.number(4),
            let allocated = reader.number(4), let stored = reader.number(4), let high = reader.number(4),
            let isSigned = reader.flag(), let photometric = reader.text(limit: 16),
            rows == asked.rows, columns == asked.columns, samples == asked.samplesPerPixel,
            allocated == asked.bitsAllocated, stored == asked.bitsStored, isSigned == asked.isSigned,
            photometric == asked.photometricInterpretation || (samples == 3 && colours.contains(photometric)),
            reader.remaining == byteCount, let pixels = reader.bytes(byteCount)
        else { return nil }
        return Frame(
            rows: rows, columns: columns, samplesPerPixel: samples, bitsAllocated: allocated, bitsStored: stored,
            highBit: high, isSigned: isSigned, photometricInterpretation: photometric, pixels: pixels)
    }

    private static let colours: Set<String> = ["RGB", "YBR_FULL"]
}

/// The words that a child answers.
enum WordsMessage {
    static let maximumWords = 20_000
    static let maximumTextBytes = 1_024
    static let maximumBytes = 8 << 20

    static func body(_ words: [DetectedWord]) -> [UInt8] {
        let words = words.prefix(maximumWords)
        var writer = WireWriter()
        writer.number(words.count, 4)
        for word in words {
            writer.number(Int(truncatingIfNeeded: Int64(bitPattern: word.confidence.bitPattern)), 8)
            for value in [word.left, word.top, word.width, word.height] { writer.number(value, 4) }
            // A word so long is none, but something stands there.
            writer.text(word.text.utf8.count <= maximumTextBytes ? word.text : "")
        }
        return writer.bytes
    }

    /// Nil for anything but words within the frame.
    static func words(_ body: [UInt8], asked: EncodedFrame) -> [DetectedWord]? {
        var reader = WireReader(body)
        guard let count = reader.number(4), count <= maximumWords else { return nil }
        var words: [DetectedWord] = []
        for _ in 0..<count {
            guard let bits = reader.number(8), let left = reader.number(4), let top = reader.number(4),
                let width = reader.number(4), let height = reader.number(4),
                let text = reader.text(limit: maximumTextBytes)
            else { return nil }
            let confidence = Double(bitPattern: UInt64(bitPattern: Int64(bits)))
            guard (0.0...100.0).contains(confidence), left + width <= asked.columns, top + height <= asked.rows
            else { return nil }
            words.append(
                DetectedWord(
                    text: text, confidence: confidence, left: left, top: top, width: width, height: height))
        }
        return reader.isAtEnd ? words : nil
    }
}

/// Why a child did not do what was asked.
enum FailureMessage {
    static let maximumBytes = 128

    static func body(_ error: DICOMError) -> [UInt8] {
        var writer = WireWriter()
        writer.text(error.code.rawValue)
        writer.flag(error.tag != nil)
        writer.number(Int(error.tag?.rawValue ?? 0), 4)
        return writer.bytes
    }

    /// Nil for anything but a reason that a decoder may give.
    static func error(_ body: [UInt8]) -> DICOMError? {
        var reader = WireReader(body)
        guard let code = reader.text(limit: 64).flatMap({ DICOMError.Code(rawValue: $0) }), reasons.contains(code),
            let isTagged = reader.flag(), let tag = reader.number(4), reader.isAtEnd
        else { return nil }
        return DICOMError(code, tag: isTagged ? Tag(rawValue: UInt32(truncatingIfNeeded: tag)) : nil)
    }

    private static let reasons: Set<DICOMError.Code> = [
        .unsupportedTransferSyntax, .invalidPixelAttribute, .tooManyPixels, .pixelDataTooShort,
        .decompressionRatioTooHigh, .decodeFailed, .libraryFault,
    ]
}
