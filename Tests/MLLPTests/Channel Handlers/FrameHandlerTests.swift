import NIOCore
import NIOEmbedded
import Testing

@testable import MLLP

@Suite("One MLLP connection on its event loop")
struct FrameHandlerTests {
    /// Stands between the handler and the socket and counts what is asked of it.
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var reads = 0

        func read(context: ChannelHandlerContext) {
            reads += 1
            context.read()
        }
    }

    private let state = ListenerState()
    private let channel = EmbeddedChannel()
    private let counter = ReadCounter()

    init() throws {
        try channel.pipeline.syncOperations.addHandler(counter)
        let configuration = ListenerConfiguration(port: 0, limits: FrameLimits(maximumFrame: 100))
        try channel.pipeline.syncOperations.addHandler(FrameHandler(configuration: configuration, state: state))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 2575)).wait()
    }

    private func receive(_ bytes: [UInt8]) throws { try channel.writeInbound(ByteBuffer(bytes: bytes)) }

    private func event() throws -> String? {
        switch try channel.readInbound(as: ReceivedEvent.self) {
        case .frame(let frame): String(decoding: frame.bytes, as: UTF8.self)
        case .refused(let refused): "refused \(refused.reason)"
        case nil: nil
        }
    }

    private func sent() throws -> [UInt8]? {
        try channel.readOutbound(as: ByteBuffer.self).map { Array($0.readableBytesView) }
    }

    @Test("The next frame of a packet is handed over only after the first has its reply")
    func oneAtATime() throws {
        try receive(frame("one") + frame("two"))
        #expect(try event() == "one")
        #expect(try event() == nil)
        try channel.writeOutbound(FrameReply.reply(Array("ACK1".utf8)))
        #expect(try sent() == frame("ACK1"))
        #expect(try event() == "two")
        try channel.writeOutbound(FrameReply.none)
        #expect(try sent() == nil)
        #expect(channel.isActive)
    }

    @Test("The socket is not read while a frame is in work, and is once the frame has its reply")
    func backPressure() throws {
        try receive(frame("one"))
        let before = counter.reads
        channel.pipeline.read()
        channel.pipeline.read()
        #expect(counter.reads == before)
        try channel.writeOutbound(FrameReply.reply([0x41]))
        #expect(counter.reads == before + 1)
        channel.pipeline.read()
        #expect(counter.reads == before + 2)
    }

    @Test("A withheld acknowledgement closes the connection without a byte")
    func withheld() throws {
        try receive(frame("one") + frame("two"))
        #expect(try event() == "one")
        try channel.writeOutbound(FrameReply.close)
        #expect(try sent() == nil)
        #expect(!channel.isActive)
    }

    @Test("Silence closes an idle connection, and never one whose frame is in work")
    func idle() throws {
        try receive(frame("one"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(3_000))
        #expect(channel.isActive)
        try channel.writeOutbound(FrameReply.reply([0x41]))
        channel.embeddedEventLoop.advanceTime(by: .seconds(299))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
        #expect(state.counters.idleConnections == 1)
    }

    @Test("A byte now and then does not keep a begun frame open for ever")
    func slowSender() throws {
        try receive([0x0B])
        for _ in 0..<4 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(74))
            try receive([0x41])
            #expect(channel.isActive)
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(!channel.isActive)
        #expect(try event() == "refused truncated")
    }

    @Test("Half a second of silence after EB stands for the missing CR")
    func missingCarriageReturn() throws {
        try receive([0x0B, 0x41, 0x1C])
        #expect(try event() == nil)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(501))
        #expect(try event() == "A")
        #expect(state.counters.framesWithoutCarriageReturn == 1)
    }

    @Test("An orderly stop answers the frame in work, then closes")
    func orderlyStop() throws {
        try receive(frame("one") + frame("two"))
        try channel.triggerUserOutboundEvent(FrameHandler.FinishAndClose()).wait()
        #expect(channel.isActive)
        try channel.writeOutbound(FrameReply.reply(Array("ACK1".utf8)))
        #expect(try sent() == frame("ACK1"))
        #expect(!channel.isActive)
        #expect(try event() == "one")
        #expect(try event() == nil)
    }

    @Test("An orderly stop closes a connection at rest at once")
    func orderlyStopAtRest() throws {
        try channel.triggerUserOutboundEvent(FrameHandler.FinishAndClose()).wait()
        #expect(!channel.isActive)
    }

    @Test("The end of the peer's side is passed on only after its last frame has its reply")
    func halfClosed() throws {
        try receive(frame("one") + [0x0B, 0x41])
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(try event() == "one")
        #expect(try event() == nil)
        try channel.writeOutbound(FrameReply.reply([0x41]))
        #expect(try event() == "refused truncated")
        #expect(channel.isActive)
    }
}
