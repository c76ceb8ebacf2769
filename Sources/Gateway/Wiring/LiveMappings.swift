import Mapping
import Synchronization

/// The mappings that hold now. They are replaced as a whole: work that has begun keeps the value it began with, and a
/// folder with a broken file never takes the place of one without.
final class LiveMappings: Sendable {
    private let configuration: Configuration
    private let assigners: AssignerDirectory
    private let models: [ModelRule]?
    private let box: Mutex<Mappings>

    /// Reads the folder that the configuration names.
    ///
    /// - Parameter models: The models of the installation, of which the routing may name some.
    init(
        _ configuration: Configuration, assigners: AssignerDirectory, models: [ModelRule]? = nil
    ) throws(ConfigurationError) {
        self.configuration = configuration
        self.assigners = assigners
        self.models = models
        box = Mutex(try Mappings(configuration, assigners: assigners, models: models))
    }

    /// The value to work with; ask again for each message.
    var current: Mappings { box.withLock(\.self) }

    /// Reads and checks all files again, and takes them only if every one of them is right.
    ///
    /// - Throws: `ConfigurationError` with file, key path and line; what held before holds on.
    func reload() throws(ConfigurationError) {
        let read = try Mappings(configuration, assigners: assigners, models: models)
        box.withLock { $0 = read }
    }
}
