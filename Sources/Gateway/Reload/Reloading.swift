import Audit
import Logging
import ServiceLifecycle
import UnixSignals
import Workflow

/// Something whose files can be read again while the gateway serves.
struct Reloadable: Sendable {
    /// Its place in the configuration, such as `mappings` or `listeners.mllp[0].tls`.
    let name: String
    /// Reads and checks the files, and uses them only if all is well; tells what is in use now.
    let reload: @Sendable () async throws(ConfigurationError) -> [LoadedFile]
}

/// Reads mapping and TLS files again. What cannot be used is told, recorded and left out: the gateway goes on with what
/// it had. The configuration file itself is not read again.
struct Reloader: Sendable {
    let parts: [Reloadable]
    let inUse: FilesInUse
    let store: any OrderStore
    let trail: AuditTrail
    let metrics: Metrics
    let logger: Logger

    func reload() async {
        for part in parts {
            var records: [AuditRecord]
            do throws(ConfigurationError) {
                let files = try await part.reload()
                records = [
                    trail.service(
                        .configurationReload, details: [.part: .configured(part.name), .count: .count(files.count)])
                ]
                records += inUse.reloaded(files, trail)
                metrics.count(.reloads, label: "ok")
                logger.notice("files were read again", metadata: ["part": "\(part.name)"])
            } catch {
                records = [refused(part, error)]
            }
            do throws(AdapterError) {
                try await store.record(records)
                try inUse.save()
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
        return trail.service(
            .configurationReload, outcome: .minorFailure, code: "configuration.\(error.code.rawValue)",
            details: [.part: .configured(part.name), .key: .configured(error.path)])
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
