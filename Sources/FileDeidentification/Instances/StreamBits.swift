internal import DICOM
internal import Deidentification

/// A look through the compressed streams of one file before anything is written: whether bits that are no part of a
/// sample hold something. It costs a decoder only where a stream has more bits than the header says.
struct StreamBits {
    private let stored: StoredInstance
    private let cleaner: FrameCleaner
    private let decoder: any FrameDecoder

    init(_ stored: StoredInstance, _ cleaner: FrameCleaner, _ decoder: any FrameDecoder) {
        (self.stored, self.cleaner, self.decoder) = (stored, cleaner, decoder)
    }

    /// Whether one of the frames does. Throws why that cannot be known.
    func holdMore(in file: inout OpenedFile) throws(LeftOut) -> Bool {
        guard cleaner.hasUnusedBits, let pixels = stored.pixelData, pixels.isEncapsulated else { return false }
        var frames = try FrameStreams(pixels, cleaner)
        while let stream = try frames.next(from: &file) {
            guard !Task.isCancelled else { throw LeftOut.interrupted }
            let cleaned = try LeftOut.rules { () throws(DeidentificationError) in try cleaner.clean(stream: stream) }
            guard try LeftOut.rules({ () throws(DeidentificationError) in try cleaner.mayHoldMore(stream: cleaned) })
            else { continue }
            let frame = try LeftOut.dicom { () throws(DICOMError) in try stored.encodedFrame(of: cleaned) }
            let holds = try LeftOut.rules { () throws(DeidentificationError) in
                try cleaner.holdsMore(frame, decoder: decoder)
            }
            if holds { return true }
        }
        return false
    }
}
