import DICOM
import DICOMweb
import Deidentification
import OutboundHTTP
import Sealing
import Synchronization
import Testing
import Workflow

@Suite("STOW-RS (PS3.18 §10.5)", .serialized)
struct StoreTests {
    /// The files of a de-identified study of so many images.
    private func study(_ count: Int) throws -> (UID, [ExportObject]) {
        let instances = try (1...count).map {
            try Instance(parsing: TestFile(study: "1.2.3", series: "1.2.3.4", number: $0).bytes)
        }
        let uid = try #require(UID("1.2.3"))
        let (study, _) = try deidentify(
            Study(studyInstanceUID: uid, instances: instances), pseudonyms: Pseudonyms(key: [UInt8](0..<32)))
        return (
            study.value.studyInstanceUID, try instances.indices.map { try ExportObject(study, instance: $0) }
        )
    }

    private func with(
        _ answer: @escaping @Sendable (TestRequest) -> TestResponse,
        _ body: (DICOMwebStore, TestServer) async throws -> Void
    ) async throws {
        try await TestServer.with(answer: answer) { server in
            try await withClient(testPeer(server.port, path: "/dicom-web")) { client in
                let number = Mutex(0)
                try await body(
                    DICOMwebStore(name: "research", client: client) {
                        "boundary\(number.withLock { number in number += 1; return number })"
                    }, server)
            }
        }
    }

    private static func stored(_ uids: [String], failed: [(String, Int)] = []) -> TestResponse {
        let good = uids.map { #"{"00081155":{"vr":"UI","Value":["\#($0)"]}}"# }.joined(separator: ",")
        let bad = failed.map {
            #"{"00081155":{"vr":"UI","Value":["\#($0)"]},"00081197":{"vr":"US","Value":[\#($1)]}}"#
        }.joined(separator: ",")
        return .json(
            #"{"00081199":{"vr":"SQ","Value":[\#(good)]},"00081198":{"vr":"SQ","Value":[\#(bad)]}}"#,
            type: "application/dicom+json")
    }

    @Test("One part for each object, whole, in requests of at most 64 objects, under the pseudonymous study")
    func requests() async throws {
        let (uid, objects) = try study(65)
        let uids = objects.map(\.sopInstanceUID.value)
        try await with({ _ in Self.stored(uids) }) { store, server in
            let receipt = try await store.store(objects, study: uid)
            #expect(receipt.objects == 65)
            #expect(receipt.requests == 2)
            #expect(server.requests.map(\.method) == ["POST", "POST"])
            #expect(server.requests.allSatisfy { $0.path == "/dicom-web/studies/\(uid.value)" })
            var parts: [WholePart] = []
            for (request, boundary) in zip(server.requests, ["boundary1", "boundary2"]) {
                #expect(request.headers["content-type"]?.contains(boundary) == true)
                #expect(request.headers["content-length"] == String(request.body.count))
                parts += try parse([request.body], boundary: boundary).get()
            }
            #expect(parts.map(\.content) == objects.map(\.bytes))
            #expect(parts.allSatisfy { $0.headers["content-type"] == "application/dicom" && $0.isComplete })
        }
    }

    @Test("Objects that are there already count as stored, also where all are and the answer is 409")
    func duplicates() async throws {
        let (uid, objects) = try study(2)
        let failed = objects.map { ($0.sopInstanceUID.value, 0x0111) }
        let body = Self.stored([], failed: failed).bytes
        let text = String(decoding: body, as: UTF8.self).replacing("200 Status", with: "409 Conflict")
        try await with({ _ in TestResponse(bytes: Array(text.utf8)) }) { store, _ in
            let receipt = try await store.store(objects, study: uid)
            #expect(receipt.duplicates == 2)
        }
    }

    @Test(
        "What is not stored is an error by its reason",
        arguments: [
            (0xA700, AdapterError(.busy, code: "peer.stow.outOfResources")),
            (0xA900, AdapterError(.incorrect, code: "peer.stow.refused")),
            (0xC000, AdapterError(.incorrect, code: "peer.stow.refused")),
        ])
    func reasons(_ reason: Int, _ error: AdapterError) async throws {
        let (uid, objects) = try study(2)
        let uids = objects.map(\.sopInstanceUID.value)
        try await with({ _ in Self.stored([uids[0]], failed: [(uids[1], reason)]) }) { store, _ in
            await #expect(throws: error) { try await store.store(objects, study: uid) }
        }
    }

    @Test("An object of which the answer says nothing is not taken for stored")
    func unaccounted() async throws {
        let (uid, objects) = try study(2)
        let uids = objects.map(\.sopInstanceUID.value)
        try await with({ _ in Self.stored([uids[0]]) }) { store, _ in
            await #expect(throws: AdapterError(.interrupted, code: "peer.stow.unaccounted")) {
                try await store.store(objects, study: uid)
            }
        }
    }

    @Test("A success without a body does not say what is stored, and neither does a page instead of an answer")
    func bodies() async throws {
        let (uid, objects) = try study(1)
        for status in [200, 204] {
            try await with({ _ in .answer(status) }) { store, _ in
                await #expect(throws: AdapterError(.interrupted, code: "peer.stow.unaccounted")) {
                    try await store.store(objects, study: uid)
                }
            }
        }
        try await with({ _ in .answer(200, "text/html", body: Array("<html>".utf8)) }) { store, _ in
            await #expect(throws: AdapterError(.incorrect, code: "peer.stow.malformed")) {
                try await store.store(objects, study: uid)
            }
        }
        try await with({ _ in .answer(202) }) { store, _ in
            await #expect(throws: AdapterError(.incorrect, code: "peer.stow.malformed")) {
                try await store.store(objects, study: uid)
            }
        }
    }
}
