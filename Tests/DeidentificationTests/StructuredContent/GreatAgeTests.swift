import DICOM
import SecondOpinion
import Testing

@testable import Deidentification

@Suite("Ages of ninety years and more are one")
struct GreatAgeTests {
    private static func measured(_ value: String, _ unit: String) -> DataSet {
        var item = DataSet()
        item.set(.numericValue, .DS, value)
        item.set(Tag(0x0040, 0xA162), .SL, 95)
        item.set(.measurementUnitsCodeSequence, items: [SyntheticDX.code(unit, "UCUM", unit)])
        return item
    }

    @Test(
        "whatever the unit, and said once",
        arguments: [
            ("95", "a", "90"), ("1140", "mo", "1080"), ("34700", "d", "32873"), ("89", "a", "89"), ("500", "mo", "500"),
            ("103", "{years}", "90"),
        ])
    func measures(_ value: String, _ unit: String, _ expected: String) throws {
        let capped = try #require(GreatAge.capped(Self.measured(value, unit), isAge: true))
        #expect(capped.string(.numericValue) == expected && capped[Tag(0x0040, 0xA162)] == nil)
    }

    @Test("without a number that can be read nothing stays")
    func unreadable() { #expect(GreatAge.capped(DataSet(), isAge: true) == nil) }

    @Test(
        "in words too",
        arguments: [
            "95 year old chest", "chest age 103", "95-year-old chest", "chest 95y", "aged 91 chest", "chest 95 y",
            "male 95 y old", "age = 95 chest", "age: 95 chest", "95 a chest", "95a chest", "chest 95 j",
            "95 - year old chest",
            "chest at age of 95", "age=95 chest", "95/y chest", "chest, 95 Y.",
        ])
    func words(_ text: String) throws {
        let cleaned = try DescriptorCleaner(for: KnownIdentity()).cleaned(text)
        #expect(try !#require(cleaned).contains(where: \.isNumber))
    }

    @Test("numbers that are no age, and ages below, stay")
    func others() throws {
        let cleaner = try DescriptorCleaner(for: KnownIdentity())
        #expect(cleaner.cleaned("chest 120 kV") == "chest 120 kV")
        #expect(cleaner.cleaned("45 year old chest") == "45 year old chest")
        #expect(cleaner.cleaned("chest 110 kV and a view") == "chest 110 kV and a view")
        #expect(cleaner.cleaned("chest 100 - ap") == "chest 100 - ap")
    }

    @Test("each value of a number", arguments: [("45\\94", "45\\90"), ("94\\45", "90\\45"), ("45\\50", "45\\50")])
    func everyValue(_ values: String, _ expected: String) throws {
        var item = Self.measured("0", "a")
        let texts = values.split(separator: "\\").map(String.init)
        item[.numericValue] = DataElement(.numericValue, .DS, .text(texts))
        let capped = try #require(GreatAge.capped(item, isAge: true))
        #expect(capped.strings(.numericValue).joined(separator: "\\") == expected)
        item[.numericValue] = DataElement(.numericValue, .DS, .text(["45", "old"]))
        #expect(GreatAge.capped(item, isAge: true) == nil)
    }

    @Test("years are an age whatever the concept", arguments: ["a", "a_j", "a_g", "a_t"])
    func years(unit: String) throws {
        let capped = try #require(GreatAge.capped(Self.measured("94", unit), isAge: false))
        #expect(capped.string(.numericValue) == "90" && capped[Tag(0x0040, 0xA162)] == nil)
        #expect(
            try #require(GreatAge.capped(Self.measured("45.5", unit), isAge: false)).string(.numericValue) == "45.5")
    }

    @Test("a number of another unit is never made another one")
    func otherUnits() throws {
        #expect(GreatAge.capped(Self.measured("120", "mm"), isAge: false) == Self.measured("120", "mm"))
        #expect(GreatAge.capped(Self.measured("120", "mm"), isAge: true) == nil)
        #expect(GreatAge.capped(Self.measured("103", "{score}"), isAge: true) == nil)
        var bare = Self.measured("95", "a")
        bare[.measurementUnitsCodeSequence] = nil
        #expect(GreatAge.capped(bare, isAge: true) == nil)
        #expect(
            try #require(GreatAge.capped(Self.measured("89", "{score}"), isAge: true)).string(.numericValue) == "89")
    }

    @Test("in a content item without a concept, and in one that holds its number itself")
    func items() throws {
        let cleaner = StructuredContentCleaner { $0 }
        var item = DataSet()
        item.set(.valueType, .CS, "NUM")
        item.set(.conceptNameCodeSequence, items: [SyntheticDX.code("X1", "99LOCAL", "Seit")])
        item.set(.measuredValueSequence, items: [Self.measured("94", "a")])
        let cleaned = try #require(try cleaner.clean([item]).first)
        #expect(cleaned.items(.measuredValueSequence).first?.string(.numericValue) == "90")
        for (value, expected) in [("94", "90"), ("45", "45"), ("x", nil)] as [(String, String?)] {
            let result = try SyntheticDX.deidentified { header in
                header.set(Tag(0x0040, 0x0440), items: [Self.measured(value, "a")])
            }
            #expect(result.items(Tag(0x0040, 0x0440)).first?.string(.numericValue) == expected)
        }
    }

    @Test(
        "in the meaning of a code", arguments: ["heart disease 95 years", "AP of KM42 in 95y", "Age 95", "chest 95 a"])
    func meanings(_ meaning: String) throws {
        let result = try SyntheticDX.deidentified { header in
            header.set(.anatomicRegionSequence, items: [SyntheticDX.code("51185008", "SCT", meaning)])
        }
        #expect(result.items(.anatomicRegionSequence).first?.string(.codeMeaning) == Dummy.text)
    }
}
