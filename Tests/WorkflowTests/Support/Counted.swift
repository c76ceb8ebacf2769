import Synchronization
import Workflow

/// Lets so many refusals be kept.
final class Counted: RefusalGathering {
    private let limit: Int
    private let count = Mutex(0)

    init(allowing limit: Int) { self.limit = limit }

    var asked: Int { count.withLock { $0 } }

    func keeps(refusalOf source: String, from address: String?, code: String) async -> Bool {
        count.withLock { count in
            count += 1
            return count <= limit
        }
    }
}
