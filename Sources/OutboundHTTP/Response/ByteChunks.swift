internal import AsyncHTTPClient
internal import NIOCore
public import Workflow

/// The body of an answer, chunk by chunk as it arrives: the next chunk is read from the network when it is asked for.
///
/// Ends only at the true end of the body; everything else throws: `interrupted` when the connection broke or fell
/// silent, or when the body only drips (`<peer>.slow`); `incorrect` (`<peer>.tooLarge`) beyond the limit. Iterate once.
public struct ByteChunks: AsyncSequence, Sendable {
    public typealias Element = ArraySlice<UInt8>
    public typealias Failure = AdapterError

    let body: HTTPClientResponse.Body
    let limit: Int
    let peer: String

    /// The one iterator of a body.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var body: HTTPClientResponse.Body.AsyncIterator
        var left: Int
        let peer: String
        private var pace = Pace()

        init(body: HTTPClientResponse.Body.AsyncIterator, left: Int, peer: String) {
            self.body = body
            self.left = left
            self.peer = peer
        }

        /// The next bytes; nil at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(AdapterError) -> ArraySlice<UInt8>? {
            let buffer: ByteBuffer?
            let asked = ContinuousClock.now
            do {
                buffer = try await body.next(isolation: actor)
            } catch {
                throw AdapterError(transport: error, peer: peer)
            }
            guard let buffer else { return nil }
            left -= buffer.readableBytes
            guard left >= 0 else { throw AdapterError(.incorrect, code: "\(peer).tooLarge") }
            guard pace.bears(buffer.readableBytes, waited: asked.duration(to: .now)) else {
                throw AdapterError(.interrupted, code: "\(peer).slow")
            }
            return Array(buffer.readableBytesView)[...]
        }

        /// The next bytes; nil at the end.
        public mutating func next() async throws(AdapterError) -> ArraySlice<UInt8>? {
            try await next(isolation: #isolation)
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: body.makeAsyncIterator(), left: limit, peer: peer)
    }
}

/// How fast a body comes, counting only the time spent waiting for the network: a peer that sends a byte now and then
/// stays within every silence that is allowed, and would hold a worker for as long as it likes.
struct Pace {
    /// The rate below which a body is given up, in bytes a second.
    static let slowest = 1024
    /// For how long a body may be slower.
    static let patience = Duration.seconds(30)

    private var bytes = 0
    private var waited = Duration.zero

    /// False once the bytes have been too few for longer than the patience.
    mutating func bears(_ count: Int, waited time: Duration) -> Bool {
        bytes += count
        waited += time
        return waited <= Self.patience || bytes >= Self.slowest * Int((waited - Self.patience).components.seconds)
    }
}
