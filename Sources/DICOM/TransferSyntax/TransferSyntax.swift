/// A transfer syntax (PS3.5 Annex A, PS3.6 table A-1).
public struct TransferSyntax: Hashable, Sendable {
    /// Transfer Syntax UID.
    public let uid: UID

    /// Any transfer syntax, known here or not.
    public init(_ uid: UID) { self.uid = uid }

    init(constant: StaticString) { uid = UID(constant: constant) }

    /// Implicit VR Little Endian.
    public static let implicitVRLittleEndian = TransferSyntax(constant: "1.2.840.10008.1.2")
    /// Explicit VR Little Endian.
    public static let explicitVRLittleEndian = TransferSyntax(constant: "1.2.840.10008.1.2.1")
    /// Deflated Explicit VR Little Endian.
    public static let deflatedExplicitVRLittleEndian = TransferSyntax(constant: "1.2.840.10008.1.2.1.99")
    /// Explicit VR Big Endian (retired).
    public static let explicitVRBigEndian = TransferSyntax(constant: "1.2.840.10008.1.2.2")
    /// JPEG Baseline (Process 1).
    public static let jpegBaseline = TransferSyntax(constant: "1.2.840.10008.1.2.4.50")
    /// JPEG Extended (Process 2 and 4).
    public static let jpegExtended = TransferSyntax(constant: "1.2.840.10008.1.2.4.51")
    /// JPEG Lossless (Process 14).
    public static let jpegLossless = TransferSyntax(constant: "1.2.840.10008.1.2.4.57")
    /// JPEG Lossless (Process 14, Selection Value 1).
    public static let jpegLosslessSV1 = TransferSyntax(constant: "1.2.840.10008.1.2.4.70")
    /// JPEG-LS Lossless.
    public static let jpegLSLossless = TransferSyntax(constant: "1.2.840.10008.1.2.4.80")
    /// JPEG-LS Near-Lossless.
    public static let jpegLSNearLossless = TransferSyntax(constant: "1.2.840.10008.1.2.4.81")
    /// JPEG 2000 Lossless Only.
    public static let jpeg2000Lossless = TransferSyntax(constant: "1.2.840.10008.1.2.4.90")
    /// JPEG 2000.
    public static let jpeg2000 = TransferSyntax(constant: "1.2.840.10008.1.2.4.91")
    /// High-Throughput JPEG 2000 Lossless Only.
    public static let htj2kLossless = TransferSyntax(constant: "1.2.840.10008.1.2.4.201")
    /// High-Throughput JPEG 2000 with RPCL Options Lossless Only.
    public static let htj2kLosslessRPCL = TransferSyntax(constant: "1.2.840.10008.1.2.4.202")
    /// High-Throughput JPEG 2000.
    public static let htj2k = TransferSyntax(constant: "1.2.840.10008.1.2.4.203")
    /// RLE Lossless.
    public static let rleLossless = TransferSyntax(constant: "1.2.840.10008.1.2.5")

    /// Whether Pixel Data comes as fragments (PS3.5 §A.4): every syntax but the four native ones.
    public var isEncapsulated: Bool { !Self.native.contains(self) }

    /// Whether decoded pixels may differ from what was acquired; nil where the syntax allows both or is not known.
    public var isLossy: Bool? {
        if Self.lossy.contains(self) { return true }
        if Self.lossless.contains(self) || Self.native.contains(self) { return false }
        return nil
    }

    /// Whether frames can be decoded here; every other syntax is refused as `unsupportedTransferSyntax`.
    public var isDecodable: Bool { Self.decodable.contains(self) }

    /// The syntaxes whose frames can be decoded here.
    public static let decodable = native.union(lossy).union(lossless).union([.jpeg2000, .htj2k])

    /// JPEG 2000, High-Throughput JPEG 2000 included.
    var isJPEG2000: Bool { Self.codestreams.contains(self) }

    private static let codestreams: Set<TransferSyntax> = [
        .jpeg2000Lossless, .jpeg2000, .htj2kLossless, .htj2kLosslessRPCL, .htj2k,
    ]

    private static let native: Set<TransferSyntax> = [
        .implicitVRLittleEndian, .explicitVRLittleEndian, .deflatedExplicitVRLittleEndian, .explicitVRBigEndian,
    ]
    private static let lossy: Set<TransferSyntax> = [.jpegBaseline, .jpegExtended, .jpegLSNearLossless]
    private static let lossless: Set<TransferSyntax> = [
        .jpegLossless, .jpegLosslessSV1, .jpegLSLossless, .jpeg2000Lossless, .htj2kLossless, .htj2kLosslessRPCL,
        .rleLossless,
    ]
}
