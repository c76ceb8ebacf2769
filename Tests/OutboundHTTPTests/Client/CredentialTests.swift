import Foundation
import OutboundHTTP
import Testing
import Workflow

@Suite("Credentials of the guarded client", .timeLimit(.minutes(1)))
struct CredentialTests {
    private func withSecret(_ text: String, _ body: (URL) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file)
    }

    private func peer(_ port: Int, _ authentication: Authentication) throws -> Peer {
        try Peer(name: "peer", base: "http://127.0.0.1:\(port)", authentication: authentication)
    }

    @Test("Basic sends user and password of the file, without the file's line end")
    func basic() async throws {
        try await withSecret("open sesame\n") { file in
            try await TestServer.with { _ in
                .answer(204)
            } body: { server in
                try await withClient(peer(server.port, .basic(user: "Aladdin", passwordFile: file.path))) { client in
                    _ = try await client.send(OutboundRequest(.get, .root))
                }
                #expect(server.requests.first?.headers["authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
            }
        }
    }

    @Test("After a 401 a token that was renewed meanwhile is tried once")
    func renewed() async throws {
        try await withSecret("old") { file in
            try await TestServer.with { request in
                guard request.headers["authorization"] == "Bearer old" else { return .answer(204) }
                try? Data("new".utf8).write(to: file)
                return .answer(401)
            } body: { server in
                try await withClient(peer(server.port, .bearer(tokenFile: file.path))) { client in
                    _ = try await client.send(OutboundRequest(.get, .root))
                }
                #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer old", "Bearer new"])
            }
        }
    }

    @Test("A 401 with the same token is forbidden after one request")
    func refused() async throws {
        try await withSecret("same") { file in
            try await TestServer.with { _ in
                .answer(401)
            } body: { server in
                try await withClient(peer(server.port, .bearer(tokenFile: file.path))) { client in
                    await #expect(throws: AdapterError(.forbidden, code: "peer.http.401")) {
                        try await client.send(OutboundRequest(.get, .root))
                    }
                }
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test("A missing, empty or many-line secret is a fault, and nothing is sent", arguments: ["", "\n", "a\nb"])
    func unusable(text: String) async throws {
        try await withSecret(text) { file in
            try await TestServer.with { _ in
                .answer(204)
            } body: { server in
                try await withClient(peer(server.port, .bearer(tokenFile: file.path))) { client in
                    await #expect(throws: AdapterError(.fault, code: "peer.credentials")) {
                        try await client.send(OutboundRequest(.get, .root))
                    }
                }
                #expect(server.requests.isEmpty)
            }
        }
    }
}
