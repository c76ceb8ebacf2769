import Foundation
import HL7v2
import Testing

@Suite("DTM, HL7 v2.5.1 §2.A.22")
struct DTMTests {
    @Test(
        "precision and zone are kept",
        arguments: [
            "2026", "202603", "20260301", "2026030109", "202603010930", "20260301093015", "20260301093015.1234",
            "20260301093015+0100", "2026-0500", "20240229", "20000229",
        ])
    func roundTrip(text: String) throws {
        #expect(try DTM(parsing: text).description == text)
    }

    @Test(
        "what is no date is refused",
        arguments: [
            "", "26", "20261", "20261301", "20260230", "19000229", "2026030124", "202603010960", "0000",
            "20260301.5", "2026030109301x", "20260301+01", "20260301+1500", "20260301093015.", "+0100",
            "20260301093015.12345", "2026030109301560",
        ])
    func refused(text: String) {
        #expect(throws: HL7v2Error(.dateTimeInvalid)) { try DTM(parsing: text) }
    }

    @Test("instants agree with Foundation's calendar over 400 years")
    func instants() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let seconds = Int64.random(in: -6_000_000_000...9_000_000_000, using: &random)
            let time = DTM(secondsSinceEpoch: seconds)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(
                [time.year, time.month, time.day, time.hour, time.minute, time.second]
                    == [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second])
            #expect(time.secondsSinceEpoch == seconds)
            #expect(DTM(secondsSinceEpoch: seconds, offset: 90).secondsSinceEpoch == seconds)
        }
    }

    @Test("no zone, no instant; a zone is assumed only for times")
    func zones() throws {
        let time = try DTM(parsing: "20260301093000")
        #expect(time.secondsSinceEpoch == nil)
        #expect(time.assuming(offset: 60).secondsSinceEpoch == 1_772_353_800)
        #expect(try DTM(parsing: "20260301").assuming(offset: 60).offset == nil)
        #expect(try DTM(parsing: "20260301+0200").date.description == "20260301")
    }
}
