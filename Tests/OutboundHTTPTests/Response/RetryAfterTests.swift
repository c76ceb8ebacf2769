import Testing

@testable import OutboundHTTP

@Suite("Retry-After (RFC 9110 §10.2.3)")
struct RetryAfterTests {
    @Test(
        "Dates are read as seconds since 1970",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Fri, 31 Dec 1999 00:00:00 GMT", 946_598_400),
        ] as [(String, Int64)])
    func dates(text: String, seconds: Int64) {
        #expect(RetryAfter.seconds(ofDate: text) == seconds)
    }

    @Test("Seconds count from now, dates from the answer's own clock")
    func durations() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(RetryAfter.duration("120", date: nil, now: 0) == .seconds(120))
        #expect(RetryAfter.duration(date, date: "Sun, 06 Nov 1994 08:49:00 GMT", now: 0) == .seconds(37))
        #expect(RetryAfter.duration(date, date: nil, now: 784_111_770) == .seconds(7))
        #expect(RetryAfter.duration("99999999999", date: nil, now: 0) == .seconds(86_400))
    }

    @Test("Anything else is no wait", arguments: ["", "-1", "+1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37 CET"])
    func refused(field: String) {
        #expect(RetryAfter.duration(field, date: nil, now: 0) == nil)
    }

    @Test("A date in the past is no wait")
    func past() {
        #expect(RetryAfter.duration("Sun, 06 Nov 1994 08:49:37 GMT", date: nil, now: 784_111_777) == nil)
    }
}
