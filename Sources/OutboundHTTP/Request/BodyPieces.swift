internal import NIOCore

/// A body in pieces as the client asks for them: each is cut into buffers that a connection takes at once.
struct BodyPieces: AsyncSequence, Sendable {
    private static let most = 64 << 10

    let pieces: [[UInt8]]

    func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces) }

    struct Iterator: AsyncIteratorProtocol {
        private let pieces: [[UInt8]]
        private var index = 0
        private var offset = 0

        init(pieces: [[UInt8]]) { self.pieces = pieces }

        mutating func next() async -> ByteBuffer? {
            while index < pieces.count, offset >= pieces[index].count { (index, offset) = (index + 1, 0) }
            guard index < pieces.count else { return nil }
            let end = Swift.min(offset + BodyPieces.most, pieces[index].count)
            defer { offset = end }
            return ByteBuffer(bytes: pieces[index][offset..<end])
        }
    }
}
