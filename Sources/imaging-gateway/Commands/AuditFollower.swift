import Audit
import Foundation
import Gateway
import JSON
import MerkleLog
import Persistence
import Workflow

/// Reads what is new in the log and gives it to a `LogWatch`.
struct AuditFollower {
    private(set) var watch: LogWatch
    private let session: AuditSession
    private let log: AuditLogFile
    private let head: WatchedHead?
    private let recheck: Duration
    private let told: (WatchAlert) -> Void
    private var checked = ContinuousClock.now
    private var published: PublishedCheckpoints

    /// Verifies the whole log, and what was seen of it in an earlier watch.
    init(
        session: AuditSession, key: VerifierKey, begin: UInt64?, head: WatchedHead?, recheck: Duration,
        told: @escaping (WatchAlert) -> Void
    ) throws {
        self.session = session
        self.head = head
        self.recheck = recheck
        self.told = told
        log = try AuditLogFile(session.folder, archiveFolders: session.configuration.audit.archives)
        let verified = try log.verify(key: key, outside: session.configuration.checkpointFolders)
        published = PublishedCheckpoints(
            outside: session.configuration.checkpointFolders, inside: session.folder.checkpointsPath, anchor: key,
            restorations: verified.restorations.map { ($0.size, $0.origin) })
        let hashes = try log.leafHashes()
        watch = LogWatch(seen: Self.frontier(hashes, min(begin ?? .max, UInt64(hashes.count))))
        if let seen = try head?.read() {
            var earlier = LogWatch(seen: seen)
            let beginning = Self.frontier(hashes, min(seen.size, UInt64(hashes.count)))
            report(earlier.compare(size: UInt64(hashes.count)) ?? earlier.compare(beginning))
            if earlier.isBroken { watch = earlier }
        }
        for problem in verified.problems { report(watch.unreadable(problem.description)) }
    }

    /// Tells what is new.
    mutating func look() async throws {
        guard !watch.isBroken else { return }
        do {
            let store = session.installation.store
            report(watch.compare(size: try await store.counts().leaves))
            try await store.auditEntries(AuditQuery(indexes: watch.frontier.size..<UInt64(Int64.max)), reading: []) {
                published.note($0)
                for alert in watch.add($0) { told(alert) }
            }
            compareCheckpoints()
            if ContinuousClock.now - checked >= recheck { try compareBeginning() }
        } catch let error as AdapterError where error.category == .fault {
            report(watch.unreadable(error.code))
        } catch let error as AuditError {
            report(watch.unreadable(error.code.rawValue))
        }
        if !watch.isBroken { try head?.write(watch.frontier) }
    }

    private mutating func compareCheckpoints() {
        for checkpoint in published.fresh(upTo: watch.frontier.size) { report(watch.compare(checkpoint)) }
    }

    private mutating func compareBeginning() throws {
        checked = .now
        published.forget()
        let hashes = try log.leafHashes(upTo: watch.frontier.size)
        report(watch.compare(size: UInt64(hashes.count)) ?? watch.compare(Self.frontier(hashes, UInt64(hashes.count))))
    }

    private func report(_ alert: WatchAlert?) {
        if let alert { told(alert) }
    }

    private static func frontier(_ hashes: [MerkleHash], _ size: UInt64) -> Frontier {
        hashes.prefix(Int(clamping: size)).reduce(into: Frontier()) { $0.append($1) }
    }
}

/// How far a watch saw the log, in a file of its own.
struct WatchedHead {
    let path: String

    /// Nil where nothing was seen yet.
    func read() throws -> Frontier? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard let json = try? JSONValue(parsing: Array(data)),
            let bytes = json["frontier"]?.string.flatMap({ Data(base64Encoded: $0) }),
            let frontier = try? Frontier(parsing: Array(bytes))
        else {
            throw CommandFailure("audit.headUnreadable", "--head is no file of a watch", exit: ExitCodes.unusable)
        }
        return frontier
    }

    func write(_ frontier: Frontier) throws {
        let json: JSONValue = [
            "size": .number(JSONNumber(Int(clamping: frontier.size))), "root": .string(frontier.root.base64),
            "frontier": .string(Data(frontier.serialized).base64EncodedString()),
        ]
        do {
            let data = Data(json.serialized(.pretty))
            guard FileManager.default.contents(atPath: path) != data else { return }
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure("audit.fileUnwritable", "--head cannot be written", exit: ExitCodes.unusable)
        }
    }
}
