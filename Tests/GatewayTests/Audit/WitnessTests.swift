import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import MerkleLog
import NIOCore
import Testing
import Workflow

@testable import Gateway

@Suite("A witness (C2SP tlog-witness)")
struct WitnessTests {
    private let folder: TemporaryFolder
    private let log: SigningKey
    private let key: WitnessSigningKey
    private let leaves = (0..<20).map { MerkleHash.leaf([$0]) }
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        folder = try TemporaryFolder()
        log = try SigningKey(name: "log.example", seed: [UInt8](repeating: 1, count: 32))
        key = try WitnessKeyFile.create(path: folder.path + "/witness.key", name: "w.example/1")
        try WitnessState.create(path: path)
    }

    private var path: String { folder.path + "/witness.state" }

    private func desk() throws -> WitnessDesk {
        WitnessDesk(
            key: key, logs: [log.verifier], state: try WitnessState.load(path: path), path: path,
            clock: StandingClock(), logger: logger)
    }

    private func request(_ old: Int, _ size: Int, of leaves: [MerkleHash]? = nil) throws -> [UInt8] {
        let tree = MerkleTree(leaves: Array((leaves ?? self.leaves).prefix(size)))
        let note = try Checkpoint(origin: log.name, size: UInt64(size), root: tree.root).signed(by: log)
        let proof = old > 0 && old < size ? try tree.consistencyProof(first: old, second: size).path : []
        return try AddCheckpointRequest(oldSize: UInt64(old), proof: proof, note: note).serialized
    }

    @Test func `what is cosigned is on the disk before it is answered, and outlives the process`() async throws {
        guard case .cosigned = try await desk().answer(request(0, 7)) else {
            Issue.record("not cosigned")
            return
        }
        let held = try WitnessState.load(path: path)
        #expect(held.checkpoints.map(\.size) == [7])
        #expect(held.notes[log.name]?.cosignature(of: key.verifier) != nil, "the auditor can check it by itself")
        let again = try desk()
        #expect(await again.answer(try request(0, 9)) == .conflict(size: 7))
        guard case .cosigned = try await again.answer(request(7, 9)) else {
            Issue.record("not cosigned")
            return
        }
    }

    @Test func `a fork and a rollback are refused, and change nothing`() async throws {
        let desk = try desk()
        _ = await desk.answer(try request(0, 7))
        let before = try WitnessState.load(path: path)
        let forked = leaves.map { $0 == leaves[3] ? MerkleHash.leaf([99]) : $0 }
        #expect(await desk.answer(try request(7, 9, of: forked)) == .badProof)
        #expect(await desk.answer(try request(7, 7, of: forked)) == .conflict(size: 7))
        #expect(await desk.answer(try request(5, 5)) == .conflict(size: 7))
        #expect(try WitnessState.load(path: path) == before)
    }

    @Test func `without room for its state it cosigns nothing`() async throws {
        let away = WitnessDesk(
            key: key, logs: [log.verifier], state: WitnessState(), path: folder.path + "/missing/witness.state",
            clock: StandingClock(), logger: logger)
        #expect(await away.answer(try request(0, 7)) == nil)
        #expect(await away.answer(try request(0, 7)) == nil, "and does not believe that it did")
    }

    @Test func `a state that is missing or damaged is no empty one`() throws {
        for text in ["", "{}", #"{"v":1,"logs":{"log.example":"no note"}}"#, #"{"v":2,"logs":{}}"#] {
            let file = try folder.file("bad.state", text)
            #expect(throws: ConfigurationError.self) { try WitnessState.load(path: file) }
        }
        #expect(throws: ConfigurationError.self) { try WitnessState.load(path: folder.path + "/none") }
        #expect(throws: ConfigurationError.self) { try WitnessState.create(path: path) }
        #expect(throws: ConfigurationError.self) {
            try WitnessKeyFile.create(path: folder.path + "/witness.key", name: "w")
        }
    }

    @Test(arguments: [
        ("nonsense", 400), ("old 0\n\nlog.example\n1\nAAAA\n\n\u{2014} log.example AAAA\n", 400),
    ])
    func `what is no request is refused with its status`(body: String, status: Int) async throws {
        let listener = WitnessListener(
            endpoint: EndpointSection(host: "127.0.0.1", port: 0), tls: nil, desk: try desk(), logger: logger)
        try await listener.application().test(.router) { client in
            try await client.execute(uri: "/add-checkpoint", method: .post, body: ByteBuffer(string: body)) {
                response in
                #expect(response.status.code == status)
            }
            try await client.execute(uri: "/add-checkpoint", method: .get) { #expect($0.status.code == 404) }
            let large = ByteBuffer(repeating: 0x61, count: WitnessListener.bodyLimit + 1)
            try await client.execute(uri: "/add-checkpoint", method: .post, body: large) {
                #expect($0.status.code == 413)
            }
        }
    }

    @Test func `a conflict names the size as the specification says`() async throws {
        let desk = try desk()
        _ = await desk.answer(try request(0, 7))
        let listener = WitnessListener(
            endpoint: EndpointSection(host: "127.0.0.1", port: 0), tls: nil, desk: desk, logger: logger)
        let body = ByteBuffer(bytes: try request(3, 9))
        try await listener.application().test(.router) { client in
            try await client.execute(uri: "/add-checkpoint", method: .post, body: body) { response in
                #expect(response.status.code == 409)
                #expect(response.headers[.contentType] == "text/x.tlog.size")
                #expect(String(buffer: response.body) == "7\n")
            }
        }
    }

    @Test func `setup makes what serve reads, and overwrites nothing`() throws {
        let place = folder.path + "/new"
        let files = try WitnessSetup.create(
            folder: place, name: "w.example/2", port: 4711, logs: [log.verifier.text])
        let configuration = try WitnessConfiguration.load(path: files.configuration)
        #expect(configuration.logs == [log.verifier])
        #expect(configuration.endpoint == EndpointSection(host: "127.0.0.1", port: 4711))
        #expect(try WitnessKeyFile.load(path: configuration.key, name: configuration.name).verifier == files.key)
        #expect(try WitnessState.load(path: configuration.state).checkpoints.isEmpty)
        #expect(throws: ConfigurationError.self) {
            try WitnessSetup.create(folder: place, name: "w.example/2", port: 4711, logs: [])
        }
    }

    @Test func `a witness without TLS binds loopback only`() {
        let text = "name: w\nkey: k\nstate: s\nlistener: {host: 0.0.0.0, port: 1}\n"
        #expect(throws: ConfigurationError.self) { try WitnessConfiguration.parse(text, folder: "/") }
    }
}
