import DICOM

/// Decodes nothing and reads nothing in any picture.
struct BlankReader: TextDetector, FrameDecoder {
    func words(in frame: EncodedFrame) -> [DetectedWord] { [] }
    func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame { throw DICOMError(.libraryFault) }
}
