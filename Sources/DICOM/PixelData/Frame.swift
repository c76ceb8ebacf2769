/// One decoded image frame.
public struct Frame: Hashable, Sendable {
    /// Rows (0028,0010).
    public let rows: Int
    /// Columns (0028,0011).
    public let columns: Int
    /// Samples per Pixel (0028,0002).
    public let samplesPerPixel: Int
    /// 1, 8, 16 or 32 (0028,0100). Single bits are unpacked: one byte each, 0 or 1.
    public let bitsAllocated: Int
    /// Bits Stored (0028,0101).
    public let bitsStored: Int
    /// High Bit (0028,0102).
    public let highBit: Int
    /// Pixel Representation (0028,0103) = 1.
    public let isSigned: Bool
    /// Photometric Interpretation (0028,0004).
    public let photometricInterpretation: String
    /// Rows × columns × samples of `bytesPerSample`, little endian, colour by pixel; bits above `highBit` as they were
    /// stored.
    public let pixels: [UInt8]

    /// Bytes that one sample takes in `pixels`: 1, 2 or 4.
    public var bytesPerSample: Int { Self.bytesPerSample(bitsAllocated: bitsAllocated) }

    static func bytesPerSample(bitsAllocated: Int) -> Int { max(bitsAllocated / 8, 1) }

    /// Nil unless `pixels` has exactly the size that the attributes say and the attributes are consistent.
    public init?(
        rows: Int, columns: Int, samplesPerPixel: Int = 1, bitsAllocated: Int, bitsStored: Int, highBit: Int? = nil,
        isSigned: Bool = false, photometricInterpretation: String, pixels: [UInt8]
    ) {
        let highBit = highBit ?? bitsStored - 1
        guard rows > 0, columns > 0, rows <= 65_535, columns <= 65_535, samplesPerPixel == 1 || samplesPerPixel == 3,
            [1, 8, 16, 32].contains(bitsAllocated), bitsStored > 0, bitsStored <= bitsAllocated,
            highBit < bitsAllocated, highBit >= bitsStored - 1,
            pixels.count == rows * columns * samplesPerPixel * Self.bytesPerSample(bitsAllocated: bitsAllocated)
        else { return nil }
        self.rows = rows
        self.columns = columns
        self.samplesPerPixel = samplesPerPixel
        self.bitsAllocated = bitsAllocated
        self.bitsStored = bitsStored
        self.highBit = highBit
        self.isSigned = isSigned
        self.photometricInterpretation = photometricInterpretation
        self.pixels = pixels
    }

    /// The stored value of one sample: shifted down to bit 0, masked to Bits Stored, sign extended (PS3.5 §8.1.1). The
    /// caller keeps `index` within rows × columns × samples.
    public func storedValue(at index: Int) -> Int {
        let width = bytesPerSample
        var raw = 0
        for byte in 0..<width { raw |= Int(pixels[width * index + byte]) << (8 * byte) }
        let value = (raw >> (highBit + 1 - bitsStored)) & ((1 << bitsStored) - 1)
        return isSigned && value >> (bitsStored - 1) == 1 ? value - (1 << bitsStored) : value
    }
}

extension Frame: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted frame \(columns) × \(rows)>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
