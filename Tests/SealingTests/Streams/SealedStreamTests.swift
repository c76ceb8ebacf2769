import Testing

@testable import Sealing

@Suite struct SealedStreamTests {
    let key = DataKey.random()
    static let sealedChunk = SealedStream.chunkLength + SealedStream.overhead

    func sealed(_ plain: [UInt8], pieces: Int = 10_000, fileID: String = "f") throws -> [UInt8] {
        var writer = SealedStreamWriter(key: key, fileID: fileID)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: plain.count, by: pieces) {
            bytes += try writer.write(plain[start..<min(start + pieces, plain.count)])
        }
        return try bytes + writer.finish()
    }

    func opened(_ sealed: [UInt8], pieces: Int = 7_777, fileID: String = "f") throws -> [UInt8] {
        var reader = SealedStreamReader(key: key, fileID: fileID)
        var plain: [UInt8] = []
        for start in stride(from: 0, to: sealed.count, by: pieces) {
            plain += try reader.read(sealed[start..<min(start + pieces, sealed.count)])
        }
        return try plain + reader.finish()
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
    func `Any length comes back, in chunks of 64 KiB with a tag each`(length: Int) throws {
        let plain = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let stream = try sealed(plain)
        let chunks = max(1, (length + 65_535) / 65_536)
        #expect(stream.count == length + chunks * SealedStream.overhead)
        #expect(try opened(stream) == plain)
        #expect(try opened(stream, pieces: 300_000) == plain)
    }

    @Test func `Any cut of the plain bytes gives the same stream`() throws {
        let plain = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }
        #expect(try sealed(plain, pieces: 1_000) == sealed(plain, pieces: 150_000))
    }

    @Test func `A stream that ends early is truncated, even between two chunks`() throws {
        let stream = try sealed([UInt8](repeating: 9, count: 150_000))
        for length in [0, 5, 16, Self.sealedChunk - 1, Self.sealedChunk, 2 * Self.sealedChunk, stream.count - 1] {
            #expect { try opened(Array(stream.prefix(length))) } throws: {
                ($0 as? SealingError)?.code == .truncated
            }
        }
    }

    @Test func `Chunks that are swapped, repeated or dropped do not open`() throws {
        let stream = try sealed([UInt8](repeating: 9, count: 200_000))
        let chunks = (0..<4).map { Array(stream.dropFirst($0 * Self.sealedChunk).prefix(Self.sealedChunk)) }
        for order in [[1, 0, 2, 3], [0, 0, 1, 2, 3], [0, 2, 3], [1, 2, 3], [0, 1, 2, 3, 3]] {
            #expect(throws: SealingError.self) { try opened(order.flatMap { chunks[$0] }) }
        }
        #expect(try opened(chunks.flatMap { $0 }).count == 200_000)
    }

    @Test func `A chunk of another file does not open`() throws {
        let stream = try sealed([1, 2, 3], fileID: "g")
        #expect(throws: SealingError(.truncated, at: "chunk 0")) { try opened(stream) }
    }

    @Test func `An altered byte is found in its chunk`() throws {
        var stream = try sealed([UInt8](repeating: 9, count: 200_000))
        stream[Self.sealedChunk + 100] ^= 1
        #expect(throws: SealingError(.notAuthentic, at: "chunk 1")) { try opened(stream) }
    }

    @Test func `A reader that has finished reads no more`() throws {
        var reader = SealedStreamReader(key: key, fileID: "f")
        _ = try reader.read(sealed([]))
        _ = try reader.finish()
        #expect(throws: SealingError(.finished, at: "stream")) { try reader.read([1]) }
        #expect(throws: SealingError(.finished, at: "stream")) { try reader.finish() }
    }
}
