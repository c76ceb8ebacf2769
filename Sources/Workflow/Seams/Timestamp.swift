/// A moment in UTC with microsecond precision: the time of records, never of time-outs.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool { lhs.microseconds < rhs.microseconds }

    /// The moment `duration` later (earlier when negative).
    public static func + (lhs: Timestamp, rhs: Duration) -> Timestamp {
        Timestamp(microseconds: lhs.microseconds + rhs.wholeMicroseconds)
    }

    /// The time that passed from `rhs` to `lhs`.
    public static func - (lhs: Timestamp, rhs: Timestamp) -> Duration {
        .microseconds(lhs.microseconds - rhs.microseconds)
    }
}

extension Duration {
    /// This duration in microseconds, rounded towards zero.
    public var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}

/// The seam through which the application reads the time and waits, so that tests can hold it still.
public protocol WallClock: Sendable {
    /// The current time in UTC.
    func now() -> Timestamp
    /// Waits; throws `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

extension WallClock {
    /// Runs `body`, and cancels it once `limit` has passed; it still ends in its own way.
    func limiting<Value: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async throws(AdapterError) -> Value
    ) async throws(AdapterError) -> Value {
        let result = await withTaskGroup(of: Result<Value, AdapterError>?.self) { group in
            group.addTask {
                do throws(AdapterError) { return .success(try await body()) } catch { return .failure(error) }
            }
            group.addTask {
                try? await sleep(for: limit)
                return nil
            }
            // Whichever comes first ends the other; only the body has a result.
            var result: Result<Value, AdapterError>?
            for await ended in group {
                group.cancelAll()
                result = result ?? ended
            }
            return result
        }
        guard let result else { throw AdapterError(.fault, code: "workflow.unexpected") }
        return try result.get()
    }
}
