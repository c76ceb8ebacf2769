/// A DICOM file (PS3.10 §7) that this module's reader has read: bounded in depth, lengths and number of elements. Only
/// such a file goes to DCMTK, whose reader is recursive and dies on some thousands of nested sequences.
struct AcceptedFile {
    /// What was read.
    let instance: Instance
    /// The file.
    let bytes: [UInt8]
    /// The bytes that hold all elements before Pixel Data; the whole file if it has none, or is deflated.
    let headerEnd: Int
    /// Whether the data set says the VR of its elements.
    let isExplicitVR: Bool

    /// Item tags in front of Pixel Data, wherever they stand: twice as many are still safe for DCMTK on a stack of 8 MB.
    static let maximumItemTags = 2_000

    /// Throws what `Instance(parsing:limits:)` says, but for `readersDisagree`.
    init(parsing bytes: [UInt8], limits: DICOMLimits) throws(DICOMError) {
        guard bytes.count <= limits.bytes else { throw DICOMError(.tooManyBytes) }
        let dictionary = try DataDictionary.standard()
        let (fileMeta, end) = try Self.fileMeta(bytes, limits, dictionary)
        guard let syntax = fileMeta.uid(.transferSyntaxUID).map({ TransferSyntax($0) }) else {
            throw DICOMError(.missingTransferSyntax, tag: .transferSyntaxUID)
        }
        let source = try Self.source(bytes, at: end, syntax, limits)
        var reader = DataSetReader(
            source, encoding: syntax.encoding, isEncapsulated: syntax.isEncapsulated, limits: limits,
            dictionary: dictionary)
        let dataSet = try reader.read()
        guard dataSet.uid(.sopInstanceUID) != nil else {
            throw DICOMError(.missingInstanceUID, tag: .sopInstanceUID)
        }
        let isInflated = syntax == .deflatedExplicitVRLittleEndian
        headerEnd = isInflated ? bytes.count : reader.pixelDataOffset ?? bytes.count
        let visible = isInflated ? source.bytes[...] : bytes[end..<max(headerEnd, end)]
        // Both readers could understand one value differently, and what is a value to the one hide items from it. So
        // it is not the depth that counts here, but what no reading can exceed.
        try Self.checkItemTags(in: visible)
        instance = Instance(fileMeta: fileMeta, dataSet: dataSet, pixelData: reader.pixelData)
        isExplicitVR = syntax.encoding.isExplicitVR
        self.bytes = bytes
    }

    /// A file of which only what stands before Pixel Data is in memory.
    /// - Parameters:
    ///   - bytes: the beginning of the file.
    ///   - headerEnd: where Pixel Data begins; nil if there is none.
    init(_ instance: Instance, bytes: [UInt8], dataSetStart: Int, headerEnd: Int?, isExplicitVR: Bool)
        throws(DICOMError)
    {
        let end = headerEnd ?? bytes.count
        try Self.checkItemTags(in: bytes[dataSetStart..<max(end, dataSetStart)])
        (self.instance, self.bytes, self.headerEnd, self.isExplicitVR) = (instance, bytes, end, isExplicitVR)
    }

    /// Group 0002, and where the data set begins. Throws `notPart10` and what reading the group throws.
    static func fileMeta(_ bytes: [UInt8], _ limits: DICOMLimits, _ dictionary: DataDictionary) throws(DICOMError)
        -> (fileMeta: DataSet, end: Int)
    {
        guard bytes.count >= 132, bytes[128..<132].elementsEqual("DICM".utf8) else { throw DICOMError(.notPart10) }
        return try FileMetaInformation.read(bytes, limits: limits, dictionary: dictionary)
    }

    private static func checkItemTags(in bytes: ArraySlice<UInt8>) throws(DICOMError) {
        guard itemTags(in: bytes) <= maximumItemTags else { throw DICOMError(.tooManyElements) }
    }

    private static func source(_ bytes: [UInt8], at start: Int, _ syntax: TransferSyntax, _ limits: DICOMLimits)
        throws(DICOMError) -> ByteSource
    {
        guard syntax == .deflatedExplicitVRLittleEndian else { return ByteSource(bytes, at: start) }
        return ByteSource(try Inflate.inflate(Array(bytes[start...]), limits: limits))
    }

    /// How often the item tag (FFFE,E000) stands there in either byte order, aligned or not.
    private static func itemTags(in bytes: ArraySlice<UInt8>) -> Int {
        var count = 0
        var word: UInt32 = 0
        for byte in bytes {
            word = word << 8 | UInt32(byte)
            if word == 0xFEFF_00E0 || word == 0xFFFE_E000 { count += 1 }
        }
        return count
    }
}
