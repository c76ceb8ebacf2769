public import Sealing

/// Limits of a store.
public struct StoreOptions: Sendable {
    /// How long to wait for another process that is writing.
    public var busyTimeout: Duration
    /// For how long a positive acknowledgment is repeated to a resend.
    public var replayTime: Duration
    /// Bytes of sealed raw messages; beyond it the oldest go.
    public var messageQuota: Int
    /// Folders where segments of the archive are looked for beside those to which they were written.
    public var archiveFolders: [String]
    /// Pages of the database file, nil without limit; for tests of a full disk.
    var maximumPages: Int?

    /// The values of design §4.
    public init(
        busyTimeout: Duration = .seconds(10), replayTime: Duration = .seconds(7 * 24 * 3600),
        messageQuota: Int = 1 << 30, archiveFolders: [String] = []
    ) {
        self.busyTimeout = busyTimeout
        self.replayTime = replayTime
        self.messageQuota = messageQuota
        self.archiveFolders = archiveFolders
    }
}

extension KeyRing {
    /// The name of this installation's audit log, in leaves, checkpoints and as the name of its signing key.
    public var logOrigin: String { "imaging-gateway/\(installation)" }
}
