internal import Synchronization

/// The rotating keys as all copies of a ring see them: read again when the key file was exchanged, so that a running
/// program seals with a new master key from the moment it is in the file.
final class LiveKeys: Sendable {
    private struct State {
        var keys: RotatingKeys
        /// The file's state when `keys` were read, or when reading them failed.
        var seen: [Int]?
        var hasFailed = false
        var triedAt: ContinuousClock.Instant?
    }

    /// A token counts failed tries: one for each order would lock it.
    private static let pause = Duration.seconds(5)

    private let source: RotatingKeySource?
    private let state: Mutex<State>

    init(_ keys: RotatingKeys, source: RotatingKeySource?, seen: [Int]?) {
        self.source = source
        state = Mutex(State(keys: keys, seen: seen))
    }

    /// The keys now, for opening and verifying. What cannot be read leaves those that were there.
    var current: RotatingKeys {
        state.withLock { state in
            if let source, let now = source.state(), now != state.seen { try? Self.read(source, now, &state) }
            return state.keys
        }
    }

    /// The keys now, for wrapping and signing. Where the file is away or cannot be read, the old keys are no answer:
    /// whoever exchanged them takes them out of the file, and what they wrapped later would be lost.
    /// - Throws: `keysUnreadable`.
    func confirmed() throws(SealingError) -> RotatingKeys {
        try state.withLock { state throws(SealingError) in
            guard let source else { return state.keys }
            let now = source.state()
            // The key file stays the same where the file or token behind an entry was what could not be read.
            let isDue = state.hasFailed && state.triedAt.map { .now - $0 >= Self.pause } ?? true
            if now != state.seen || isDue { try? Self.read(source, now, &state) }
            guard !state.hasFailed else { throw SealingError(.keysUnreadable) }
            return state.keys
        }
    }

    /// Reads them now.
    /// - Throws: what the source throws; the keys stay as they are.
    @discardableResult
    func reload() throws -> RotatingKeys {
        try state.withLock { state in
            if let source { try Self.read(source, source.state(), &state) }
            return state.keys
        }
    }

    /// The master key of an id. Where reading failed before, it is tried once more: the key may be there by now.
    func master(_ id: String) -> MasterKey? {
        if let found = current.masters.first(where: { $0.id == id }) { return found }
        guard state.withLock({ $0.hasFailed }) else { return nil }
        return try? reload().masters.first { $0.id == id }
    }

    /// The state is taken before reading: a change in between is seen the next time.
    private static func read(_ source: RotatingKeySource, _ now: [Int]?, _ state: inout State) throws {
        state.seen = now
        state.hasFailed = true
        state.triedAt = .now
        state.keys = try source.read()
        state.hasFailed = false
    }
}
