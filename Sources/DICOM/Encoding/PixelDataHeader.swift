/// What stands in front of the value of Pixel Data (7FE0,0010).
struct PixelDataHeader: Sendable {
    /// Where the value begins.
    let valueOffset: Int
    /// Nil for undefined length: fragments follow (PS3.5 §A.4).
    let length: Int?
    /// Bytes of the words whose order is to be turned; 1 where none is.
    let swappedWidth: Int

    /// Throws `undefinedLengthNotAllowed`, and `invalidVR` for a VR that holds no pixels.
    init(vr: VR, valueOffset: Int, length: Int?, isBigEndian: Bool, isEncapsulated: Bool) throws(DICOMError) {
        if length == nil, !isEncapsulated || !(vr == .OB || vr == .OW || vr == .UN) {
            throw DICOMError(.undefinedLengthNotAllowed, tag: .pixelData, offset: valueOffset)
        }
        guard case .bytes(let width) = vr.kind else {
            throw DICOMError(.invalidVR, tag: .pixelData, offset: valueOffset)
        }
        self.valueOffset = valueOffset
        self.length = length
        swappedWidth = isBigEndian ? width : 1
    }
}
