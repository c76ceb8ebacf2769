import Audit
import Foundation
import MerkleLog
import Persistence
import Testing

@testable import Gateway

@Suite("Checkpoints outside are compared through handovers and restores")
struct PublishedCheckpointsTests {
    private let folder: TemporaryFolder
    private let outside: CheckpointFolder
    private let first: SigningKey
    private let second: SigningKey

    init() throws {
        folder = try TemporaryFolder()
        outside = CheckpointFolder(path: folder.path, keeper: .outside)
        first = try SigningKey(name: "log", seed: [UInt8](repeating: 1, count: 32))
        second = try SigningKey(name: "log", seed: [UInt8](repeating: 2, count: 32))
    }

    private func published(_ restorations: [(size: UInt64, origin: String)] = []) -> PublishedCheckpoints {
        PublishedCheckpoints(
            outside: [outside], inside: folder.path + "/none", anchor: first.verifier, restorations: restorations)
    }

    private func put(_ size: UInt64, _ key: SigningKey, _ origin: String = "log") throws {
        let key = try key.named(origin)
        let checkpoint = try Checkpoint(origin: origin, size: size, root: .leaf([UInt8(size)]))
        try outside.write(checkpoint, note: try checkpoint.signed(by: key), key: key.verifier)
    }

    @Test func `after a rotation those of the new key count, each once`() throws {
        try put(3, first)
        let handover = try KeyHandover(origin: LogOrigin("log"), size: 4, from: first.verifier, to: second.verifier)
        try put(5, second)
        var published = published()
        #expect(published.fresh(upTo: 9).map(\.size) == [3], "nobody handed the key over yet")
        try outside.write(handover, note: try handover.signed(from: first, to: second))
        #expect(published.fresh(upTo: 4).isEmpty, "beyond what was seen of the log")
        #expect(published.fresh(upTo: 9).map(\.size) == [5])
        #expect(published.fresh(upTo: 9).isEmpty)
        published.forget()
        #expect(published.fresh(upTo: 9).map(\.size) == [3, 5])
    }

    @Test func `after a restore those of the new name count, and those over lost records do not`() throws {
        try put(3, first)
        try put(6, first)
        try put(7, first, "log/2")
        var published = published([(4, "log/2")])
        #expect(published.fresh(upTo: 9).map(\.size) == [3, 7])
    }
}
