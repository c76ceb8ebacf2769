import Glibc
public import Workflow

/// The one folder that holds everything: mode 0700, files 0600.
public struct DataFolder: Sendable, Hashable {
    /// Its path, without a slash at the end.
    public let path: String

    /// Creates the folder and its subfolders where they are missing and takes away all rights of others.
    /// - Throws: `fault` `store.file`.
    public init(creating path: String) throws(AdapterError) {
        self.init(existing: path)
        for folder in [self.path, scratchPath, checkpointsPath] { try Self.makeFolder(folder) }
    }

    /// A folder that is there, left as it is: for reading.
    public init(existing path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// The SQLite file.
    public var databasePath: String { path + "/store.sqlite" }
    /// Sealed bytes on their way through.
    public var scratchPath: String { path + "/scratch" }
    /// The checkpoints kept inside.
    public var checkpointsPath: String { path + "/checkpoints" }
    var openLockPath: String { path + "/open.lock" }
    var serveLockPath: String { path + "/serve.lock" }

    /// Makes sure that there is an empty file which only the owner can read, so that SQLite gives its own mode to the
    /// files beside it.
    static func makePrivateFile(_ path: String) throws(AdapterError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AdapterError(store: StoreFailure.file) }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw AdapterError(store: StoreFailure.file) }
    }

    static func makeFolder(_ path: String) throws(AdapterError) {
        let made = unsafe mkdir(path, 0o700)
        guard made == 0 || errno == EEXIST, unsafe chmod(path, 0o700) == 0 else {
            throw AdapterError(store: StoreFailure.file)
        }
    }

    /// The names in a folder, sorted; empty where there is none.
    static func names(in path: String) -> [String] {
        var names: [String] = []
        eachName(in: path) { names.append($0) }
        return names.sorted()
    }

    /// Gives the names in a folder, in no order.
    static func eachName(in path: String, _ body: (String) -> Void) {
        guard let folder = unsafe opendir(path) else { return }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { body(name) }
        }
    }
}
