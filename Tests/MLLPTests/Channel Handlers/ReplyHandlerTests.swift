import NIOCore
import NIOEmbedded
import Testing

@testable import MLLP

@Suite("A sender's connection on its event loop")
struct ReplyHandlerTests {
    private let counters = SenderCounts()
    private let channel = EmbeddedChannel()
    private let handler: ReplyHandler

    init() throws {
        handler = ReplyHandler(SenderConfiguration(host: "", port: 0), counters: counters)
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 2575)).wait()
    }

    /// Sends a message whose reply begins with `expected`, and keeps what comes of it.
    private func send(_ text: String, expecting expected: String) -> Outcome {
        let outcome = Outcome()
        let promise = channel.eventLoop.makePromise(of: [UInt8].self)
        promise.futureResult.assumeIsolated().whenComplete { outcome.result = $0 }
        handler.send(Array(text.utf8), isReply: { $0.starts(with: expected.utf8) }, promise: promise)
        return outcome
    }

    private final class Outcome {
        var result: Result<[UInt8], any Error>?

        var text: String? { (try? result?.get()).map { String(decoding: $0, as: UTF8.self) } }

        var code: MLLPError.Code? {
            guard case .failure(let error)? = result else { return nil }
            return (error as? MLLPError)?.code
        }
    }

    private func receive(_ bytes: [UInt8]) throws { try channel.writeInbound(ByteBuffer(bytes: bytes)) }

    private func sent() throws -> [UInt8]? {
        try channel.readOutbound(as: ByteBuffer.self).map { Array($0.readableBytesView) }
    }

    @Test("The reply is the frame that is said to be one; frames before and after it are dropped")
    func match() throws {
        let outcome = send("M1", expecting: "ACK M1")
        #expect(try sent() == frame("M1"))
        try receive(frame("ACK M0") + [0x0B, 0x41])
        #expect(outcome.result == nil)
        try receive(Array("CK M".utf8))
        try receive([0x31, 0x1C, 0x0D] + frame("ACK M1"))
        #expect(outcome.text == "ACK M1")
        #expect(counters.value.foreignFrames == 2 && counters.value.replies == 1 && counters.value.sent == 1)
        #expect(channel.isActive)
    }

    @Test("A reply that does not come in time closes the connection; what comes late is nobody's")
    func timeout() throws {
        let outcome = send("M1", expecting: "ACK M1")
        try receive(frame("ACK M0"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(outcome.result == nil && channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(outcome.code == .noReply && !channel.isActive)
        #expect(counters.value.timeouts == 1)
        let next = send("M2", expecting: "ACK M2")
        #expect(next.code == .notConnected)
        #expect(counters.value.openConnections == 0 && counters.value.sent == 1)
    }

    @Test("A reply in time leaves no time-out behind")
    func noTimeoutAtRest() throws {
        let outcome = send("M1", expecting: "ACK")
        try receive(frame("ACK"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(3_000))
        #expect(outcome.text == "ACK" && channel.isActive)
        #expect(counters.value.timeouts == 0 && counters.value.openConnections == 1)
    }

    @Test("Half a second of silence after EB stands for the missing CR")
    func missingCarriageReturn() throws {
        let outcome = send("M1", expecting: "ACK")
        try receive([0x0B] + Array("ACK".utf8) + [0x1C])
        #expect(outcome.result == nil)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(501))
        #expect(outcome.text == "ACK")
    }

    @Test("Bytes that are no frame end the exchange and the connection; a reply behind them is not believed")
    func malformed() throws {
        let outcome = send("M1", expecting: "ACK")
        try receive(Array("junk".utf8) + frame("ACK"))
        #expect(outcome.code == .malformedReply && !channel.isActive)
        #expect(counters.value.malformed == 1 && counters.value.replies == 0)
    }

    @Test("A message is refused while another is in flight, and nothing of it is sent")
    func oneInFlight() throws {
        let first = send("M1", expecting: "ACK")
        #expect(send("M2", expecting: "ACK").code == .notConnected)
        #expect(try sent() == frame("M1"))
        #expect(try sent() == nil)
        try receive(frame("ACK"))
        #expect(first.text == "ACK")
    }
}
