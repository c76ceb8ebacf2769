import MLLP
import NIOCore
import Testing

@Suite("MLLP release 1, framing")
struct FrameDecoderTests {
    @Test("SB, content, EB and CR are one frame with exactly the content")
    func oneFrame() {
        #expect(decode([frame("MSH|^~\\&|A\rPID|1\r")]) == [.whole("MSH|^~\\&|A\rPID|1\r")])
    }

    @Test("Several frames in one packet come out in order")
    func severalFrames() {
        #expect(decode([frame("one") + frame("") + frame("three")]) == [.whole("one"), .whole(""), .whole("three")])
    }

    @Test("Line ends between frames are passed over silently")
    func lineEnds() {
        #expect(decode([frame("one") + [0x0D, 0x0A] + frame("two") + [0x0A]]) == [.whole("one"), .whole("two")])
    }

    @Test("Bytes outside a frame are refused once, then the frame is read")
    func junk() {
        #expect(
            decode([Array("GET / HTTP/1.1\r\n".utf8) + frame("one")]) == [
                .no(.junk, "GET / HTTP/1.1\r\n"), .whole("one"),
            ])
    }

    @Test("A new SB drops the frame that had begun")
    func truncatedByStart() {
        #expect(decode([[0x0B] + Array("half".utf8) + frame("whole")]) == [.no(.truncated, "half"), .whole("whole")])
    }

    @Test("The end of the connection inside a frame is a truncated frame")
    func truncatedByEnd() {
        #expect(decode([[0x0B] + Array("half".utf8)]) == [.no(.truncated, "half", ends: true)])
    }

    @Test("A missing CR is made good by the next SB, by silence and by the end of the connection")
    func missingCarriageReturn() {
        let bare: [UInt8] = [0x0B, 0x41, 0x1C]
        #expect(decode([bare + frame("B")]) == [.whole("A", .withoutCarriageReturn), .whole("B")])
        #expect(decode([bare]) == [.whole("A", .withoutCarriageReturn)])
        var decoder = FrameDecoder()
        var buffer = ByteBuffer(bytes: bare)
        #expect(decoder.decode(&buffer) == nil)
        #expect(decoder.isAwaitingCarriageReturn)
        #expect(decoder.settle() == .whole("A", .withoutCarriageReturn))
        #expect(decoder.settle() == nil)
    }

    @Test("EB inside the content refuses the message: its first half is never taken for the whole")
    func endBlockInContent() {
        let bytes = [0x0B] + Array("MSH|first".utf8) + [0x1C] + Array("second".utf8) + [0x1C, 0x0D] + frame("next")
        #expect(
            decode([bytes]) == [
                .no(.endBlockInContent, "MSH|first"), .no(.junk, "econd\u{1C}\r"), .whole("next"),
            ])
    }

    @Test("A frame of exactly the limit passes, one byte more ends the connection")
    func frameLimit() {
        let limits = FrameLimits(maximumFrame: 8, maximumKept: 4)
        #expect(decode([frame("12345678")], limits: limits) == [.whole("12345678")])
        #expect(
            decode([frame("123456789") + frame("x")], limits: limits) == [
                .no(.oversize, "1234", count: 9, ends: true)
            ])
    }

    @Test("Junk beyond the limit ends the connection; a good frame clears the account")
    func junkLimit() {
        let limits = FrameLimits(maximumJunk: 4)
        let junk = Array("abc".utf8)
        #expect(decode([junk + frame("1") + junk + frame("2")], limits: limits).count == 4)
        #expect(
            decode([Array("abcdefgh".utf8) + frame("1")], limits: limits) == [
                .no(.junk, "abcde", ends: true)
            ])
    }

    @Test("Refusals in a row end the connection at the limit")
    func refusalLimit() {
        let events = decode([Array(repeating: 0x0B, count: 100)], limits: FrameLimits(maximumRefusals: 3))
        #expect(events.count == 4)
        #expect(events.last == .no(.truncated, "", ends: true))
    }

    @Test("Nothing of a frame's content reaches a description or a dump")
    func redaction() {
        let events = decode([frame("MSH|SECRETNAME") + Array("SECRETJUNK".utf8)])
        var dumped = ""
        dump(events, to: &dumped)
        #expect(events.count == 2)
        #expect(!dumped.contains("SECRET") && !"\(events)".contains("SECRET"))
    }
}
