internal import DICOM

/// How the samples of an image lie (PS3.3 C.7.6.3, PS3.5 §8.1).
struct PixelLayout: Sendable, Hashable {
    let rows: Int
    let columns: Int
    let samplesPerPixel: Int
    let bitsAllocated: Int
    let bitsStored: Int
    let highBit: Int
    let isSigned: Bool
    let frames: Int
    /// Samples that one frame holds, fewer than rows × columns × samples for subsampled colour.
    let samplesPerFrame: Int

    /// Bytes of one native frame; 0 where the next one begins within its last byte.
    var frameLength: Int {
        if frames == 1 { return length }
        return bitsAllocated == 1 && samplesPerFrame % 8 != 0 ? 0 : samplesPerFrame * bitsAllocated / 8
    }

    /// Bytes of all native frames: frames of one bit a sample follow each other without padding (PS3.5 §8.1.1).
    var length: Int { (samplesPerFrame * bitsAllocated * frames + 7) / 8 }

    /// Bytes of all frames once they are decoded: subsampled colour has all its samples then.
    var decodedLength: Int { (rows * columns * samplesPerPixel * bitsAllocated * frames + 7) / 8 }

    /// Throws `pixelDataNotCleanable` with the tag of what is missing, out of range, or contradicts the rest.
    init(_ header: DataSet, isEncapsulated: Bool) throws(DeidentificationError) {
        func value(_ tag: Tag, _ range: ClosedRange<Int>) throws(DeidentificationError) -> Int {
            guard let value = header.int(tag), range.contains(value) else {
                throw DeidentificationError(.pixelDataNotCleanable, tag: tag)
            }
            return value
        }
        rows = try value(.rows, 1...65_535)
        columns = try value(.columns, 1...65_535)
        samplesPerPixel = try value(.samplesPerPixel, 1...4)
        bitsAllocated = try value(.bitsAllocated, 1...64)
        guard [1, 8, 16, 32, 64].contains(bitsAllocated) else {
            throw DeidentificationError(.pixelDataNotCleanable, tag: .bitsAllocated)
        }
        bitsStored = try value(.bitsStored, 1...bitsAllocated)
        highBit = try value(.highBit, (bitsStored - 1)...(bitsAllocated - 1))
        isSigned = header.int(.pixelRepresentation) == 1
        // One that cannot be read counts as one, as everywhere; what is beyond that frame goes.
        let stated = max(header.int(.numberOfFrames) ?? 1, 1)
        guard stated <= 10_000_000 else {
            throw DeidentificationError(.pixelDataNotCleanable, tag: .numberOfFrames)
        }
        frames = stated
        let pixels = rows * columns
        samplesPerFrame =
            switch header.string(.photometricInterpretation) {
            // Native subsampled colour (C.7.6.3.1.2): two luminances share their colours, or four do.
            case "YBR_FULL_422" where !isEncapsulated, "YBR_PARTIAL_422" where !isEncapsulated: pixels * 2
            case "YBR_PARTIAL_420" where !isEncapsulated: pixels * 3 / 2
            default: pixels * samplesPerPixel
            }
        let largest = max(samplesPerFrame, pixels * samplesPerPixel)
        guard !largest.multipliedReportingOverflow(by: bitsAllocated * frames).overflow else {
            throw DeidentificationError(.pixelDataNotCleanable, tag: .numberOfFrames)
        }
    }
}
