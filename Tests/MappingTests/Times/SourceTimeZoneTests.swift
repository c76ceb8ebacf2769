import HL7v2
import Mapping
import Testing

@Suite("The sender's zone")
struct SourceTimeZoneTests {
    /// Zone, time as stated, time as taken.
    static let times = [
        ("Europe/Berlin", "20260701120000", "20260701120000+0200"),
        ("Europe/Berlin", "20261225120000", "20261225120000+0100"),
        ("Europe/Berlin", "20261025023000", "20261025023000+0200"),  // occurs twice
        ("Europe/Berlin", "20260329023000", "20260329023000+0100"),  // does not occur
        ("Europe/Berlin", "202607011200+0900", "202607011200+0900"),
        ("America/New_York", "2026030112", "2026030112-0500"),
        ("-03:30", "20260301120000", "20260301120000-0330"),
        ("UTC", "20260301120000", "20260301120000+0000"),
        ("Asia/Kolkata", "20260301", "20260301"),
    ]

    @Test("gives a zone to times that state none, through clock changes", arguments: times)
    func zones(zone: String, stated: String, taken: String) throws {
        let time = OrderTime(try DTM(parsing: stated), in: try SourceTimeZone(identifier: zone))
        #expect(time.stated.description == taken)
        if let seconds = time.stated.secondsSinceEpoch { #expect(time.secondsSinceEpoch == seconds) }
    }

    @Test("a date is its first moment in the zone, and stays a date")
    func dates() throws {
        let time = OrderTime(try DTM(parsing: "20260301"), in: try SourceTimeZone(identifier: "+01:00"))
        #expect(time.secondsSinceEpoch == 1_772_319_600)
    }

    @Test(
        "unknown zones are refused",
        arguments: ["", "CET2", "Europe/Atlantis", "+1:00", "+15:00", "01:00", "+01:60", "EST"])
    func unknown(identifier: String) {
        #expect(throws: MappingError(.timeZoneUnknown)) { try SourceTimeZone(identifier: identifier) }
    }
}
