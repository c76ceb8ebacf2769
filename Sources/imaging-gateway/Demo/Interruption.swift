import UnixSignals

/// Ctrl-C, or the system's wish that the process ends.
enum Interruption {
    static func wait() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
    }

    /// What `body` answers; where the wish to end comes first, `body` is cancelled and ends as it does then.
    static func ends<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                await wait()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            if let first = try await group.next(), let answer = first { return answer }
            group.cancelAll()
            while let next = try await group.next() { if let answer = next { return answer } }
            throw CancellationError()
        }
    }
}
