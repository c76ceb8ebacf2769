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
        let capped = try #require(GreatAge.capped(Self.measured(value, unit)))
        #expect(capped.string(.numericValue) == expected && capped[Tag(0x0040, 0xA162)] == nil)
    }

    @Test("without a number that can be read nothing stays")
    func unreadable() { #expect(GreatAge.capped(DataSet()) == nil) }

    @Test(
        "in words too",
        arguments: ["95 year old chest", "chest age 103", "95-year-old chest", "chest 95y", "aged 91 chest"])
    func words(_ text: String) throws {
        let cleaned = try DescriptorCleaner(for: KnownIdentity()).cleaned(text)
        #expect(try !#require(cleaned).contains(where: \.isNumber))
    }

    @Test("numbers that are no age, and ages below, stay")
    func others() throws {
        let cleaner = try DescriptorCleaner(for: KnownIdentity())
        #expect(cleaner.cleaned("chest 120 kV") == "chest 120 kV")
        #expect(cleaner.cleaned("45 year old chest") == "45 year old chest")
    }
}
