/// Finds text that is burned into the pixels of a frame.
public protocol TextDetector: Sendable {
    /// The words in `frame`, in no particular order; empty where there are none.
    ///
    /// Throws what a `FrameDecoder` throws where the frame cannot be decoded, and `libraryFault` where text cannot be
    /// recognised here at all: no answer never reads as "no text".
    func words(in frame: EncodedFrame) throws(DICOMError) -> [DetectedWord]
}
