import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct CertificateTests {
    @Test func `Certificates come back oldest first, sealed at rest`() async throws {
        let folder = try TemporaryFolder()
        let keys = try KeyRing.generate()
        let store = try SQLiteStore.open(folder.folder, keys: keys)
        let order = storedOrder("one")
        let message = message("one")
        _ = try await store.accept(intake(order, message)) { _ in IntakeDecision(orders: [order]) }
        for text in ["first", "second"] {
            try await store.keep(
                StoredCertificate(
                    order: order.id, purpose: "model", created: time(1), bytes: Array("\(text) SEALEDCERTIFICATE".utf8))
            )
        }
        let found = try await store.certificates(of: order.id)
        #expect(found.map { String(decoding: $0.bytes, as: UTF8.self).prefix(6) } == ["first ", "second"])
        for (name, bytes) in try folder.bytes() { #expect(!holds(bytes, "SEALEDCERTIFICATE"), "\(name)") }
        let others = try await store.certificates(of: OrderID(randomUUID()))
        #expect(others.isEmpty)
    }

    @Test func `A certificate of an order that is not there is refused`() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore.open(folder.folder, keys: try KeyRing.generate())
        await #expect(throws: AdapterError.self) {
            try await store.keep(
                StoredCertificate(order: OrderID(randomUUID()), purpose: "model", created: time(1), bytes: [1]))
        }
    }
}
