internal import DICOM

extension PhantomInstance {
    /// Modules of a CT image (PS3.3 A.3): Frame of Reference, Image Plane, Image Pixel, CT Image.
    func addSlice(_ slice: TransverseSlice, to dataSet: inout DataSet) {
        dataSet.set(.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.2")
        dataSet.set(.modality, .CS, "CT")
        dataSet.set(.imageType, .CS, "ORIGINAL", "PRIMARY", "AXIAL")
        dataSet.set(.seriesDescription, .LO, "Chest axial")
        dataSet.set(.patientPosition, .CS, "HFS")
        dataSet.set(.kvp, .DS, "80")
        dataSet.set(.acquisitionNumber, .IS, "1")
        // One image is a frame of reference of its own; its UID follows from the series', which is at most 62 long.
        dataSet.set(.frameOfReferenceUID, .UI, header.seriesInstanceUID + ".1")
        dataSet.set(Self.positionReferenceIndicator, .LO, "")
        dataSet.set(Self.sliceThickness, .DS, "3")
        let corner = Self.decimal(-0.5 * Double(slice.columns - 1) * slice.spacing)
        dataSet.set(Self.imagePosition, .DS, corner, corner, Self.decimal(slice.z))
        dataSet.set(Self.imageOrientation, .DS, "1", "0", "0", "0", "1", "0")
        let spacing = Self.decimal(slice.spacing)
        dataSet.set(.pixelSpacing, .DS, spacing, spacing)
        Self.addPixels(rows: slice.rows, columns: slice.columns, bits: 16, isSigned: true, to: &dataSet)
        dataSet.set(.rescaleIntercept, .DS, "0")
        dataSet.set(.rescaleSlope, .DS, "1")
        dataSet.set(.rescaleType, .LO, "HU")
        dataSet.set(.windowCenter, .DS, "-400")
        dataSet.set(.windowWidth, .DS, "1500")
    }

    private static let sliceThickness = Tag(0x0018, 0x0050)
    private static let imagePosition = Tag(0x0020, 0x0032)
    private static let imageOrientation = Tag(0x0020, 0x0037)
    private static let positionReferenceIndicator = Tag(0x0020, 0x1040)
}
