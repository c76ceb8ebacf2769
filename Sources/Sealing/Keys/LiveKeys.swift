internal import Synchronization

/// The rotating keys as all copies of a ring see them: read again when the key file was exchanged, so that a running
/// program seals with a new master key from the moment it is in the file.
final class LiveKeys: Sendable {
    private struct State {
        var keys: RotatingKeys
        /// The file's state when `keys` were read, or when reading them failed.
        var seen: [Int]?
        var hasFailed = false
    }

    private let source: RotatingKeySource?
    private let state: Mutex<State>

    init(_ keys: RotatingKeys, source: RotatingKeySource?, seen: [Int]?) {
        self.source = source
        state = Mutex(State(keys: keys, seen: seen))
    }

    /// The keys now. What cannot be read leaves those that were there: whoever wraps goes on with a key that the file
    /// still held a moment ago.
    var current: RotatingKeys {
        state.withLock { state in
            if let source, let now = source.state(), now != state.seen { try? Self.read(source, now, &state) }
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
        state.keys = try source.read()
        state.hasFailed = false
    }
}
