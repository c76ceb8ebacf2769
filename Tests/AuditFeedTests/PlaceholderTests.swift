import Testing
import Workflow
@testable import AuditFeed

@Test func `an unreachable repository is unavailable`() {
    #expect(AuditFeedError.unavailable("audit.feed.unreachable").code == "audit.feed.unreachable")
}
