/// A composite SOP instance (PS3.10 file): file meta information, data set and, apart from it, the pixel data.
public struct Instance: Hashable, Sendable {
    /// Group 0002 (PS3.10 §7.1).
    public var fileMeta: DataSet
    /// The data set without (7FE0,0010).
    public var dataSet: DataSet
    /// Pixel Data (7FE0,0010), if there is any.
    public var pixelData: PixelData?

    /// The caller answers for the consistency of the parts; `serialized` makes the group 0002 that is written.
    public init(fileMeta: DataSet, dataSet: DataSet, pixelData: PixelData? = nil) {
        self.fileMeta = fileMeta
        self.dataSet = dataSet
        self.pixelData = pixelData
    }

    /// Transfer Syntax UID (0002,0010).
    public var transferSyntax: TransferSyntax? { fileMeta.uid(.transferSyntaxUID).map { TransferSyntax($0) } }
    /// SOP Class UID (0008,0016).
    public var sopClassUID: UID? { dataSet.uid(.sopClassUID) }
    /// SOP Instance UID (0008,0018).
    public var sopInstanceUID: UID? { dataSet.uid(.sopInstanceUID) }
    /// Series Instance UID (0020,000E).
    public var seriesInstanceUID: UID? { dataSet.uid(.seriesInstanceUID) }
    /// Study Instance UID (0020,000D).
    public var studyInstanceUID: UID? { dataSet.uid(.studyInstanceUID) }
}

extension Instance: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted instance>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
