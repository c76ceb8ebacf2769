internal import DICOM

/// One overlay plane (PS3.3 C.9.2) whose bits stand in its own Overlay Data (60xx,3000). A plane in unused bits of the
/// pixels (retired) is none: those bits are always cleared.
struct OverlayPlane {
    /// The group, 6000…601E.
    let group: UInt16
    let rows: Int
    let columns: Int
    let frameCount: Int
    /// As many as its frames have pixels, the lowest of a byte first; zero behind the last one.
    let bits: [UInt8]
    private let drawing: [DataElement]

    /// Nil where there is no such plane, it contradicts itself, or is larger than an image here may be.
    init?(_ dataSet: DataSet, group: UInt16) {
        func int(_ element: UInt16) -> Int? { dataSet.int(Tag(group, element)) }
        let frames = int(0x0015) ?? 1
        guard (0x6000...0x601E).contains(group), group % 2 == 0,
            let rows = int(0x0010), let columns = int(0x0011), (1...65_535).contains(rows),
            (1...65_535).contains(columns), int(0x0100) ?? 1 == 1, int(0x0102) ?? 0 == 0,
            (1...max(dataSet.int(.numberOfFrames) ?? 1, 1)).contains(frames), frames <= 100_000,
            rows * columns <= 1 << 26, let data = dataSet.bytes(Tag(group, 0x3000)),
            let drawing = Self.drawing(dataSet, group)
        else { return nil }
        let count = rows * columns * frames
        guard data.count >= (count + 7) / 8 else { return nil }
        (self.group, self.rows, self.columns, frameCount, self.drawing) = (group, rows, columns, frames, drawing)
        var bits = Array(data.prefix((count + 7) / 8))
        if count % 8 != 0 { bits[bits.count - 1] &= UInt8((1 << (count % 8)) - 1) }
        self.bits = bits
    }

    /// All planes of a data set.
    static func all(in dataSet: DataSet) -> [OverlayPlane] {
        stride(from: UInt16(0x6000), through: 0x601E, by: 2).compactMap { OverlayPlane(dataSet, group: $0) }
    }

    /// Where and how it is drawn, in numbers and words of the standard. Nil where what it must have is missing.
    private static func drawing(_ dataSet: DataSet, _ group: UInt16) -> [DataElement]? {
        guard let type = dataSet.string(Tag(group, 0x0040)), ["G", "R"].contains(type) else { return nil }
        let origin = dataSet.ints(Tag(group, 0x0050))
        guard origin.count == 2, origin.allSatisfy({ (-32_768...32_767).contains($0) }) else { return nil }
        var result = DataSet()
        result.set(Tag(group, 0x0040), .CS, type)
        result[Tag(group, 0x0050)] = DataElement(Tag(group, 0x0050), .SS, .integers(origin.map { Int64($0) }))
        if let subtype = dataSet.string(Tag(group, 0x0045)), subtypes.contains(subtype) {
            result.set(Tag(group, 0x0045), .LO, subtype)
        }
        if let first = dataSet.int(Tag(group, 0x0051)), (1...65_535).contains(first) {
            result.set(Tag(group, 0x0051), .US, first)
        }
        // ROI Area, Mean and Standard Deviation.
        for element in [0x1301, 0x1302, 0x1303] as [UInt16] {
            guard let value = dataSet[Tag(group, element)], value.vr == (element == 0x1301 ? .IS : .DS) else {
                continue
            }
            result[value.tag] = ValueRules.kept(value).map { DataElement(value.tag, value.vr, $0) }
        }
        return Array(result)
    }

    /// Defined terms of Overlay Subtype (C.9.2.1.3).
    private static let subtypes: Set<String> = ["USER", "AUTOMATED", "ACTIVE IMAGE AREA"]

    /// The plane without text, and without a bit that is none of its pixels.
    var elements: [DataElement] {
        var result = DataSet(drawing)
        result.set(Tag(group, 0x0010), .US, rows)
        result.set(Tag(group, 0x0011), .US, columns)
        if frameCount > 1 { result.set(Tag(group, 0x0015), .IS, String(frameCount)) }
        result.set(Tag(group, 0x0100), .US, 1)
        result.set(Tag(group, 0x0102), .US, 0)
        let data = bits + (bits.count % 2 == 1 ? [0] : [])
        result[Tag(group, 0x3000)] = DataElement(Tag(group, 0x3000), .OW, .bytes(data))
        return Array(result)
    }

    /// A frame as a grey image of 8 bits, white on black, with a black margin and each pixel as a square of `scale`:
    /// for a search for text. Nil where nothing is drawn in it.
    func picture(_ index: Int, margin: Int, scale: Int) -> EncodedFrame? {
        let size = rows * columns
        let (width, height) = ((columns + 2 * margin) * scale, (rows + 2 * margin) * scale)
        var pixels = [UInt8](repeating: 0, count: width * height)
        var isDrawn = false
        for pixel in 0..<size {
            let bit = index * size + pixel
            guard bits[bit >> 3] >> UInt8(bit & 7) & 1 == 1 else { continue }
            isDrawn = true
            let left = (pixel % columns + margin) * scale
            for row in (pixel / columns + margin) * scale..<(pixel / columns + margin + 1) * scale {
                for column in left..<(left + scale) { pixels[row * width + column] = 255 }
            }
        }
        guard isDrawn else { return nil }
        return EncodedFrame(
            transferSyntax: .explicitVRLittleEndian, rows: height, columns: width, bitsAllocated: 8, bitsStored: 8,
            highBit: 7, photometricInterpretation: "MONOCHROME2", fragments: [pixels])
    }
}
