internal import DICOM

/// Removes from pixel data what is no pixel (PS3.15 §E.3.1 on overlays; JPEG comments).
enum PixelCleaner {
    /// Throws `pixelDataNotCleanable`.
    static func clean(_ instance: Instance, index: Int) throws(DeidentificationError) -> PixelData? {
        switch instance.pixelData {
        case nil: return nil
        case .native(let bytes)?: return .native(withoutUnusedBits(bytes, instance.dataSet))
        case .encapsulated(let offsets, let fragments)?:
            let syntax = instance.transferSyntax
            if syntax == .rleLossless { return .encapsulated(offsets: offsets, fragments: fragments) }
            guard let syntax, jpeg.contains(syntax) else {
                throw DeidentificationError(.pixelDataNotCleanable, instance: index, tag: .transferSyntaxUID)
            }
            return .encapsulated(offsets: [], fragments: try streams(instance, fragments, index: index))
        }
    }

    private static let jpeg: Set<TransferSyntax> = [
        .jpegBaseline, .jpegExtended, .jpegLossless, .jpegLosslessSV1, .jpegLSLossless, .jpegLSNearLossless,
    ]

    /// One cleaned stream for each frame, so that no offset table is needed.
    private static func streams(_ instance: Instance, _ fragments: [[UInt8]], index: Int)
        throws(DeidentificationError) -> [[UInt8]]
    {
        let frames = instance.numberOfFrames == 1 ? [Array(fragments.joined())] : fragments
        let cleaned = frames.compactMap { JPEGStream.withoutTexts($0) }
        guard frames.count == instance.numberOfFrames, cleaned.count == frames.count else {
            throw DeidentificationError(.pixelDataNotCleanable, instance: index, tag: .pixelData)
        }
        return cleaned
    }

    /// Bits of a 16-bit sample that hold no pixel can hold an old overlay (PS3.5 §8.1.2): they become zero, or the
    /// sign.
    private static func withoutUnusedBits(_ bytes: [UInt8], _ dataSet: DataSet) -> [UInt8] {
        guard dataSet.int(.bitsAllocated) == 16, let stored = dataSet.int(.bitsStored),
            let highBit = dataSet.int(.highBit), (1...16).contains(stored), highBit < 16, highBit >= stored - 1,
            stored < 16
        else { return bytes }
        let mask = UInt16(truncatingIfNeeded: (1 << stored) - 1) << UInt16(highBit + 1 - stored)
        let sign: UInt16 = dataSet.int(.pixelRepresentation) == 1 ? 1 << UInt16(highBit) : 0
        let above = highBit == 15 ? 0 : UInt16.max << UInt16(highBit + 1)
        var result = bytes
        for start in stride(from: 0, to: bytes.count - 1, by: 2) {
            let word = UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8
            let clean = word & mask | (word & sign != 0 ? above : 0)
            guard clean != word else { continue }
            result[start] = UInt8(clean & 0xFF)
            result[start + 1] = UInt8(clean >> 8)
        }
        return result
    }
}
