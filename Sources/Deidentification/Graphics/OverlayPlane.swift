public import DICOM

/// One overlay plane (PS3.3 C.9.2) whose bits stand in its own Overlay Data (60xx,3000). A plane in unused bits of the
/// pixels (retired) is none: those bits are always cleared.
public struct OverlayPlane: Sendable {
    /// The group, 6000…601E.
    public let group: UInt16
    let rows: Int
    let columns: Int
    let frameCount: Int
    private let bits: [UInt8]
    private let described: [DataElement]

    /// Nil where there is no such plane, or it contradicts itself.
    public init?(_ dataSet: DataSet, group: UInt16) {
        let allocated = dataSet.int(Tag(group, 0x0100)) ?? 1
        guard let rows = dataSet.int(Tag(group, 0x0010)), let columns = dataSet.int(Tag(group, 0x0011)),
            (1...65_535).contains(rows), (1...65_535).contains(columns), allocated == 1,
            dataSet.int(Tag(group, 0x0102)) ?? 0 == 0, let data = dataSet.bytes(Tag(group, 0x3000))
        else { return nil }
        let frames = dataSet.int(Tag(group, 0x0015)) ?? 1
        guard (1...100_000).contains(frames) else { return nil }
        let count = rows * columns * frames
        guard data.count >= (count + 7) / 8 else { return nil }
        self.group = group
        self.rows = rows
        self.columns = columns
        frameCount = frames
        var bits = Array(data.prefix((count + 7) / 8))
        if count % 8 != 0 { bits[bits.count - 1] &= UInt8((1 << (count % 8)) - 1) }
        self.bits = bits
        described = dataSet.filter { $0.tag.group == group && Self.drawing.contains($0.tag.element) }
    }

    /// The groups of all planes of a data set, for a search of each one's frames.
    public static func all(in dataSet: DataSet) -> [OverlayPlane] {
        stride(from: UInt16(0x6000), through: 0x601E, by: 2).compactMap { OverlayPlane(dataSet, group: $0) }
    }

    /// Rows, columns, frames, type, origin, first frame, bits allocated and position: what is needed to draw it.
    private static let drawing: Set<UInt16> = [
        0x0010, 0x0011, 0x0015, 0x0040, 0x0050, 0x0051, 0x0100, 0x0102,
    ]

    /// Everything of the plane that is no text; bits behind the last pixel are zero, bytes behind them gone.
    var elements: [DataElement] {
        described + [DataElement(Tag(group, 0x3000), .OW, .bytes(bits + (bits.count % 2 == 1 ? [0] : [])))]
    }

    /// Each frame of the plane as a grey image of 8 bits, white on black: for a search for text.
    public func frame(_ index: Int) -> EncodedFrame? {
        guard (0..<frameCount).contains(index) else { return nil }
        let size = rows * columns
        let pixels = (index * size..<(index + 1) * size).map { bit -> UInt8 in
            bits[bit >> 3] >> UInt8(bit & 7) & 1 == 1 ? 255 : 0
        }
        return EncodedFrame(
            transferSyntax: .explicitVRLittleEndian, rows: rows, columns: columns, bitsAllocated: 8, bitsStored: 8,
            highBit: 7, photometricInterpretation: "MONOCHROME2", fragments: [pixels])
    }

    /// How many frames it has.
    public var frames: Int { frameCount }
}
