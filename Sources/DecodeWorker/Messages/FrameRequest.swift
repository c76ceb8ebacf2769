internal import DICOM

/// One frame that a child is to look at: pixels and their attributes, and nothing else of a file.
struct FrameRequest: Hashable {
    /// Bytes of encoded pixels that are still sent.
    static let maximumEncodedBytes = 256 << 20
    static let maximumFragments = 65_536
    /// Bytes that everything but the pixels may take.
    static let maximumAttributeBytes = 256 + 4 * maximumFragments

    /// What is wanted of it.
    enum Operation: UInt8 {
        case decode = 1
        case words = 2
    }

    let operation: Operation
    let frame: EncodedFrame
    /// How long the parent waits for an answer.
    let seconds: Int

    init(_ operation: Operation, _ frame: EncodedFrame, seconds: Int) {
        (self.operation, self.frame) = (operation, frame)
        self.seconds = min(max(seconds, 0), Int(UInt32.max))
    }

    /// The body of the message. Throws `tooManyPixels` for more than is sent.
    func body() throws(DICOMError) -> [UInt8] {
        let encoded = frame.fragments.reduce(0) { $0 + $1.count }
        guard encoded <= Self.maximumEncodedBytes, frame.fragments.count <= Self.maximumFragments else {
            throw DICOMError(.tooManyPixels, tag: .pixelData)
        }
        var writer = WireWriter(capacity: encoded + 256 + 4 * frame.fragments.count)
        writer.number(Int(operation.rawValue), 1)
        writer.number(seconds, 4)
        writer.text(frame.transferSyntax.uid.value)
        for value in [frame.rows, frame.columns, frame.samplesPerPixel, frame.bitsAllocated, frame.bitsStored] {
            writer.number(value, 4)
        }
        writer.number(frame.highBit, 4)
        writer.flag(frame.isSigned)
        writer.flag(frame.isPlanar)
        writer.text(frame.photometricInterpretation)
        writer.number(frame.fragments.count, 4)
        for fragment in frame.fragments { writer.number(fragment.count, 4) }
        for fragment in frame.fragments { writer.append(fragment) }
        return writer.bytes
    }

    /// Nil for anything but exactly what `body` writes.
    init?(body: [UInt8]) {
        var reader = WireReader(body)
        guard let operation = reader.bytes(1).flatMap({ Operation(rawValue: $0[0]) }),
            let seconds = reader.number(4), let uid = reader.text(limit: 64).flatMap({ UID($0) }),
            let rows = reader.number(4),
            let columns = reader.number(4), let samples = reader.number(4), let allocated = reader.number(4),
            let stored = reader.number(4), let high = reader.number(4), let isSigned = reader.flag(),
            let isPlanar = reader.flag(), let photometric = reader.text(limit: 64), let count = reader.number(4),
            count <= Self.maximumFragments
        else { return nil }
        var lengths: [Int] = []
        for _ in 0..<count {
            guard let length = reader.number(4) else { return nil }
            lengths.append(length)
        }
        guard lengths.reduce(0, +) == reader.remaining else { return nil }
        self.operation = operation
        self.seconds = seconds
        frame = EncodedFrame(
            transferSyntax: TransferSyntax(uid), rows: rows, columns: columns, samplesPerPixel: samples,
            bitsAllocated: allocated, bitsStored: stored, highBit: high, isSigned: isSigned,
            photometricInterpretation: photometric, isPlanar: isPlanar,
            fragments: lengths.compactMap { reader.bytes($0) })
    }
}
