import DICOM

/// One file of the archive: its bytes as they came, and its header. Pixels are read from the bytes when asked for.
struct StoredInstance: Sendable {
    let file: [UInt8]
    /// The data set without Pixel Data.
    let header: DataSet
    let study: UID
    let series: UID
    let sopInstance: UID
    let sopClass: UID
    let transferSyntax: TransferSyntax
    /// Whether the file has Pixel Data (7FE0,0010).
    let hasPixelData: Bool

    /// - Throws: `cannotUnderstand` for bytes that are no DICOM file, `dataSetMismatch` for one without the UIDs that
    ///   every composite instance has.
    init(_ file: [UInt8]) throws(StoreRefusal) {
        guard let instance = try? Instance(parsing: file) else { throw .cannotUnderstand }
        guard let study = instance.studyInstanceUID, let series = instance.seriesInstanceUID,
            let sopInstance = instance.sopInstanceUID, let sopClass = instance.sopClassUID,
            let transferSyntax = instance.transferSyntax
        else { throw .dataSetMismatch }
        self.file = file
        header = instance.dataSet
        self.study = study
        self.series = series
        self.sopInstance = sopInstance
        self.sopClass = sopClass
        self.transferSyntax = transferSyntax
        hasPixelData = instance.pixelData != nil
    }

    /// Its own place in the archive.
    var scope: ArchiveScope { ArchiveScope(study: study, series: series, instance: sopInstance) }

    /// The number of its frames, 1 where it does not say.
    var numberOfFrames: Int { max(header.int(.numberOfFrames) ?? 1, 1) }
}

extension StoredInstance: CustomStringConvertible, CustomReflectable {
    /// Nothing of the content, so that the archive prints as a real one should.
    var description: String { "<redacted>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
