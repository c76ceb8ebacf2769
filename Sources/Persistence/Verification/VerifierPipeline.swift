import Audit
import Dispatch
import MerkleLog
import Synchronization

/// Hands chunks of leaves to as many cores as there are while the next ones are read, and the results to the verifier
/// in their order.
struct VerifierPipeline {
    private static let (chunkLength, waitingLimit) = (4096, 16)

    private final class Slot: Sendable {
        private let result = Mutex<ScannedChunk?>(nil)
        private let isDone = DispatchSemaphore(value: 0)

        func fill(_ chunk: LeafChunk) {
            let scanned = chunk.scanned()
            result.withLock { $0 = scanned }
            isDone.signal()
        }

        /// Waits for the result; asked once.
        func take() -> ScannedChunk? {
            isDone.wait()
            return result.withLock { $0 }
        }
    }

    private let queue = DispatchQueue(label: "audit.verification", attributes: .concurrent)
    private var verifier: AuditVerifier
    private var chunk = LeafChunk(leaves: chunkLength)
    private var waiting: [Slot] = []

    init(_ verifier: AuditVerifier) { self.verifier = verifier }

    mutating func add(index: UInt64, leaf: [UInt8]) {
        chunk.append(index: index, leaf: leaf)
        if chunk.count == Self.chunkLength { pass() }
    }

    mutating func skip(to frontier: Frontier, because code: AuditProblem.Code, at place: String) {
        passAll()
        verifier.skip(to: frontier, because: code, at: place)
    }

    consuming func finish(storedFrontier: [UInt8]?) -> AuditVerification {
        passAll()
        return verifier.finish(storedFrontier: storedFrontier)
    }

    private mutating func passAll() {
        pass()
        while !waiting.isEmpty { takeFirst() }
    }

    private mutating func pass() {
        let (full, slot) = (chunk, Slot())
        chunk = LeafChunk(leaves: Self.chunkLength)
        waiting.append(slot)
        queue.async { slot.fill(full) }
        while waiting.count > Self.waitingLimit { takeFirst() }
    }

    private mutating func takeFirst() {
        if let scanned = waiting.removeFirst().take() { verifier.add(scanned) }
    }
}
