/// One image frame as it was stored: pixel attributes (PS3.3 C.7.6.3) and bytes, and nothing else. It carries no
/// header, so it can be handed to a decoder outside the process.
public struct EncodedFrame: Hashable, Sendable {
    /// How the fragments are encoded.
    public var transferSyntax: TransferSyntax
    /// Rows (0028,0010).
    public var rows: Int
    /// Columns (0028,0011).
    public var columns: Int
    /// Samples per Pixel (0028,0002).
    public var samplesPerPixel: Int
    /// Bits Allocated (0028,0100).
    public var bitsAllocated: Int
    /// Bits Stored (0028,0101).
    public var bitsStored: Int
    /// High Bit (0028,0102).
    public var highBit: Int
    /// Pixel Representation (0028,0103) = 1.
    public var isSigned: Bool
    /// Photometric Interpretation (0028,0004).
    public var photometricInterpretation: String
    /// Planar Configuration (0028,0006) = 1: colour by plane.
    public var isPlanar: Bool
    /// One member with little-endian pixels for a native syntax, else the fragments of this frame.
    public var fragments: [[UInt8]]

    /// Nothing is checked here; decoders check.
    public init(
        transferSyntax: TransferSyntax, rows: Int, columns: Int, samplesPerPixel: Int = 1, bitsAllocated: Int,
        bitsStored: Int, highBit: Int, isSigned: Bool = false, photometricInterpretation: String,
        isPlanar: Bool = false, fragments: [[UInt8]]
    ) {
        self.transferSyntax = transferSyntax
        self.rows = rows
        self.columns = columns
        self.samplesPerPixel = samplesPerPixel
        self.bitsAllocated = bitsAllocated
        self.bitsStored = bitsStored
        self.highBit = highBit
        self.isSigned = isSigned
        self.photometricInterpretation = photometricInterpretation
        self.isPlanar = isPlanar
        self.fragments = fragments
    }
}

extension EncodedFrame: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted frame \(columns) × \(rows)>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
