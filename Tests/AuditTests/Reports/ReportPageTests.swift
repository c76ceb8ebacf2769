import Testing

@testable import Audit

@Suite struct `A report as a page` {
    private static let hostile = "<script>alert(1)</script>\"'&]]>\u{202E}\u{0}\u{1B}[2J\u{338}"

    @Test(arguments: AuditReport.Kind.allCases)
    func `nothing from the log becomes a mark, and the page needs nothing from elsewhere`(kind: AuditReport.Kind) throws
    {
        var log = ReportLog()
        let hostile = Self.hostile
        for event: AuditEventType in [.orderRead, .emergencyStart, .accessRefused, .resultSend] {
            try log.add(
                event, at: 1, outcome: event == .accessRefused ? .minorFailure : .success, code: hostile,
                by: Principal(kind: .user, name: hostile), as: [Role(hostile)],
                for: event == .emergencyStart ? .breakTheGlass : PurposeOfUse(hostile),
                event == .resultSend ? .disclosure : .operations, correlation: hostile,
                peer: Peer(name: hostile, address: hostile),
                about: [
                    Subject(type: .patient, assigner: hostile, identifier: hostile), ReportLog.order(hostile),
                    Subject(type: .study, identifier: hostile),
                ], details: [hostile: hostile, "emergency": hostile, "ticket": hostile])
        }
        let page = try log.report(kind, user: hostile).document.html
        #expect(!page.contains("<script"))
        for scalar in page.unicodeScalars {
            #expect(scalar == "\n" || ReportDocument.isShown(scalar), "U+\(String(scalar.value, radix: 16))")
        }
        for mark in ["src=", "href=", "url(", "@import", "javascript:", "<link", "<img", "<iframe", "onload"] {
            #expect(!page.contains(mark), "\(mark)")
        }
    }

    @Test func `the terminal gets nothing that it would obey`() throws {
        var log = ReportLog()
        try log.add(.orderRead, at: 0, by: Principal(kind: .user, name: Self.hostile))
        let text = try log.report(.users).document.text()
        #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}") && !text.contains("\u{0}"))
    }

    @Test func `the notice stands on each printed page and in the page itself`() throws {
        let page = try ReportLog.full().report(.patient).document.html
        #expect(page.contains("@bottom-left { content: \"Demonstration software, not a medical device."))
        #expect(page.split(separator: "<p class=\"notice\">").count == 3)
        #expect(page.contains("counter(page)"))
    }

    @Test func `lines for a terminal keep within its width`() throws {
        let text = try ReportLog.full().report(.patient).document.text(columns: 80)
        let long = text.split(separator: "\n").filter { $0.count > 80 && $0.contains(" ") && !$0.hasPrefix("Order ") }
        #expect(long.count < 5, "\(long)")
    }
}
