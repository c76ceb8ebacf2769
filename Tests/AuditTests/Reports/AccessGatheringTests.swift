import FHIR
import JSON
import Testing

@testable import Audit

@Suite struct `Gathering what was done` {
    @Test func `an announcement and its end are one access with both records`() throws {
        let accesses = try ReportLog.full().gathered(.patient)
        let query = try #require(accesses.first { $0.type == .studyQuery })
        #expect(query.leaves == [3, 4])
        #expect(query.end == .recorded)
        #expect(query.outcome == .seriousFailure)
        #expect(query.code == "dicomweb.http.503")
        #expect(query.ended == FHIRInstant(secondsSinceEpoch: 1_795_000_004))
    }

    @Test func `an announcement without an end is a gap and no success`() throws {
        let log = try ReportLog.full()
        let gaps = try log.gathered(.patient).filter { $0.end == .missing }
        #expect(gaps.map(\.leaves) == [[log.next - 1]])
        #expect(gaps.allSatisfy { !$0.isFailure && $0.result.contains("NO END RECORDED") })
        #expect(try log.gathered(.failures).contains { $0.end == .missing })
    }

    @Test func `every leaf of the log is told exactly once`() throws {
        let log = try ReportLog.full()
        let told = try log.gathered(.patient).flatMap(\.leaves)
        #expect(told.sorted() == Array(0..<log.next))
    }

    @Test func `destroyed contents still tell when, what and by whom, and of nobody`() throws {
        let access = try #require(try ReportLog.full().gathered(.patient).first(where: \.isDestroyed))
        #expect(access.type == .reportRead)
        #expect(access.leaves.count == 2)
        #expect(access.time == FHIRInstant(secondsSinceEpoch: 1_795_000_050))
        #expect(access.principal == ReportLog.service)
        #expect(access.accessClass == .treatment)
        #expect(access.roles == [.application])
        #expect(access.subjects.isEmpty)
    }

    @Test func `a period takes what began in it, with ends that came after it`() throws {
        let from = FHIRInstant(secondsSinceEpoch: 1_795_000_004)
        let until = FHIRInstant(secondsSinceEpoch: 1_795_000_006)
        let accesses = try ReportLog.full().gathered(.patient, ReportPeriod(from: from, until: until))
        // The end of the query at second 4 came in the period, its announcement did not.
        #expect(accesses.map(\.type) == [.studyQuery, .studyRetrieve])
        #expect(accesses.map(\.end) == [.announcedEarlier, .recorded])
    }

    @Test(arguments: AuditReport.Kind.allCases)
    func `each kind keeps what it asks for and nothing else`(kind: AuditReport.Kind) throws {
        let all = try ReportLog.full().gathered(.patient)
        #expect(try ReportLog.full().gathered(kind) == all.filter(kind.includes))
    }

    @Test func `times of leaves are read as they were written`() {
        for seconds: Int64 in [0, 951_782_400, 951_868_799, 1_795_000_000, 4_107_542_399, 32_503_680_000] {
            let instant = FHIRInstant(secondsSinceEpoch: seconds, microseconds: 42)
            #expect(FHIRInstant(leafTime: instant.text) == instant)
        }
    }

    @Test(arguments: AuditEventType.allCases)
    func `every event has words`(event: AuditEventType) {
        #expect(EventWords.isKnown(event.rawValue))
    }
}
