import Testing

@testable import Workflow

@Suite("Retry policy")
struct RetryPolicyTests {
    let policy = RetryPolicy(maxAge: .seconds(3600), maxInterval: .seconds(300))
    let start = Timestamp(microseconds: 1_000_000_000)

    private func decide(
        _ category: ErrorCategory, failures: Int = 1, after: Duration = .zero, retryAfter: Duration? = nil,
        jitter: Double = 1
    ) -> RetryPolicy.Decision {
        policy.decide(
            AdapterError(category, code: "test", retryAfter: retryAfter), failures: failures, since: start,
            now: start + after, jitter: jitter)
    }

    @Test("The category alone decides between another try and a person", arguments: ErrorCategory.allCases)
    func category(_ category: ErrorCategory) {
        switch category {
        case .busy, .unavailable, .interrupted, .conflict:
            #expect(decide(category) == .retry(at: start + .seconds(1)))
        case .incorrect, .unsupported, .forbidden, .notFound: #expect(decide(category) == .park(.peerRefused))
        case .fault: #expect(decide(category) == .park(.fault))
        }
    }

    @Test("Pauses double up to the longest one, and jitter halves them at most")
    func pauses() {
        #expect(decide(.unavailable, failures: 4) == .retry(at: start + .seconds(8)))
        #expect(decide(.unavailable, failures: 4, jitter: 0) == .retry(at: start + .seconds(4)))
        #expect(decide(.unavailable, failures: 1000) == .retry(at: start + .seconds(300)))
    }

    @Test("Retry-After is honoured within the longest pause")
    func retryAfter() {
        #expect(decide(.busy, retryAfter: .seconds(60)) == .retry(at: start + .seconds(60)))
        #expect(decide(.busy, retryAfter: .seconds(86400)) == .retry(at: start + .seconds(300)))
    }

    @Test("A peer that stays away for longer than the age is handed to a person")
    func age() {
        #expect(
            decide(.unavailable, failures: 50, after: .seconds(3599))
                == .retry(at: start + .seconds(3599) + .seconds(300)))
        #expect(decide(.unavailable, failures: 50, after: .seconds(3600)) == .park(.retriesExhausted))
    }

    @Test("A conflict is read again three times, then a person is asked")
    func conflict() {
        #expect(decide(.conflict, failures: 3) == .retry(at: start + .seconds(4)))
        #expect(decide(.conflict, failures: 4) == .park(.peerRefused))
    }
}
