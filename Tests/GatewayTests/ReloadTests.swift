import Audit
import Foundation
import Persistence
import Synchronization
import Testing
import Workflow

@testable import Gateway

@Suite("Reading files again")
struct ReloadTests {
    private let fixture: ListenerFixture

    init() throws { fixture = try ListenerFixture() }

    private func reloader(_ parts: [Reloadable]) -> Reloader {
        let clock = SystemClock()
        return Reloader(
            parts: parts, inUse: FilesInUse(folder: fixture.folder.path), store: fixture.store,
            trail: AuditTrail(store: fixture.store, clock: clock, principal: Principal(kind: .service, name: "test")),
            metrics: fixture.metrics, logger: fixture.logger)
    }

    @Test func `each part is read, recorded and counted by itself, and one that fails stops none`() async throws {
        let read = Mutex<[String]>([])
        let reloader = reloader([
            Reloadable(name: "mappings") { () async throws(ConfigurationError) in
                read.withLock { $0.append("mappings") }
                throw ConfigurationError(.invalidValue, at: "mappings/orders/default.yaml", "broken")
            },
            Reloadable(name: "listeners.mllp[0].tls") { () async throws(ConfigurationError) in
                read.withLock { $0.append("tls") }
                return [LoadedFile(.certificateLoaded, name: "listeners.mllp[0].tls", sha256: "00")]
            },
        ])
        await reloader.reload()
        #expect(read.withLock { $0 } == ["mappings", "tls"])
        // Refused; read again, changed and loaded.
        #expect(try await fixture.store.counts().leaves == 4)
        let metrics = fixture.metrics.render(nil)
        #expect(metrics.contains(#"imaging_gateway_reloads_total{outcome="ok"} 1"#))
        #expect(metrics.contains(#"imaging_gateway_reloads_total{outcome="invalidValue"} 1"#))
    }

    @Test func `a certificate that cannot be used replaces nothing`() throws {
        let missing = ServerTLSSection(certificate: "/none", key: "/none", clientCA: nil)
        #expect(throws: ConfigurationError.self) { try ReloadableTLS(missing) }
        #expect(LoadedFile.certificate(missing.certificate, at: "listeners.fhir.tls") == nil)
    }
}
