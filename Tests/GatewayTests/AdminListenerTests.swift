import Hummingbird
import HummingbirdTesting
import Testing
import Workflow

@testable import Gateway

@Suite("Health and metrics")
struct AdminListenerTests {
    let fixture: ListenerFixture

    init() throws { fixture = try ListenerFixture() }

    private func get(_ path: String, isSpaceEnough: Bool = true) async throws -> (status: Int, body: String) {
        try await fixture.admin(isSpaceEnough: isSpaceEnough).application().test(.router) { client in
            try await client.execute(uri: path, method: .get) { response in
                (response.status.code, String(buffer: response.body))
            }
        }
    }

    @Test("Live and ready while the store answers; not ready on a full disk")
    func health() async throws {
        #expect(try await get("/health/live").status == 200)
        #expect(try await get("/health/ready") == (200, "ready\n"))
        #expect(try await get("/health/live", isSpaceEnough: false).status == 200)
        #expect(try await get("/health/ready", isSpaceEnough: false) == (503, "not ready: disk.full\n"))
    }

    @Test("Metrics show every state, and the counters of this process")
    func metrics() async throws {
        fixture.metrics.count(.messages, label: "order")
        let body = try await get("/metrics").body
        for state in OrderState.allCases {
            #expect(body.contains("imaging_gateway_orders{state=\"\(state.rawValue)\"} 0\n"))
        }
        #expect(body.contains("imaging_gateway_messages_total{outcome=\"order\"} 1\n"))
        #expect(body.contains("imaging_gateway_store_readable 1\n"))
    }

    @Test("Nothing else is served", arguments: ["/", "/fhir/ImagingStudy", "/orders"])
    func nothingElse(_ path: String) async throws {
        #expect(try await get(path).status == 404)
    }
}
