internal import Synchronization

/// The names that a run gives, each once: two inputs with the same UIDs would write one file.
final class Claims: Sendable {
    private let taken = Mutex<Set<String>>([])

    /// Throws `file.exists` for a name that was claimed before.
    func claim(_ path: String) throws(LeftOut) {
        guard taken.withLock({ $0.insert(path).inserted }) else { throw LeftOut("file.exists") }
    }
}
