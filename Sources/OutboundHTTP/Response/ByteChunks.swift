internal import AsyncHTTPClient
internal import NIOCore
public import Workflow

/// The body of an answer, chunk by chunk as it arrives: the next chunk is read from the network when it is asked for.
///
/// Ends only at the true end of the body; everything else throws: `interrupted` when the connection broke or fell
/// silent, `incorrect` (`<peer>.tooLarge`) beyond the limit. Iterate once.
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

        /// The next bytes; nil at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(AdapterError) -> ArraySlice<UInt8>? {
            let buffer: ByteBuffer?
            do {
                buffer = try await body.next(isolation: actor)
            } catch {
                throw AdapterError(transport: error, peer: peer)
            }
            guard let buffer else { return nil }
            left -= buffer.readableBytes
            guard left >= 0 else { throw AdapterError(.incorrect, code: "\(peer).tooLarge") }
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
