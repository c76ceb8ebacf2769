import MLLP
import Testing

@Suite("The persistent MLLP client", .timeLimit(.minutes(1)))
struct MLLPClientTests {
    @Test("Messages go over one connection, one at a time, in order, each with its own reply")
    func oneConnection() async throws {
        try await TestReceiver.with(act: { .write(frame("ACK " + $0.text)) }) { receiver in
            try await withClient(port: receiver.port) { client in
                for number in 0..<50 {
                    #expect(await client.reply("M\(number)") == "ACK M\(number)")
                }
                #expect(client.counters.connections == 1 && client.counters.openConnections == 1)
            }
            #expect(receiver.received.map(\.text) == (0..<50).map { "M\($0)" })
        }
    }

    @Test("Many callers at once: every one gets the reply to its own message")
    func manyCallers() async throws {
        try await TestReceiver.with(act: { .write(frame("ACK " + $0.text)) }) { receiver in
            try await withClient(port: receiver.port) { client in
                await withTaskGroup(of: Bool.self) { group in
                    for number in 0..<100 {
                        group.addTask { await client.reply("M\(number)") == "ACK M\(number)" }
                    }
                    for await isItsOwn in group { #expect(isItsOwn) }
                }
                #expect(client.counters.connections == 1 && client.counters.replies == 100)
            }
        }
    }

    @Test("A foreign frame and one that comes while nothing is asked are counted and dropped")
    func foreign() async throws {
        try await TestReceiver.with(act: {
            .write(frame("ACK other") + frame("ACK " + $0.text) + frame("ACK " + $0.text))
        }) { receiver in
            try await withClient(port: receiver.port) { client in
                #expect(await client.reply("M1") == "ACK M1")
                #expect(await client.reply("M2") == "ACK M2")
                // The reply to M1 came twice, and the second one is none to M2.
                #expect(client.counters.foreignFrames >= 3 && client.counters.replies == 2)
            }
        }
    }

    @Test("A connection that was lost while idle is made anew, and the message is sent once")
    func lostWhileIdle() async throws {
        try await TestReceiver.with(act: { .write(frame("ACK " + $0.text)) }) { receiver in
            try await withClient(port: receiver.port) { client in
                #expect(await client.reply("M1") == "ACK M1")
                await receiver.closeConnections()
                while client.counters.openConnections > 0 { await Task.yield() }
                #expect(await client.reply("M2") == "ACK M2")
            }
            #expect(receiver.received == [.init(connection: 0, text: "M1"), .init(connection: 1, text: "M2")])
        }
    }

    @Test("A message whose connection ends without a reply is not sent again")
    func lostInFlight() async throws {
        try await TestReceiver.with(act: { $0.text == "M1" ? .close : .write(frame("ACK " + $0.text)) }) { receiver in
            try await withClient(port: receiver.port) { client in
                #expect(await client.failure("M1") == .noReply)
                #expect(await client.reply("M2") == "ACK M2")
            }
            #expect(receiver.received.map(\.text) == ["M1", "M2"])
        }
    }

    @Test("A reply without its CR, cut off, and bytes that are no frame")
    func replyForms() async throws {
        try await TestReceiver.with(act: {
            switch $0.text {
            case "bare": .write([0x0B] + Array("ACK bare".utf8) + [0x1C])
            case "closed": .writeAndClose([0x0B] + Array("ACK closed".utf8) + [0x1C])
            case "cut": .writeAndClose([0x0B] + Array("ACK c".utf8))
            case "junk": .write(Array("HTTP/1.1 400 Bad Request".utf8) + frame("ACK junk"))
            default: .silence
            }
        }) { receiver in
            try await withClient(port: receiver.port) { client in
                #expect(await client.reply("bare") == "ACK bare")
                #expect(await client.reply("closed") == "ACK closed")
                #expect(await client.failure("cut") == .noReply)
                #expect(await client.failure("junk") == .malformedReply)
                #expect(client.counters.malformed == 2)
            }
        }
    }

    @Test("A message that holds a control byte of the protocol is not sent")
    func unframeable() async throws {
        #expect(await client(port: 1).failure("a\u{1C}") == .unframeable)
    }
}

@Suite("The persistent MLLP client without its receiver", .timeLimit(.minutes(1)))
struct MLLPClientAvailabilityTests {
    @Test("Nobody there is told to everyone who waits, and the receiver is found when it comes")
    func unreachable() async throws {
        let port = try await freePort()
        try await withClient(port: port) { client in
            await withTaskGroup(of: MLLPError.Code?.self) { group in
                for number in 0..<5 { group.addTask { await client.failure("M\(number)") } }
                for await code in group { #expect(code == .notConnected) }
            }
            #expect(client.counters.sent == 0 && client.counters.failedConnections > 0)
            try await TestReceiver.with(port: port, act: { .write(frame("ACK " + $0.text)) }) { _ in
                #expect(await client.reply("M6") == "ACK M6")
            }
        }
    }

    @Test("A cancelled caller is answered at once: in flight the connection is closed, before that nothing is sent")
    func cancelledCaller() async throws {
        try await TestReceiver.with(act: { $0.text == "M1" ? .silence : .write(frame("ACK " + $0.text)) }) { receiver in
            try await withClient(port: receiver.port) { client in
                await withTaskGroup(of: MLLPError.Code?.self) { group in
                    group.addTask { await client.failure("M1") }
                    while receiver.received.isEmpty { await Task.yield() }
                    group.addTask { await client.failure("M2") }
                    group.cancelAll()
                    var codes: [MLLPError.Code?] = []
                    for await code in group { codes.append(code) }
                    #expect(codes.count == 2 && codes.contains(.noReply) && codes.contains(.notConnected))
                }
                #expect(await client.reply("M3") == "ACK M3")
            }
            #expect(receiver.received == [.init(connection: 0, text: "M1"), .init(connection: 1, text: "M3")])
        }
    }

    @Test("When the client ends, what waits and what comes afterwards fails; it can be run again")
    func ended() async throws {
        try await TestReceiver.with(act: { $0.text == "M1" ? .silence : .write(frame("ACK " + $0.text)) }) { receiver in
            let client = client(port: receiver.port)
            await withTaskGroup(of: MLLPError.Code?.self) { group in
                await withTaskGroup(of: Void.self) { running in
                    running.addTask { await client.run() }
                    group.addTask { await client.failure("M1") }
                    while receiver.received.isEmpty { await Task.yield() }
                    running.cancelAll()
                }
                #expect(await group.next() == .noReply)
            }
            #expect(client.counters.openConnections == 0)
            #expect(await client.failure("M2") == .notConnected)
            try await running(client) {
                // Until it runs again, messages fail.
                while await client.failure("M3") == .notConnected { await Task.yield() }
                #expect(await client.reply("M4") == "ACK M4")
            }
        }
    }

    @Test("Cancelled while its receiver does not answer the handshake, the client ends at once")
    func cancelledHandshake() async throws {
        try await TestCertificates.with { files in
            try await TestReceiver.with(act: { _ in .silence }) { receiver in
                let client = MLLPClient(
                    configuration: SenderConfiguration(
                        host: "127.0.0.1", port: receiver.port, tls: SenderTLS(authoritiesFile: files.authority),
                        connectTimeout: .seconds(3_000)))
                await withTaskGroup(of: MLLPError.Code?.self) { group in
                    await withTaskGroup(of: Void.self) { running in
                        running.addTask { await client.run() }
                        group.addTask { await client.failure("M1") }
                        while client.counters.openConnections == 0 { await Task.yield() }
                        running.cancelAll()
                    }
                    #expect(await group.next() == .tls)
                }
            }
        }
    }

    @Test("Mutual TLS: the connection is kept, and new files are used for the next one")
    func mutualTLS() async throws {
        try await TestCertificates.with { files in
            let configuration = ListenerConfiguration(port: 0, tls: files.mutual)
            let counters = try await withListener(configuration, onFrame: { .reply($0.bytes) }) { port, _ in
                let client = MLLPClient(
                    configuration: SenderConfiguration(host: "localhost", port: port, tls: files.sender))
                try await running(client) {
                    #expect(await client.reply("M1") == "M1")
                    #expect(await client.reply("M2") == "M2")
                }
            }
            #expect(counters.frames == 2 && counters.acceptedConnections == 1)
        }
    }
}

extension MLLPClient {
    /// The reply is the message itself, or ACK and the message.
    fileprivate func result(_ text: String) async -> Result<String, MLLPError> {
        do throws(MLLPError) {
            let reply = try await send(Array(text.utf8)) {
                let reply = String(decoding: $0, as: UTF8.self)
                return reply == "ACK " + text || reply == text
            }
            return .success(String(decoding: reply, as: UTF8.self))
        } catch {
            return .failure(error)
        }
    }

    /// The reply, or the error in words.
    fileprivate func reply(_ text: String) async -> String {
        switch await result(text) {
        case .success(let reply): reply
        case .failure(let error): "\(error)"
        }
    }

    fileprivate func failure(_ text: String) async -> MLLPError.Code? {
        if case .failure(let error) = await result(text) { error.code } else { nil }
    }
}

private func client(port: Int) -> MLLPClient {
    MLLPClient(
        configuration: SenderConfiguration(
            host: "127.0.0.1", port: port, reconnectPause: .milliseconds(1) ... .milliseconds(10)))
}

private func withClient(port: Int, body: (MLLPClient) async throws -> Void) async throws {
    let client = client(port: port)
    try await running(client) { try await body(client) }
}

/// Runs the client for the time of `body`.
private func running(_ client: MLLPClient, body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await client.run() }
        try await body()
        group.cancelAll()
    }
}
