extension Instance {
    /// A grey image instance from pixels and a header, for generated images (tests, the sandbox, secondary captures).
    ///
    /// `header` brings SOP Class, UIDs and whatever the object needs; the Image Pixel module (PS3.3 C.7.6.3) is set
    /// from the frame and replaces what the header says of it. Throws `missingInstanceUID`, and `invalidPixelAttribute`
    /// for a colour frame and for one of single bits.
    public init(header: DataSet, frame: Frame) throws(DICOMError) {
        guard let sopClass = header.uid(.sopClassUID), let sopInstance = header.uid(.sopInstanceUID) else {
            throw DICOMError(.missingInstanceUID, tag: .sopInstanceUID)
        }
        guard frame.samplesPerPixel == 1 else { throw DICOMError(.invalidPixelAttribute, tag: .samplesPerPixel) }
        guard frame.bitsAllocated != 1 else { throw DICOMError(.invalidPixelAttribute, tag: .bitsAllocated) }
        var dataSet = header
        dataSet.set(.samplesPerPixel, .US, 1)
        dataSet.set(.photometricInterpretation, .CS, frame.photometricInterpretation)
        dataSet.set(.rows, .US, frame.rows)
        dataSet.set(.columns, .US, frame.columns)
        dataSet.set(.bitsAllocated, .US, frame.bitsAllocated)
        dataSet.set(.bitsStored, .US, frame.bitsStored)
        dataSet.set(.highBit, .US, frame.highBit)
        dataSet.set(.pixelRepresentation, .US, frame.isSigned ? 1 : 0)
        dataSet[.planarConfiguration] = nil
        dataSet[.numberOfFrames] = nil
        var fileMeta = DataSet()
        fileMeta.set(.mediaStorageSOPClassUID, sopClass)
        fileMeta.set(.mediaStorageSOPInstanceUID, sopInstance)
        fileMeta.set(.transferSyntaxUID, TransferSyntax.explicitVRLittleEndian.uid)
        self.init(fileMeta: fileMeta, dataSet: dataSet, pixelData: .native(frame.pixels))
    }
}
