import MLLP
import Testing

@Suite("The MLLP sender", .timeLimit(.minutes(1)))
struct MLLPSenderTests {
    private func error(port: Int, tls: SenderTLS? = nil, message: String = "MSH|") async -> MLLPError.Code? {
        let sender = MLLPSender(configuration: SenderConfiguration(host: "localhost", port: port, tls: tls))
        do throws(MLLPError) {
            _ = try await sender.send(Array(message.utf8))
            return nil
        } catch {
            return error.code
        }
    }

    @Test("A message gets the reply of its own connection")
    func reply() async throws {
        _ = try await withListener(onFrame: { .reply(Array("ACK ".utf8) + $0.bytes) }) { port, _ in
            let sender = MLLPSender(configuration: SenderConfiguration(host: "127.0.0.1", port: port))
            let replies = [try await sender.send(Array("one".utf8)), try await sender.send(Array("two".utf8))]
            #expect(replies == [Array("ACK one".utf8), Array("ACK two".utf8)])
        }
    }

    @Test("A withheld reply is noReply: the message may have arrived")
    func withheld() async throws {
        _ = try await withListener(onFrame: { _ in .close }) { port, _ in
            let code = await error(port: port)
            #expect(code == .noReply)
        }
    }

    @Test("A message that holds a control byte of the protocol is not sent", arguments: ["a\u{0B}", "\u{1C}b"])
    func unframeable(message: String) async throws {
        let counters = try await withListener(onFrame: { .reply($0.bytes) }) { port, _ in
            let code = await error(port: port, message: message)
            #expect(code == .unframeable)
        }
        #expect(counters.acceptedConnections == 0)
    }

    @Test("With TLS, nobody there and somebody who never answers the handshake are told, not waited for")
    func noHandshake() async throws {
        try await TestCertificates.with { files in
            func send(to port: Int) async -> MLLPError.Code? {
                let sender = MLLPSender(
                    configuration: SenderConfiguration(
                        host: "127.0.0.1", port: port, tls: SenderTLS(authoritiesFile: files.authority),
                        connectTimeout: .seconds(2)))
                do throws(MLLPError) {
                    _ = try await sender.send(Array("MSH|".utf8))
                    return nil
                } catch {
                    return error.code
                }
            }
            // A listener without TLS takes the handshake for junk and goes on waiting for a frame.
            _ = try await withListener(onFrame: { .reply($0.bytes) }) { port, _ in
                let silent = await send(to: port)
                #expect(silent == .tls)
            }
            #expect(await send(to: 1) == .notConnected)
        }
    }

    @Test("Mutual TLS delivers; an unknown authority and a missing file do not")
    func tls() async throws {
        try await TestCertificates.with { files in
            let configuration = ListenerConfiguration(port: 0, tls: files.mutual)
            let counters = try await withListener(configuration, onFrame: { .reply($0.bytes) }) { port, _ in
                let mutual = await error(port: port, tls: files.sender)
                #expect(mutual == nil)
                let anonymous = await error(port: port, tls: SenderTLS(authoritiesFile: files.authority))
                #expect(anonymous != nil)
                let unknown = await error(port: port, tls: SenderTLS(authoritiesFile: files.clientCertificate))
                #expect(unknown == .tls)
                let missing = await error(port: port, tls: SenderTLS(authoritiesFile: "/nowhere"))
                #expect(missing == .tlsFile)
            }
            #expect(counters.frames == 1)
        }
    }
}
