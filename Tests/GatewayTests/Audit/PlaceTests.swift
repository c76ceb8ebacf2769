import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import MerkleLog
import NIOCore
import OutboundHTTP
import Synchronization
import Testing
import Workflow

@testable import Gateway

/// A store of files that knows `If-None-Match: *` and nothing else.
private final class FileStore: Sendable {
    private let file = Mutex<[UInt8]?>(nil)
    private let writes = Mutex(0)

    var content: [UInt8]? { file.withLock { $0 } }
    var count: Int { writes.withLock { $0 } }

    func put(_ bytes: [UInt8], ifAbsent: Bool) -> HTTPResponse.Status {
        file.withLock { file in
            guard !ifAbsent || file == nil else { return .preconditionFailed }
            file = bytes
            writes.withLock { $0 += 1 }
            return .created
        }
    }

    var application: some ApplicationProtocol {
        let router = Router()
        router.put("1.checkpoint") { request, _ in
            let body = try await request.body.collect(upTo: 65_536)
            return self.put(Array(body.readableBytesView), ifAbsent: request.headers[.ifNoneMatch] == "*")
        }
        router.get("1.checkpoint") { _, _ in ByteBuffer(bytes: self.content ?? []) }
        return Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

@Suite("Checkpoints in places by HTTP")
struct PlaceTests {
    private let witness: WitnessSigningKey

    init() throws { witness = try WitnessSigningKey(name: "w", seed: [UInt8](repeating: 7, count: 32)) }

    private func note(_ leaf: UInt8 = 1) throws -> CheckpointNote {
        let key = try SigningKey(name: "log", seed: [UInt8](repeating: 1, count: 32))
        let checkpoint = try Checkpoint(origin: "log", size: 1, root: .leaf([leaf]))
        return CheckpointNote(
            checkpoint: checkpoint, note: try checkpoint.signed(by: key), time: Timestamp(microseconds: 0))
    }

    private func with(
        _ application: some ApplicationProtocol, _ body: @escaping @Sendable (OutboundClient) async throws -> Void
    ) async throws {
        try await application.test(.live) { server in
            let port = try #require(server.port)
            let client = try OutboundClient(peer: Peer(name: "place", base: "http://127.0.0.1:\(port)"))
            do { try await body(client) } catch { Issue.record(error) }
            await client.shutdown()
        }
    }

    @Test func `what lies in a store of files is never replaced by another text`() async throws {
        let files = FileStore()
        try await with(files.application) { client in
            let plain = try note()
            _ = try await HTTPSPlace(client: client).publish(plain)
            #expect(files.content == plain.note.serialized)
            // The next process does not know what lies there.
            let second = HTTPSPlace(client: client)
            _ = try await second.publish(plain)
            #expect(files.count == 1, "the same text is no news")
            await #expect(throws: AdapterError(.fault, code: "audit.rolledBack")) {
                try await HTTPSPlace(client: client).publish(try note(2))
            }
            await #expect(throws: AdapterError(.fault, code: "audit.rolledBack")) {
                try await second.publish(try note(2))
            }
            #expect(files.content == plain.note.serialized)
        }
    }

    @Test func `cosignatures are added to what lies there, before and after a restart`() async throws {
        let files = FileStore()
        try await with(files.application) { client in
            let plain = try note()
            var cosigned = plain
            cosigned.note = try plain.note.adding([try witness.cosign(plain.note.text, at: 9)])
            let place = HTTPSPlace(client: client)
            _ = try await place.publish(plain)
            _ = try await place.publish(cosigned)
            #expect(files.content == cosigned.note.serialized)
            let next = HTTPSPlace(client: client)
            _ = try await next.publish(plain)
            #expect(files.content == cosigned.note.serialized, "a signature that came is not taken away")
            var later = plain
            later.note = try plain.note.adding([try witness.cosign(plain.note.text, at: 10)])
            _ = try await HTTPSPlace(client: client).publish(later)
            let whole = try SignedNote(parsing: try #require(files.content))
            #expect(whole.text == plain.note.text)
            #expect(whole.signatures.count == 3)
        }
    }

    @Test(
        "Only a witness can refuse a log: a page of something else at its address is no alarm",
        arguments: [
            (409, "text/x.tlog.size", "9\n", "audit.witnessRefused"), (409, "text/html", "9\n", "place.malformed"),
            (409, "text/x.tlog.size", "none", "place.malformed"),
            (422, "text/plain; charset=utf-8", "", "audit.witnessRefused"),
            (422, "text/html", "<html>", "place.malformed"), (422, "application/json", "{}", "place.malformed"),
        ])
    func refusals(_ status: Int, _ type: String, _ body: String, _ code: String) async throws {
        let router = Router()
        router.post("add-checkpoint") { _, _ in
            Response(
                status: .init(code: status), headers: [.contentType: type], body: .init(byteBuffer: .init(string: body))
            )
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await with(application) { client in
            let place = WitnessPlace(client: client, witness: witness.verifier) { _, _ in [] }
            let note = try note()
            do throws(AdapterError) {
                _ = try await place.publish(note)
                Issue.record("nobody cosigned")
            } catch {
                #expect(error.code == code)
            }
        }
    }
}
