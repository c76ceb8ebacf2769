import Foundation
import Synchronization

/// Threads for work that waits for another process. Swift's own threads are as many as processors: a decoder that hangs on
/// two frames would take both of two, and no message would be acknowledged before its time is over.
///
/// As many threads as there are loops that can wait at the same time: none of them waits for another.
final class OwnThreads: TaskExecutor {
    private let line = Line()

    /// Starts `count` threads, which end with their owner.
    init(count: Int) {
        for number in 1...max(count, 1) {
            Thread.detachNewThread { [line] in
                // Known to the operating system only from within.
                Thread.current.name = "blocking \(number)"
                line.work()
            }
        }
    }

    deinit { line.end() }

    func enqueue(_ job: consuming ExecutorJob) {
        // Safe: the runtime keeps the job until it ran, which it does once, and a task keeps its executor.
        let job = UnownedJob(job)
        let executor = unsafe asUnownedTaskExecutor()
        line.append { unsafe job.runSynchronously(on: executor) }
    }
}

/// What waits for a thread, first come, first served.
private final class Line: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isEnded = false
    }

    private let state = Mutex(State())
    private let changed = NSCondition()

    func append(_ job: @escaping @Sendable () -> Void) {
        changed.lock()
        state.withLock { $0.jobs.append(job) }
        changed.signal()
        changed.unlock()
    }

    func end() {
        changed.lock()
        state.withLock { $0.isEnded = true }
        changed.broadcast()
        changed.unlock()
    }

    /// Runs jobs until the line ends.
    func work() {
        while let job = next() { job() }
    }

    private func next() -> (@Sendable () -> Void)? {
        changed.lock()
        defer { changed.unlock() }
        while true {
            let (job, isEnded) = state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isEnded)
            }
            if let job { return job }
            if isEnded { return nil }
            changed.wait()
        }
    }
}
