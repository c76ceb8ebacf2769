internal import DICOM
internal import Deidentification

/// The compressed stream of one frame after the other, put together from its fragments; one is in memory.
struct FrameStreams {
    private let pixels: StoredPixelData
    private var assembly: FrameAssembly
    private var fragment = 0
    private var pending = 0
    private var isFinished = false

    /// Bytes of one frame's fragments.
    private static let largest = 1 << 30

    init(_ pixels: StoredPixelData, _ cleaner: FrameCleaner) throws(LeftOut) {
        guard let assembly = cleaner.assembly(offsets: pixels.basicOffsets) else {
            throw LeftOut("deidentification.pixelDataNotCleanable")
        }
        self.pixels = pixels
        self.assembly = assembly
    }

    /// The next one; nil behind the last. Throws why fragments are no frames.
    mutating func next(from file: inout OpenedFile) throws(LeftOut) -> [UInt8]? {
        while fragment < pixels.fragmentCount {
            let length = pixels.fragmentLength(fragment)
            guard pending + length <= Self.largest else { throw LeftOut("dicom.tooManyPixels") }
            let bytes = try LeftOut.dicom { () throws(DICOMError) in try pixels.fragment(fragment, from: &file) }
            fragment += 1
            pending += length
            let complete = try LeftOut.rules { () throws(DeidentificationError) in try assembly.append(bytes) }
            if let complete {
                pending = length
                return complete
            }
        }
        guard !isFinished else { return nil }
        isFinished = true
        return try LeftOut.rules { () throws(DeidentificationError) in try assembly.finish() }
    }
}
