import Mapping
import Synchronization

/// The mappings that hold now. They are replaced as a whole: work that has begun keeps the value it began with, and a
/// folder with a broken file never takes the place of one without.
final class LiveMappings: Sendable {
    private let configuration: Configuration
    private let assigners: AssignerDirectory
    private let box: Mutex<Mappings>

    /// Reads the folder that the configuration names.
    init(_ configuration: Configuration, assigners: AssignerDirectory) throws(ConfigurationError) {
        self.configuration = configuration
        self.assigners = assigners
        box = Mutex(try Mappings(configuration, assigners: assigners))
    }

    /// The value to work with; ask again for each message.
    var current: Mappings { box.withLock(\.self) }

    /// Reads and checks all files again, and takes them only if every one of them is right.
    ///
    /// - Throws: `ConfigurationError` with file, key path and line; what held before holds on.
    func reload() throws(ConfigurationError) {
        let read = try Mappings(configuration, assigners: assigners)
        box.withLock { $0 = read }
    }
}
