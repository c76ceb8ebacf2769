/// How the pretend archive behaves where real ones differ, and what it may cost.
struct ArchiveSettings: Sendable {
    /// What a search without matches answers (PS3.18 §10.6.3.1): servers differ.
    enum EmptySearch: Sendable {
        /// 200 with `[]`, as Orthanc does.
        case emptyList
        /// 204 without content, as the current text says.
        case noContent
    }

    /// The absolute URL of the service root without its last slash: it begins every URL that the archive gives out.
    var serviceRoot: String
    var emptySearch = EmptySearch.emptyList
    /// The most matches in one answer; a `Warning` header tells of more (PS3.18 §8.3.4.4).
    var maximumResults = 1_000
    /// Instances that are kept; further ones are refused as out of resources.
    var maximumInstances = 2_000
    /// Bytes of all files together.
    var maximumBytes = 1 << 30
    /// Bytes of one request to store.
    var maximumStoreBytes = 64 << 20
    /// Parameters of one search.
    var maximumParameters = 64

    init(serviceRoot: String) {
        self.serviceRoot = serviceRoot
    }
}
