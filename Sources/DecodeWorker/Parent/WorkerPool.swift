internal import DICOM
internal import Foundation
internal import Synchronization

/// Children that wait for work, and how many work.
final class WorkerPool: Sendable {
    fileprivate struct State {
        var idle: [WorkerRole: [ChildProcess]] = [:]
        var working = 0
        var sequence: UInt32 = 0
        var counts = WorkerCounts()
    }

    private let program: String
    private let limits: WorkerLimits
    private let environment: [String]
    private let state = Mutex(State())
    private let changed = NSCondition()

    init(program: String, limits: WorkerLimits, environment: [String]) {
        (self.program, self.limits) = (program, limits)
        self.environment = environment + Self.ownEnvironment
    }

    deinit {
        for child in state.withLock({ $0.idle.values.flatMap(\.self) }) { child.end() }
    }

    var counts: WorkerCounts { state.withLock(\.counts) }

    func count(_ event: (inout WorkerCounts) -> Void) { state.withLock { event(&$0.counts) } }

    /// A number for the next request.
    func nextSequence() -> UInt32 {
        state.withLock {
            $0.sequence &+= 1
            return $0.sequence
        }
    }

    /// Waits for room, then answers a child that waits for a request; `isFresh` asks for one that never had any.
    func take(_ role: WorkerRole, isFresh: Bool) throws(DICOMError) -> ChildProcess {
        changed.lock()
        while !state.withLock({ $0.reserve(limits.children) }) { changed.wait() }
        changed.unlock()
        while !isFresh, let child = state.withLock({ $0.idle[role]?.popLast() }) {
            if child.isIdle { return child }
            // It ended while nobody asked anything of it.
            child.end()
        }
        do throws(DICOMError) {
            let child = try ChildProcess(
                program: program, arguments: ["decode-worker"], environment: environment, role: role)
            count { $0.started += 1 }
            return child
        } catch {
            leave()
            throw error
        }
    }

    /// Takes back a child that answered as it should.
    func giveBack(_ child: ChildProcess, _ role: WorkerRole) {
        if child.served < limits.framesPerChild {
            state.withLock { $0.idle[role, default: []].append(child) }
        } else {
            child.end()
        }
        leave()
    }

    /// Ends a child that is not to be used again.
    func end(_ child: ChildProcess) {
        child.end()
        leave()
    }

    private func leave() {
        changed.lock()
        state.withLock { $0.working -= 1 }
        changed.signal()
        changed.unlock()
    }

    /// Nothing of the parent's environment but where libraries and their data are.
    private static var ownEnvironment: [String] {
        var kept = ["LD_LIBRARY_PATH", "DCMDICTPATH", "TESSDATA_PREFIX"]
        #if DEBUG
        kept += [FaultHook.variable, "LD_PRELOAD", "ASAN_OPTIONS"]
        #endif
        let own = ProcessInfo.processInfo.environment
        return kept.compactMap { name in own[name].map { "\(name)=\($0)" } } + [
            // A child that dies says nothing; one thread is enough, and no other could be started.
            "SWIFT_BACKTRACE=enable=no", "OMP_THREAD_LIMIT=1", "MALLOC_ARENA_MAX=1", "LC_ALL=C.UTF-8",
        ]
    }
}

extension WorkerPool.State {
    /// Room for one more child at work.
    fileprivate mutating func reserve(_ most: Int) -> Bool {
        guard working < most else { return false }
        working += 1
        return true
    }
}

/// What became of children since the start.
public struct WorkerCounts: Sendable, Hashable {
    /// Children that were started.
    public var started = 0
    /// Children that ended while they worked, or answered what is no answer.
    public var crashed = 0
    /// Children that did not answer in time.
    public var timedOut = 0

    /// Nothing yet, unless a count says otherwise.
    public init(started: Int = 0, crashed: Int = 0, timedOut: Int = 0) {
        (self.started, self.crashed, self.timedOut) = (started, crashed, timedOut)
    }
}
