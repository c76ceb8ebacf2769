/// A DICOM file of which only the header was read (PS3.10 §7): its pixel data stays where it is, to be read frame by
/// frame, so that memory depends on the header and one frame and not on the size of the file.
///
/// A deflated file is the exception: it is inflated as a whole, within `DICOMLimits.bytes`.
public struct StoredInstance: Sendable {
    /// Group 0002 (PS3.10 §7.1).
    public let fileMeta: DataSet
    /// The data set without Pixel Data (7FE0,0010), elements behind it included.
    public let dataSet: DataSet
    /// Transfer Syntax UID (0002,0010).
    public let transferSyntax: TransferSyntax
    /// Where Pixel Data lies; nil if there is none.
    public let pixelData: StoredPixelData?

    /// Reads what is not pixel data, and compares it with what DCMTK reads.
    ///
    /// Throws what `Instance(parsing:limits:)` throws, `unreadable`, and `tooManyBytes` where what stands before or
    /// behind the pixel data has more than `headerLimit` bytes. The limit `bytes` counts for deflated files only.
    public init(
        reading file: inout some RandomAccessBytes, limits: DICOMLimits = .default, headerLimit: Int = 64 << 20
    ) throws(DICOMError) {
        let head = try HeaderReading.head(of: &file, limits: limits, headerLimit: headerLimit)
        guard let head else {
            self = try Self.inflated(&file, limits)
            return
        }
        var reader = head.reader
        var dataSet = head.dataSet
        var stored: StoredPixelData?
        if let header = reader.pixelDataHeader {
            let layout = try PixelDataLayout(header, head.syntax, in: &file, limits: limits)
            let end = layout.end
            guard file.count - end <= headerLimit else { throw DICOMError(.tooManyBytes, offset: end) }
            dataSet = try reader.resume(with: try file.bytes(at: end, count: file.count - end))
            stored = StoredPixelData(layout)
        }
        guard dataSet.uid(.sopInstanceUID) != nil else {
            throw DICOMError(.missingInstanceUID, tag: .sopInstanceUID)
        }
        let instance = Instance(fileMeta: head.fileMeta, dataSet: dataSet)
        try SecondReading.check(
            instance,
            in: try AcceptedFile(
                instance, bytes: head.bytes, dataSetStart: head.dataSetStart, headerEnd: reader.pixelDataOffset,
                isExplicitVR: head.syntax.encoding.isExplicitVR))
        (fileMeta, self.dataSet, transferSyntax, pixelData) = (head.fileMeta, dataSet, head.syntax, stored)
    }

    private init(_ instance: Instance, _ syntax: TransferSyntax) {
        fileMeta = instance.fileMeta
        dataSet = instance.dataSet
        transferSyntax = syntax
        pixelData = instance.pixelData.flatMap { pixels in
            guard case .native(let bytes) = pixels else { return nil }
            return StoredPixelData(inflated: bytes)
        }
    }

    private static func inflated(_ file: inout some RandomAccessBytes, _ limits: DICOMLimits) throws(DICOMError) -> Self
    {
        guard file.count <= limits.bytes else { throw DICOMError(.tooManyBytes) }
        let instance = try Instance(parsing: try file.bytes(at: 0, count: file.count), limits: limits)
        return Self(instance, .deflatedExplicitVRLittleEndian)
    }

    /// Number of Frames (0028,0008), 1 if absent.
    public var numberOfFrames: Int { max(dataSet.int(.numberOfFrames) ?? 1, 1) }
}

extension StoredInstance: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted stored instance>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
