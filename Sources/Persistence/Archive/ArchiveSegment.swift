public import Workflow

/// A beginning or middle part of the log that stands in a file of its own.
public struct ArchiveSegment: Sendable, Hashable {
    /// The leaves in it.
    public let indexes: Range<UInt64>
    /// The folder where it was put; the file may be moved, see `SQLiteStore.relocateSegments(to:)`.
    public let folder: String
    /// The file's name.
    public let name: String
    /// SHA-256 of the whole file, in hexadecimal digits.
    public let digest: String
    /// The youngest time in its leaves.
    public let newest: Timestamp
    /// Whether its bodies can be opened no more: their retention ended.
    public let isExpired: Bool
}

extension ArchiveSegment {
    /// Where the file is: in one of these folders first, so that a copy is not read from the original's files, else where
    /// it was put.
    func path(in folders: [String]) -> String? {
        (folders + [folder]).map { "\($0)/\(name)" }.first(where: OpenFile.exists)
    }
}
