extension Instance {
    /// Reads a DICOM file (PS3.10 §7) in any transfer syntax; pixel data stays encoded.
    ///
    /// Everything a sender controls is bounded by `limits`. Throws with a code, a tag and an offset, never with
    /// content. A file without preamble, transfer syntax or SOP Instance UID, one with an element twice, and one that
    /// ends early are refused.
    public init(parsing bytes: [UInt8], limits: DICOMLimits = .default) throws(DICOMError) {
        guard bytes.count <= limits.bytes else { throw DICOMError(.tooManyBytes) }
        guard bytes.count >= 132, Array(bytes[128..<132]) == Self.prefix else { throw DICOMError(.notPart10) }
        let dictionary = try DataDictionary.standard()
        let (fileMeta, end) = try FileMetaInformation.read(bytes, limits: limits, dictionary: dictionary)
        guard let syntax = fileMeta.uid(.transferSyntaxUID).map({ TransferSyntax($0) }) else {
            throw DICOMError(.missingTransferSyntax, tag: .transferSyntaxUID)
        }
        var reader = DataSetReader(
            try Self.source(bytes, at: end, syntax, limits), encoding: syntax.encoding,
            isEncapsulated: syntax.isEncapsulated, limits: limits, dictionary: dictionary)
        let dataSet = try reader.read()
        guard dataSet.uid(.sopInstanceUID) != nil else {
            throw DICOMError(.missingInstanceUID, tag: .sopInstanceUID)
        }
        self.init(fileMeta: fileMeta, dataSet: dataSet, pixelData: reader.pixelData)
    }

    private static let prefix = Array("DICM".utf8)

    private static func source(_ bytes: [UInt8], at start: Int, _ syntax: TransferSyntax, _ limits: DICOMLimits)
        throws(DICOMError) -> ByteSource
    {
        guard syntax == .deflatedExplicitVRLittleEndian else { return ByteSource(bytes, at: start) }
        return ByteSource(try Inflate.inflate(Array(bytes[start...]), limit: limits.bytes))
    }
}

extension TransferSyntax {
    /// Every syntax but two is explicit VR little endian (PS3.5 Annex A).
    var encoding: ElementEncoding {
        switch self {
        case .implicitVRLittleEndian: .implicitLittle
        case .explicitVRBigEndian: .explicitBig
        default: .explicitLittle
        }
    }
}
