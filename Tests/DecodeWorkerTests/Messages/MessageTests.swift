import DICOM
import Testing

@testable import DecodeWorker

@Suite("Messages between parent and child")
struct MessageTests {
    private static let frame = EncodedFrame(
        transferSyntax: .jpeg2000, rows: 3, columns: 5, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 7, highBit: 6,
        isSigned: true, photometricInterpretation: "YBR_ICT", isPlanar: true, fragments: [[1, 2, 3], [], [4]])
    private static let word = DetectedWord(text: "Ä É", confidence: 93.5, left: 1, top: 0, width: 4, height: 3)
    private static let asked = Frames.rle(columns: 5)

    @Test("What is written is read, for each message")
    func roundTrips() throws {
        let header = MessageHeader(kind: .frame, sequence: 0xFEDC_BA98, bodyLength: 0x0403_0201)
        #expect(MessageHeader(header.bytes) == header)
        #expect(header.bytes.count == MessageHeader.byteCount)
        for operation in [FrameRequest.Operation.decode, .words] {
            let request = FrameRequest(operation, Self.frame, seconds: 0x0102_0304)
            #expect(FrameRequest(body: try request.body()) == request)
        }
        let decoded = try #require(
            Frame(
                rows: 4, columns: 5, bitsAllocated: 8, bitsStored: 8, photometricInterpretation: "MONOCHROME2",
                pixels: Array(0..<20)))
        let body = DecodedFrameMessage.attributes(decoded) + decoded.pixels
        #expect(DecodedFrameMessage.frame(body, asked: Self.asked, byteCount: 20) == decoded)
        #expect(
            WordsMessage.words(WordsMessage.body([Self.word, Self.word]), asked: Self.asked) == [Self.word, Self.word])
        for error in [DICOMError(.decodeFailed, tag: .pixelData), DICOMError(.tooManyPixels)] {
            #expect(FailureMessage.error(FailureMessage.body(error)) == error)
        }
    }

    @Test("A frame that is not the one asked for is no answer")
    func otherFrame() throws {
        func answer(
            rows: Int = 4, columns: Int = 5, stored: Int = 8, isSigned: Bool = false,
            photometric: String = "MONOCHROME2"
        ) throws -> Frame? {
            let frame = try #require(
                Frame(
                    rows: rows, columns: columns, bitsAllocated: 8, bitsStored: stored, isSigned: isSigned,
                    photometricInterpretation: photometric, pixels: [UInt8](repeating: 0, count: rows * columns)))
            return DecodedFrameMessage.frame(
                DecodedFrameMessage.attributes(frame) + frame.pixels, asked: Self.asked, byteCount: 20)
        }
        #expect(try answer() != nil)
        #expect(try answer(rows: 5, columns: 4) == nil)
        #expect(try answer(rows: 4, columns: 4) == nil)
        #expect(try answer(stored: 7) == nil)
        #expect(try answer(isSigned: true) == nil)
        #expect(try answer(photometric: "MONOCHROME1") == nil)
    }

    @Test("Words beyond the frame, without number, too long or too many are no answer")
    func otherWords() {
        func words(_ change: (inout DetectedWord) -> Void) -> [DetectedWord]? {
            var word = Self.word
            change(&word)
            return WordsMessage.words(WordsMessage.body([word]), asked: Self.asked)
        }
        #expect(words { $0.width = 5 } == nil)
        #expect(words { $0.top = -1 } == nil)
        #expect(words { $0.height = 5 } == nil)
        #expect(words { $0.confidence = 100.5 } == nil)
        #expect(words { $0.confidence = .nan } == nil)
        #expect(words { $0.text = String(repeating: "x", count: 2_000) }?.first?.text == "")
        var body = WordsMessage.body([Self.word])
        body.append(0)
        #expect(WordsMessage.words(body, asked: Self.asked) == nil)
        #expect(WordsMessage.words([0xFF, 0xFF, 0xFF, 0x7F], asked: Self.asked) == nil)
    }

    @Test("A child gives a decoder's reasons only")
    func reasons() {
        for code in [DICOMError.Code.decoderCrashed, .notPart10, .missingInstanceUID] {
            #expect(FailureMessage.error(FailureMessage.body(DICOMError(code))) == nil)
        }
        #expect(FailureMessage.error([]) == nil)
    }

    @Test("100,000 mutated messages: read as what they are or not at all, never a trap")
    func mutations() throws {
        let seed: UInt64 = 20_261_122
        print("worker messages: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let originals: [[UInt8]] = [
            MessageHeader(kind: .request, sequence: 9, bodyLength: 99).bytes,
            try FrameRequest(.decode, Self.frame, seconds: 20).body(), WordsMessage.body([Self.word, Self.word]),
            FailureMessage.body(DICOMError(.decodeFailed, tag: .pixelData)),
            DecodedFrameMessage.attributes(
                try #require(
                    Frame(
                        rows: 4, columns: 5, bitsAllocated: 8, bitsStored: 8, photometricInterpretation: "MONOCHROME2",
                        pixels: Array(0..<20)))) + [UInt8](0..<20),
        ]
        var read = 0
        for round in 0..<100_000 {
            var bytes = originals[round % originals.count]
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                guard !bytes.isEmpty else { break }
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes.removeSubrange(place...)
                case 1: bytes.insert(0xFF, at: place)
                default: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                }
            }
            if let header = MessageHeader(bytes) {
                read += 1
                #expect(header.bytes == bytes)
            }
            if let request = FrameRequest(body: bytes) {
                read += 1
                #expect(try request.body() == bytes)
            }
            if let words = WordsMessage.words(bytes, asked: Self.asked) {
                read += 1
                #expect(WordsMessage.body(words) == bytes)
            }
            if FailureMessage.error(bytes) != nil { read += 1 }
            if DecodedFrameMessage.frame(bytes, asked: Self.asked, byteCount: 20) != nil { read += 1 }
        }
        print("read \(read)")
        #expect(read > 1_000 && read < 100_000)
    }
}
