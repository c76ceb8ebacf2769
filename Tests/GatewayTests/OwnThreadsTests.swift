import Foundation
import Synchronization
import Testing

@testable import Gateway

@Suite("Threads for what waits for another process")
struct OwnThreadsTests {
    /// Where `count` visitors wait for each other.
    private final class Meeting: Sendable {
        private let waiting = Mutex(0)
        private let changed = NSCondition()

        /// Blocks until all are there; false if that takes ten minutes.
        func join(_ count: Int) -> Bool {
            changed.lock()
            defer { changed.unlock() }
            waiting.withLock { $0 += 1 }
            changed.broadcast()
            let end = Date(timeIntervalSinceNow: 600)
            while waiting.withLock({ $0 < count }) {
                guard changed.wait(until: end) else { return false }
            }
            return true
        }
    }

    @Test("More of them block at the same time than there are processors, and all else goes on")
    func meeting() async {
        let count = ProcessInfo.processInfo.activeProcessorCount + 2
        let threads = OwnThreads(count: count)
        let meeting = Meeting()
        let joined = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<(count - 1) {
                group.addTask(executorPreference: threads) { meeting.join(count) }
            }
            // This one needs a thread of Swift's own to get there.
            group.addTask { meeting.join(count) }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(joined)
    }

    @Test("What runs there is on one of them")
    func name() async {
        func name() -> String? { Thread.current.name }
        let threads = OwnThreads(count: 1)
        let names = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<3 { group.addTask(executorPreference: threads) { name() } }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(names == ["blocking 1"])
    }
}
