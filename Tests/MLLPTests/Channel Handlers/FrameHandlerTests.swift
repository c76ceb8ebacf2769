import NIOCore
import NIOEmbedded
import NIOTLS
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

    init() throws { try self.init(release2: false) }

    private init(release2: Bool, isSecured: Bool = false) throws {
        try channel.pipeline.syncOperations.addHandler(counter)
        var configuration = ListenerConfiguration(port: 0, limits: FrameLimits(maximumFrame: 100))
        configuration.release2 = release2
        if isSecured { configuration.tls = ListenerTLS(certificateChainFile: "", privateKeyFile: "") }
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
        #expect(state.counters.idleConnections == 1 && state.counters.refusals == [.truncated: 1])
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

    /// Holds what is written until it is let go, as a socket does whose peer does not read.
    private final class Stuck: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        private var held: [(NIOAny, EventLoopPromise<Void>?)] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            held.append((data, promise))
        }

        func flush(context: ChannelHandlerContext) {}

        func letGo(_ context: ChannelHandlerContext) {
            for (data, promise) in held { context.write(data, promise: promise) }
            held = []
            context.flush()
        }
    }

    @Test("The next frame waits until the socket has taken the whole reply to the last; a peer that does not is closed")
    func slowReader() throws {
        let stuck = Stuck()
        try channel.pipeline.syncOperations.addHandler(stuck, position: .first)
        try receive(frame("one") + frame("two") + frame("three"))
        #expect(try event() == "one")
        channel.writeAndFlush(FrameReply.reply([0x41]), promise: nil)
        #expect(try event() == nil)
        stuck.letGo(try channel.pipeline.syncOperations.context(handler: stuck))
        #expect(try event() == "two")
        channel.writeAndFlush(FrameReply.reply([0x42]), promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(301))
        #expect(!channel.isActive)
        #expect(try event() == nil)
    }

    @Test("A handshake that does not end in time is refused and counted, and bytes before it are no frames")
    func handshakeTimeout() throws {
        let secured = try FrameHandlerTests(release2: false, isSecured: true)
        secured.channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(secured.channel.isActive)
        secured.channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!secured.channel.isActive)
        #expect(try secured.event() == "refused tls")
        #expect(secured.state.counters.refusals == [.tls: 1])
    }

    @Test("Once TLS is agreed upon, the connection has the time of any other")
    func handshakeInTime() throws {
        let secured = try FrameHandlerTests(release2: false, isSecured: true)
        secured.channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
        secured.channel.embeddedEventLoop.advanceTime(by: .seconds(200))
        #expect(secured.channel.isActive)
        try secured.receive(frame("one"))
        #expect(try secured.event() == "one")
    }

    @Test("Release 2: each answer begins with the commit acknowledgement, in a frame of its own")
    func commits() throws {
        let test = try FrameHandlerTests(release2: true)
        let positive: [UInt8] = [0x0B, 0x06, 0x1C, 0x0D]
        let negative: [UInt8] = [0x0B, 0x15, 0x1C, 0x0D]
        let answers: [(FrameReply, [UInt8])] = [
            (.commit(isStored: true, then: Array("ACK".utf8)), positive + frame("ACK")),
            (.commit(isStored: true, then: nil), positive),
            (.commit(isStored: false, then: nil), negative),
            (.commit(isStored: false, then: Array("ACK".utf8)), negative + frame("ACK")),
            (.reply(Array("ACK".utf8)), positive + frame("ACK")),
            (.none, positive),
        ]
        for (reply, bytes) in answers {
            try test.receive(frame("one"))
            #expect(try test.event() == "one")
            try test.channel.writeOutbound(reply)
            #expect(try test.sent() == bytes)
        }
        #expect(test.channel.isActive)
    }

    @Test("Release 2: the peer's commit of a reply is counted and is no message")
    func peerCommits() throws {
        let test = try FrameHandlerTests(release2: true)
        try test.receive([0x0B, 0x06, 0x1C, 0x0D, 0x0B, 0x15, 0x1C, 0x0D] + frame("one") + [0x0B, 0x06, 0x1C])
        #expect(try test.event() == "one")
        try test.channel.writeOutbound(FrameReply.none)
        test.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(try test.event() == nil)
        #expect(test.state.counters.peerCommits == 2 && test.state.counters.peerNegativeCommits == 1)
        #expect(test.state.counters.frames == 1)
    }

    @Test("Release 2: bytes that are no frame get no commit acknowledgement")
    func noCommitForJunk() throws {
        let test = try FrameHandlerTests(release2: true)
        try test.receive(Array("junk".utf8) + frame("one"))
        #expect(try test.event() == "refused junk")
        try test.channel.writeOutbound(FrameReply.none)
        #expect(try test.sent() == nil)
        #expect(try test.event() == "one")
    }

    @Test("Release 1 sends no commit byte, takes one for a message, and closes on what is not stored")
    func noCommits() throws {
        try receive([0x0B, 0x06, 0x1C, 0x0D])
        #expect(try event() == "\u{06}")
        try channel.writeOutbound(FrameReply.commit(isStored: true, then: [0x41]))
        #expect(try sent() == frame("A"))
        try receive(frame("two"))
        #expect(try event() == "two")
        try channel.writeOutbound(FrameReply.commit(isStored: true, then: nil))
        #expect(try sent() == nil && channel.isActive)
        try receive(frame("three"))
        #expect(try event() == "three")
        try channel.writeOutbound(FrameReply.commit(isStored: false, then: nil))
        #expect(try sent() == nil && !channel.isActive)
    }
}
