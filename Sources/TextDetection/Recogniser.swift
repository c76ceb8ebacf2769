internal import CTesseract
internal import Synchronization

/// A word as Tesseract reads it, in pixels of the picture it was given.
struct RecognisedWord: Sendable {
    var text: String
    var confidence: Double
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int
}

/// Owns one Tesseract engine, which works for one thread at a time.
final class Recogniser: Sendable {
    /// How a picture is laid out.
    enum Layout { case line, block, sparse }

    /// The C handle; whoever lets it go closes it.
    @safe private struct Engine: ~Copyable {
        let handle: OpaquePointer

        deinit { unsafe ctesseract_close(handle) }
    }

    private let engine: Mutex<Engine>

    init() throws(TextDetectionError) {
        var handle: OpaquePointer?
        let status = unsafe ctesseract_open("eng", &handle)
        guard status == CTESSERACT_OK.rawValue, let handle = unsafe handle else { throw Self.error(status) }
        engine = Mutex(unsafe Engine(handle: handle))
    }

    /// Dark text on light ground, 8 bits. Throws `timeout` and `recogniserFailed`.
    func words(in picture: GreyPicture, layout: Layout, milliseconds: Int) throws(TextDetectionError)
        -> [RecognisedWord]
    {
        let result = engine.withLock { engine -> Result<[RecognisedWord], TextDetectionError> in
            var words: UnsafeMutablePointer<ctesseract_word>?
            var count = 0
            let status = unsafe ctesseract_recognise(
                engine.handle, picture.pixels, Int32(clamping: picture.width), Int32(clamping: picture.height), 300,
                layout.number, Int32(clamping: milliseconds), &words, &count)
            guard status == CTESSERACT_OK.rawValue, let words = unsafe words else {
                return .failure(Self.error(status))
            }
            defer { unsafe ctesseract_free(words, count) }
            return .success((0..<count).map { unsafe RecognisedWord(words[$0]) })
        }
        return try result.get()
    }

    private static func error(_ status: Int32) -> TextDetectionError {
        switch UInt32(bitPattern: status) {
        case CTESSERACT_NO_LIBRARY.rawValue: TextDetectionError(.recogniserMissing)
        case CTESSERACT_NO_LANGUAGE.rawValue: TextDetectionError(.languageDataMissing)
        case CTESSERACT_TIMEOUT.rawValue: TextDetectionError(.timeout)
        default: TextDetectionError(.recogniserFailed)
        }
    }
}

extension Recogniser.Layout {
    fileprivate var number: ctesseract_layout {
        switch self {
        case .line: CTESSERACT_LINE
        case .block: CTESSERACT_BLOCK
        case .sparse: CTESSERACT_SPARSE
        }
    }
}

extension RecognisedWord {
    fileprivate init(_ word: ctesseract_word) {
        unsafe self.init(
            text: String(cString: word.text), confidence: Double(word.confidence), left: Int(word.left),
            top: Int(word.top), right: Int(word.right), bottom: Int(word.bottom))
    }
}
