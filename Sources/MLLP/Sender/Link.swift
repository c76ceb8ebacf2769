/// The connection of an ``MLLPClient`` over time: made when it is needed, with a pause after each failure.
struct Link {
    private let configuration: SenderConfiguration
    private let counts: SenderCounts
    private var connection: SenderConnection?
    private var failures = 0
    private var lastFailure: ContinuousClock.Instant?

    init(configuration: SenderConfiguration, counts: SenderCounts) {
        self.configuration = configuration
        self.counts = counts
    }

    /// Sends one message and finishes its request.
    ///
    /// Returns why the receiver cannot be reached, where it cannot: those that wait would fare no better.
    mutating func deliver(_ request: SendRequest) async -> MLLPError? {
        // The second time is for a connection that was lost before a byte was sent.
        for _ in 0..<2 {
            let connection: SenderConnection
            do throws(MLLPError) {
                connection = try await open()
            } catch {
                request.finish(.failure(error))
                return error
            }
            guard request.begin(on: connection) else { return nil }
            do throws(MLLPError) {
                let reply = try await connection.exchange(request.message, isReply: request.isReply)
                failures = 0
                request.finish(.success(reply))
                return nil
            } catch {
                await drop(connection)
                guard error.code == .notConnected else {
                    noteFailure()
                    request.finish(.failure(error))
                    return nil
                }
            }
        }
        noteFailure()
        request.finish(.failure(MLLPError(code: .notConnected)))
        return nil
    }

    /// Closes what is open.
    mutating func close() async {
        if let connection { await drop(connection) }
    }

    private mutating func open() async throws(MLLPError) -> SenderConnection {
        if let connection, connection.isOpen { return connection }
        if let connection { await drop(connection) }
        await pause()
        do {
            let connection = try await SenderConnection.open(configuration, counters: counts)
            self.connection = connection
            counts.count { $0.connections += 1 }
            return connection
        } catch {
            counts.count { $0.failedConnections += 1 }
            noteFailure()
            throw error
        }
    }

    private mutating func drop(_ connection: SenderConnection) async {
        await connection.close()
        self.connection = nil
    }

    private mutating func noteFailure() {
        failures += 1
        lastFailure = .now
    }

    /// Counted from the failure, so that a message that comes long afterwards does not wait.
    private func pause() async {
        guard failures > 0, let lastFailure else { return }
        let pause = min(
            configuration.reconnectPause.upperBound,
            configuration.reconnectPause.lowerBound * (1 << min(failures - 1, 16)))
        // Cancellation ends the pause; connecting then fails at once.
        try? await Task.sleep(until: lastFailure + pause, clock: .continuous)
    }
}
