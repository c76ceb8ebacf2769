import OutboundHTTP
import Testing

@Suite("The breaker in front of a peer")
struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func failing(_ times: Int) -> CircuitBreaker {
        var breaker = CircuitBreaker(threshold: 3, firstPause: .seconds(5), longestPause: .seconds(15))
        for _ in 0..<times {
            _ = breaker.admit(at: start)
            breaker.record(.failed(retryAfter: nil), at: start)
        }
        return breaker
    }

    @Test("Failures in a row open it, an answer between them does not count against the peer")
    func opens() {
        var breaker = failing(2)
        #expect(breaker.admit(at: start) == nil)
        breaker.record(.answered, at: start)
        breaker.record(.failed(retryAfter: nil), at: start)
        #expect(breaker.admit(at: start) == nil)
        breaker = failing(3)
        #expect(breaker.isOpen)
        #expect(breaker.admit(at: start + .seconds(4)) == .seconds(1))
    }

    @Test("After the pause one probe goes, and its answer closes the breaker")
    func probe() {
        var breaker = failing(3)
        #expect(breaker.admit(at: start + .seconds(5)) == nil)
        #expect(breaker.admit(at: start + .seconds(5)) != nil)
        breaker.record(.answered, at: start + .seconds(6))
        #expect(!breaker.isOpen)
        #expect(breaker.admit(at: start + .seconds(6)) == nil)
    }

    @Test("A failed probe doubles the pause up to the longest")
    func doubling() {
        var breaker = failing(3)
        var now = start
        for pause in [5, 10, 15, 15] {
            #expect(breaker.admit(at: now) == .seconds(pause))
            now += .seconds(pause)
            #expect(breaker.admit(at: now) == nil)
            breaker.record(.failed(retryAfter: nil), at: now)
        }
    }

    @Test("A peer that says for how long is left alone at once and for that long")
    func retryAfter() {
        var breaker = CircuitBreaker(longestPause: .seconds(60))
        breaker.record(.failed(retryAfter: .seconds(30)), at: start)
        #expect(breaker.admit(at: start + .seconds(10)) == .seconds(20))
        #expect(breaker.admit(at: start + .seconds(30)) == nil)
    }

    @Test("A probe of which nothing was learnt makes way for another")
    func unknown() {
        var breaker = failing(3)
        #expect(breaker.admit(at: start + .seconds(5)) == nil)
        breaker.record(.unknown, at: start + .seconds(5))
        #expect(breaker.admit(at: start + .seconds(5)) == nil)
    }

    @Test("Answers to requests that were under way when it opened do not close it")
    func late() {
        var breaker = failing(3)
        breaker.record(.answered, at: start)
        #expect(breaker.isOpen)
    }
}
