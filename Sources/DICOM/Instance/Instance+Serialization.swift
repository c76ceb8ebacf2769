extension Instance {
    /// A DICOM file (PS3.10 §7): preamble of zeros, a group 0002 made anew from the data set, the data set in explicit
    /// VR little endian, pixel data as they are.
    ///
    /// `transferSyntax` is explicit VR little endian unless the pixel data is encapsulated; it is never transcoded, so
    /// another choice throws `unsupportedTransferSyntax`. Text is written in ISO_IR 192. Throws `missingInstanceUID`
    /// without SOP Class or Instance UID, `undecodedText` and `valueDoesNotFitVR` with the tag.
    public func serialized(transferSyntax requested: TransferSyntax? = nil) throws(DICOMError) -> [UInt8] {
        guard let sopClass = sopClassUID, let sopInstance = sopInstanceUID else {
            throw DICOMError(.missingInstanceUID, tag: .sopInstanceUID)
        }
        let syntax = try writtenSyntax(requested)
        var writer = DataSetWriter()
        let written = dataSet.inUTF8()
        for element in written where element.tag < .pixelData { try writer.write(element) }
        try writePixelData(to: &writer)
        for element in written where element.tag > .pixelData { try writer.write(element) }
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
            + (try Self.group2(sopClass, sopInstance, syntax)) + writer.bytes
    }

    private func writtenSyntax(_ requested: TransferSyntax?) throws(DICOMError) -> TransferSyntax {
        let own: TransferSyntax
        if case .encapsulated? = pixelData {
            guard let stored = transferSyntax, stored.isEncapsulated else {
                throw DICOMError(.unsupportedTransferSyntax, tag: .transferSyntaxUID)
            }
            own = stored
        } else {
            // Fragments in an item, an icon's, could not be read again (PS3.5 §A.4).
            guard !dataSet.holdsFragments else {
                throw DICOMError(.unsupportedTransferSyntax, tag: .pixelData)
            }
            own = .explicitVRLittleEndian
        }
        guard requested == nil || requested == own else {
            throw DICOMError(.unsupportedTransferSyntax, tag: .transferSyntaxUID)
        }
        return own
    }

    private func writePixelData(to writer: inout DataSetWriter) throws(DICOMError) {
        guard let pixelData else { return }
        switch pixelData {
        case .native(let bytes):
            let vr: VR = (dataSet.int(.bitsAllocated) ?? 16) <= 8 ? .OB : .OW
            try writer.write(DataElement(.pixelData, vr, .bytes(bytes)))
        case .encapsulated(let offsets, let fragments):
            writer.write(fragments: [offsets] + fragments, .pixelData)
        }
    }

    static func group2(_ sopClass: UID, _ sopInstance: UID, _ syntax: TransferSyntax) throws(DICOMError)
        -> [UInt8]
    {
        var meta = DataSet()
        meta[.fileMetaInformationVersion] = DataElement(.fileMetaInformationVersion, .OB, .bytes([0, 1]))
        meta.set(.mediaStorageSOPClassUID, sopClass)
        meta.set(.mediaStorageSOPInstanceUID, sopInstance)
        meta.set(.transferSyntaxUID, syntax.uid)
        meta.set(.implementationClassUID, Implementation.classUID)
        meta.set(.implementationVersionName, .SH, Implementation.versionName)
        var group = DataSetWriter()
        try group.write(meta)
        var length = DataSetWriter()
        try length.write(DataElement(Tag(0x0002, 0x0000), .UL, .integers([Int64(group.bytes.count)])))
        return length.bytes + group.bytes
    }
}

extension DataSet {
    /// The same values with (0008,0005) saying ISO_IR 192 where any text is not ASCII, and in no item.
    func inUTF8() -> DataSet {
        var result = DataSet(map { $0.withoutItemCharacterSets() })
        if hasNonASCIIText || self[.specificCharacterSet] != nil {
            result.set(.specificCharacterSet, .CS, "ISO_IR 192")
        }
        return result
    }

    /// Whether an item holds encapsulated Pixel Data.
    var holdsFragments: Bool {
        contains { element in
            switch element.value {
            case .pixelFragments: true
            case .sequence(let items): items.contains { $0.holdsFragments }
            default: false
            }
        }
    }

    private var hasNonASCIIText: Bool {
        contains { element in
            switch element.value {
            case .text(let values): values.contains { $0.utf8.contains { $0 >= 0x80 } }
            case .sequence(let items): items.contains { $0.hasNonASCIIText }
            default: false
            }
        }
    }
}

extension DataElement {
    fileprivate func withoutItemCharacterSets() -> DataElement {
        guard case .sequence(let items) = value else { return self }
        let changed = items.map { item in
            DataSet(item.filter { $0.tag != .specificCharacterSet }.map { $0.withoutItemCharacterSets() })
        }
        return DataElement(tag, vr, .sequence(changed))
    }
}
