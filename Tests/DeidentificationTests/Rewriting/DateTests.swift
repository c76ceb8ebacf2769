import DICOM
import Sealing
import SecondOpinion
import Testing

@testable import Deidentification

@Suite("PS3.15 §E.3.6: dates removed, shifted, kept")
struct DateTests {
    static func result(
        _ profile: DeidentificationProfile, _ change: (inout DataSet) -> Void = { _ in }
    ) throws -> DataSet {
        var header = SyntheticDX.header()
        change(&header)
        return try deidentify(
            try SyntheticDX.study([header]), profile: profile, pseudonyms: try SyntheticDX.pseudonyms()
        ).0.header(instance: 0).value
    }

    @Test("the vector of the reference: HOSP|4711 moves by −320 days, everywhere")
    func vector() throws {
        #expect(try SyntheticDX.pseudonyms().dayShift(issuer: "HOSP", patientID: "4711") == -320)
        let profile = try ProfileFileTests.with(.retainModifiedDates)
        let result = try Self.result(profile) { header in
            header.set(.patientID, .LO, "4711")
            header.set(.issuerOfPatientID, .LO, "HOSP")
            header.set(.acquisitionDateTime, .DT, "20240229101500.123456+0100")
            header.set(.acquisitionDate, .DA, "20240230")
            var item = SyntheticDX.code("399348003", "SCT", "Antero-posterior projection")
            item.set(.observationDateTime, .DT, "202402")
            header.set(.viewCodeSequence, items: [item])
        }
        #expect(result.string(.studyDate) == "20230415" && result.string(.contentDate) == "20230415")
        #expect(result.string(.acquisitionDateTime) == "20230415101500.123456+0100")
        #expect(result.string(.studyTime) == "101500")
        // X/D, and nobody knows what is asked of it here.
        #expect(result.items(.viewCodeSequence).first?.string(.observationDateTime) == "19000101000000")
        #expect(result.string(.acquisitionDate) == nil, "no day of the calendar")
        #expect(result.string(.patientBirthDate) == nil, "Z under both options")
        #expect(result.string(.longitudinalTemporalInformationModified) == "MODIFIED")
        let codes = result.items(.deidentificationMethodCodeSequence).map { $0.string(.codeValue) }
        #expect(codes == ["113100", "113107"])
    }

    @Test("full dates stay, and the result says so")
    func kept() throws {
        let result = try Self.result(try ProfileFileTests.with(.retainFullDates))
        #expect(result.string(.studyDate) == "20240229" && result.string(.studyTime) == "101500")
        #expect(result.string(.longitudinalTemporalInformationModified) == "UNMODIFIED")
        #expect(result.string(.patientBirthDate) == nil)
    }

    @Test("where dates stay, one that is the day of birth loses its day")
    func birthDay() throws {
        for name in ["research-full", "kept"] {
            let profile = try name == "kept" ? ProfileFileTests.with(.retainFullDates) : ProfileFileTests.profile(name)
            let result = try Self.full(profile) { header in
                header.set(.contentDate, .DA, SyntheticDX.birthDate)
                header.set(.acquisitionDateTime, .DT, SyntheticDX.birthDate + "101500.5+0100")
                var item = SyntheticDX.code("399348003", "SCT", "Antero-posterior projection")
                item.set(.observationDateTime, .DT, SyntheticDX.birthDate)
                header.set(.viewCodeSequence, items: [item])
            }
            #expect(result.string(.studyDate) == "20240229" && result.string(.acquisitionDate) == "20240229")
            #expect(try #require(result[.patientBirthDate]).isEmpty)
            let written = String(decoding: try SyntheticDX.instance(result).serialized(), as: UTF8.self)
            #expect(!written.contains(SyntheticDX.birthDate))
        }
    }

    @Test("a newborn's study keeps its dates, which are all the day of birth; without a birth date all stay too")
    func newborn() throws {
        let profile = try ProfileFileTests.with(.retainFullDates)
        let result = try Self.full(profile) { $0.set(.patientBirthDate, .DA, "20240229") }
        #expect(result.string(.studyDate) == "20240229" && result.string(.contentDate) == "20240229")
        #expect(try #require(result[.patientBirthDate]).isEmpty)
        #expect(try Self.full(profile) { $0[.patientBirthDate] = nil }.string(.contentDate) == "20240229")
    }

    @Test("nor does the day of birth stay in words, however it is written; other days do")
    func birthDayInWords() throws {
        let profile = try ProfileFileTests.with(.retainFullDates, .retainInstitutionIdentity)
        for words in ["House of 24.12.1945", "born 1945-12-24", "Dec 24, 1945", "19451224"] {
            let result = try Self.full(profile) { $0.set(.institutionName, .LO, words) }
            #expect(result.string(.institutionName) == nil, "\(words)")
        }
        let result = try Self.full(profile) { $0.set(.institutionName, .LO, "House of 29.2.2024") }
        #expect(result.string(.institutionName) == "House of 29.2.2024")
        var identity = KnownIdentity()
        try identity.collect(from: SyntheticDX.header(), under: profile)
        let search = try ResidualSearch(for: identity, dates: .kept)
        var header = DataSet()
        header.set(.institutionName, .LO, "born 24.12.1945")
        header.set(.contentDate, .DA, SyntheticDX.birthDate)
        header.set(.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.1.1")
        header.set(.sopInstanceUID, .UI, "2.25.7")
        #expect(try search.search(SyntheticDX.instance(header).serialized()).hits.map(\.path) == ["0008,0080"])
    }

    /// By a profile that may look at pixels, in which nothing is read.
    private static func full(
        _ profile: DeidentificationProfile, _ change: (inout DataSet) -> Void
    ) throws -> DataSet {
        var header = SyntheticDX.header()
        change(&header)
        return try deidentify(
            try SyntheticDX.study([header]), profile: profile, pseudonyms: try SyntheticDX.pseudonyms(),
            pixels: PixelReader(decoder: BlankReader(), detector: BlankReader())
        ).0.header(instance: 0).value
    }

    @Test("a year or a month alone does not stay beside dates that move")
    func partial() throws {
        let clock = Tag(0x0018, 0x9701)
        let shifted = try Self.result(try ProfileFileTests.with(.retainModifiedDates)) { $0.set(clock, .DT, "2024") }
        // X/D.
        #expect(shifted.string(clock) == "19000101000000")
        let kept = try Self.result(try ProfileFileTests.with(.retainFullDates)) { $0.set(clock, .DT, "202402+0100") }
        #expect(kept.string(clock) == "202402+0100")
        #expect(Dates(shift: 0).values(["2024"], .DT) == ["2024"] && Dates(shift: 0).values(["202413"], .DT) == nil)
    }

    @Test("two studies of one patient keep their distance")
    func distance() throws {
        let profile = try ProfileFileTests.with(.retainModifiedDates)
        let days = try ["20200101", "20200308"].compactMap { day in
            try Self.result(profile) { $0.set(.studyDate, .DA, day) }.string(.studyDate).flatMap { CalendarDate($0) }
        }
        try #require(days.count == 2)
        #expect(days[0].adding(days: 67) == days[1])
    }

    @Test(
        "precision and zone stay; what is no date or time goes",
        arguments: [
            ("20240229", VR.DA, "20240219"), ("20240230", .DA, nil), ("2024.02.29", .DA, nil), ("", .DA, ""),
            ("2024", .DT, nil), ("202403", .DT, nil), ("2024+0100", .DT, nil), ("20240301", .DT, "20240220"),
            ("20240301-0500", .DT, "20240220-0500"), ("2024030110", .DT, "2024022010"),
            ("20240301101500.5", .DT, "20240220101500.5"),
            ("20240301Jane", .DT, nil), ("20240301101500+01", .DT, nil), ("20240301251500", .DT, nil),
            ("1015", .TM, "1015"),
            ("101500.000001", .TM, "101500.000001"), ("Jane", .TM, nil), ("10:15", .TM, nil), ("101500.", .TM, nil),
            ("20240101", .DA, "20231222"),
        ] as [(String, VR, String?)])
    func forms(value: String, vr: VR, expected: String?) {
        #expect(Dates(shift: -10).values([value], vr) == expected.map { [$0] })
    }

    @Test("300 years of days: one at a time forth and back, over leap years")
    func calendar() throws {
        var day = try #require(CalendarDate("18501231"))
        for _ in 0..<110_000 {
            let next = try #require(day.adding(days: 1))
            #expect(next.adding(days: -1) == day)
            #expect(CalendarDate(next.text) == next, "\(next.text)")
            day = next
        }
        #expect(day.text == "21520302")
        #expect(CalendarDate("20000101")?.adding(days: -320)?.text == "19990215")
    }
}
