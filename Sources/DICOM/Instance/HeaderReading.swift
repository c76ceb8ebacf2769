/// The elements before Pixel Data, read from as much of the beginning of a file as they need.
struct HeaderReading {
    let fileMeta: DataSet
    let syntax: TransferSyntax
    /// The beginning of the file, with at least all elements before Pixel Data.
    let bytes: [UInt8]
    let dataSetStart: Int
    let reader: DataSetReader
    let dataSet: DataSet

    /// What nearly every header fits into.
    private static let firstPiece = 64 << 10

    /// Nil for a deflated file, which cannot be read in part.
    static func head(of file: inout some RandomAccessBytes, limits: DICOMLimits, headerLimit: Int)
        throws(DICOMError) -> HeaderReading?
    {
        var piece = firstPiece
        while true {
            let bytes = try file.bytes(at: 0, count: min(piece, file.count))
            do throws(DICOMError) {
                return try HeaderReading(bytes, of: file.count, limits)
            } catch {
                guard error.code == .truncated || error.code == .lengthBeyondEnd, bytes.count < file.count else {
                    throw error
                }
                guard piece < headerLimit else { throw DICOMError(.tooManyBytes, offset: error.offset) }
                piece = min(piece * 8, headerLimit)
            }
        }
    }

    private init?(_ bytes: [UInt8], of count: Int, _ limits: DICOMLimits) throws(DICOMError) {
        let dictionary = try DataDictionary.standard()
        (fileMeta, dataSetStart) = try AcceptedFile.fileMeta(bytes, limits, dictionary)
        guard let syntax = fileMeta.uid(.transferSyntaxUID).map({ TransferSyntax($0) }) else {
            throw DICOMError(.missingTransferSyntax, tag: .transferSyntaxUID)
        }
        guard syntax != .deflatedExplicitVRLittleEndian else { return nil }
        var reader = DataSetReader(
            ByteSource(bytes, at: dataSetStart), end: count, encoding: syntax.encoding,
            isEncapsulated: syntax.isEncapsulated, limits: limits, dictionary: dictionary, stopsAtPixelData: true)
        dataSet = try reader.read()
        self.reader = reader
        self.syntax = syntax
        self.bytes = bytes
    }
}
