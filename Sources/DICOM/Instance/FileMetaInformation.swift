/// Group 0002 (PS3.10 §7.1): always explicit VR little endian.
enum FileMetaInformation {
    private static let start = 132
    private static let groupLength = Tag(0x0002, 0x0000)

    /// The group and where the data set begins: at the first tag of another group, because the group length is often
    /// wrong. Only in front of a deflated data set, which begins with any byte, the group length decides.
    static func read(_ bytes: [UInt8], limits: DICOMLimits, dictionary: DataDictionary) throws(DICOMError)
        -> (fileMeta: DataSet, end: Int)
    {
        var source = ByteSource(bytes, at: start)
        var elements: [DataElement] = []
        var end: Int?
        let characters = SpecificCharacterSet([])
        while source.peekUInt16() == 0x0002, !(isDeflated(elements) && source.position == end) {
            let offset = source.position
            let header = try ElementHeader(reading: &source, .explicitLittle)
            guard let vr = header.vr, let length = header.length, vr != .SQ else {
                throw DICOMError(.undefinedLengthNotAllowed, tag: header.tag, offset: offset)
            }
            let value = ValueDecoder.decode(try source.take(length), vr: vr, bigEndian: false, characters)
            guard elements.count < 64 else { throw DICOMError(.tooManyElements, offset: offset) }
            if header.tag == groupLength {
                if case .integers(let lengths) = value, let length = lengths.first {
                    end = source.position + Int(length)
                }
            } else {
                elements.append(DataElement(header.tag, vr, value))
            }
        }
        return (try DataSet(reading: elements), source.position)
    }

    private static func isDeflated(_ elements: [DataElement]) -> Bool {
        elements.contains {
            $0.tag == .transferSyntaxUID
                && $0.value == .text([TransferSyntax.deflatedExplicitVRLittleEndian.uid.value])
        }
    }
}
