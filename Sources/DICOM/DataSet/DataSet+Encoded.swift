/// A data set as bytes without a file around it, as it is sealed in Encrypted Content (0400,0520).
extension DataSet {
    /// Explicit VR little endian, text in UTF-8 with (0008,0005) saying so where it is needed. Text that could not be
    /// decoded is written as UN with its bytes. Throws `valueDoesNotFitVR` with the tag.
    public func encoded() throws(DICOMError) -> [UInt8] {
        var writer = DataSetWriter()
        try writer.write(withUndecodedTextAsUnknown().inUTF8())
        return writer.bytes
    }

    /// Reads such bytes. Throws like `Instance(parsing:limits:)`; pixel data of the outermost level are left out.
    public init(encoded bytes: [UInt8], limits: DICOMLimits = .default) throws(DICOMError) {
        guard bytes.count <= limits.bytes else { throw DICOMError(.tooManyBytes) }
        var reader = DataSetReader(
            ByteSource(bytes), encoding: .explicitLittle, isEncapsulated: false, limits: limits,
            dictionary: try DataDictionary.standard())
        self = try reader.read()
    }

    private func withUndecodedTextAsUnknown() -> DataSet {
        DataSet(
            map { element in
                switch element.value {
                case .undecodedText(let bytes): DataElement(element.tag, .UN, .bytes(bytes))
                case .sequence(let items):
                    DataElement(
                        element.tag, element.vr, .sequence(items.map { $0.withUndecodedTextAsUnknown() }))
                default: element
                }
            })
    }
}
