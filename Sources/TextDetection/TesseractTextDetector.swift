public import DICOM

/// Finds text in the pixels of a frame with Tesseract. For the worker process and tests only: the library is not made
/// for hostile input.
///
/// A place that looks like text is answered as a word without characters, beside the words that were read there.
public struct TesseractTextDetector: TextDetector {
    private let decoder: any FrameDecoder
    private let recogniser: Recogniser

    /// Loads the library and its English data. Throws `recogniserMissing`, `languageDataMissing`, `recogniserFailed`.
    public init(decoder: any FrameDecoder) throws(TextDetectionError) {
        self.decoder = decoder
        self.recogniser = try Recogniser()
    }

    /// As the protocol says; one frame at a time, others wait.
    public func words(in frame: EncodedFrame) throws(DICOMError) -> [DetectedWord] {
        let pictures = GreyPicture.all(of: try decoder.decode(frame))
        do {
            let search = TextSearch(recogniser: recogniser)
            var words: [RecognisedWord] = []
            for picture in pictures { words += try search.words(in: picture) }
            return words.map(DetectedWord.init)
        } catch {
            throw DICOMError(.libraryFault, tag: .pixelData)
        }
    }
}

extension DetectedWord {
    fileprivate init(_ word: RecognisedWord) {
        self.init(
            text: word.text, confidence: word.confidence, left: word.left, top: word.top,
            width: word.right - word.left, height: word.bottom - word.top)
    }
}
