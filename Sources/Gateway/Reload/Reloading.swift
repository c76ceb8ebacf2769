import Audit
import Logging
import ServiceLifecycle
import UnixSignals
import Workflow

/// Something whose files can be read again while the gateway serves.
struct Reloadable: Sendable {
    /// Its place in the configuration, such as `mappings` or `listeners.mllp[0].tls`.
    let name: String
    /// Reads and checks the files, and uses them only if all is well; facts for the audit log, such as digests.
    let reload: @Sendable () async throws(ConfigurationError) -> [String: String]
}

/// Reads mapping and TLS files again. What cannot be used is told, recorded and left out: the gateway goes on with what
/// it had. The configuration file itself is not read again.
struct Reloader: Sendable {
    let parts: [Reloadable]
    let store: any OrderStore
    let trail: AuditTrail
    let metrics: Metrics
    let logger: Logger

    func reload() async {
        for part in parts {
            let record: AuditRecord
            do throws(ConfigurationError) {
                let facts = try await part.reload()
                record = trail.service(.configurationReload, details: facts.merging(["part": part.name]) { $1 })
                metrics.count(.reloads, label: "ok")
                logger.notice("files were read again", metadata: ["part": "\(part.name)"])
            } catch {
                record = refused(part, error)
            }
            do throws(AdapterError) {
                try await store.record([record])
            } catch {
                metrics.count(.failures, label: error.code)
                logger.error("a reload was not recorded", metadata: ["code": "\(error.code)"])
            }
        }
    }

    private func refused(_ part: Reloadable, _ error: ConfigurationError) -> AuditRecord {
        metrics.count(.reloads, label: error.code.rawValue)
        logger.error(
            "files were not read again, the gateway goes on with those it had",
            metadata: ["part": "\(part.name)", "error": "\(error)"])
        var record = trail.service(.configurationReload, details: ["part": part.name, "key": error.path])
        record.outcome = .minorFailure
        record.code = "configuration.\(error.code.rawValue)"
        return record
    }
}

/// Reloads on each SIGHUP.
struct ReloadService: Service {
    let reloader: Reloader
    /// Trapped before anything starts: until then a SIGHUP ends the process.
    let hangups: UnixSignalsSequence

    func run() async throws {
        for await _ in hangups.cancelOnGracefulShutdown() { await reloader.reload() }
    }
}
