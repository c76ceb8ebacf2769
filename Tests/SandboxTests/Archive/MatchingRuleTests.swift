import DICOM
import Testing

@testable import Sandbox

@Suite("Pretend archive: attribute matching (PS3.4 §C.2.2.2)")
struct MatchingRuleTests {
    private func admits(_ key: String, _ vr: VR, _ values: [String]) throws -> Bool {
        try MatchingRule(key, vr: vr).admits(DataElement(Tag(0x0008, 0x0000), vr, .text(values)))
    }

    @Test(arguments: [
        // Single value: case matters but in names.
        (VR.LO, "Abc", "Abc", true), (.LO, "Abc", "abc", false), (.SH, "A", "A1", false), (.AS, "002Y", "002Y", true),
        (.PN, "doe^jane", "Doe^Jane", true), (.PN, "Doe", "Doe^Jane", false), (.PN, "Doe^^", "Doe", true),
        (.PN, "Yamada^Tarou", "Yamada^Tarou=山田^太郎=やまだ^たろう", true),
        (.PN, "山田^太郎", "Yamada^Tarou=山田^太郎", true),
        // Wildcards, where the VR allows them.
        (.LO, "A*", "Abc", true), (.LO, "*c", "Abc", true), (.LO, "A?c", "Abc", true), (.LO, "A?c", "Ac", false),
        (.LO, "A*b*d", "A-b-c-d", true), (.LO, "A*b*d", "A-b-c", false), (.LO, "*", "x", true), (.SH, "**", "x", true),
        (.CS, "D?", "DX", true), (.PN, "d*^j*", "Doe^Jane", true), (.LO, "ö?", "öß", true), (.UT, "x*", "xyz", true),
        (.AS, "00*", "002Y", false),
        // Universal.
        (.LO, "", "x", true), (.DA, "", "20240101", true), (.UI, "", "1.2", true),
        // Ranges.
        (.DA, "20240101", "20240101", true), (.DA, "20240101", "20240102", false),
        (.DA, "20240101-20240131", "20240131", true), (.DA, "20240101-20240131", "20240201", false),
        (.DA, "-20240131", "19990101", true), (.DA, "20240101-", "20231231", false),
        (.DA, "20240101-", "20240101", true),
        (.TM, "10", "105959.999999", true), (.TM, "10", "110000", false), (.TM, "1000-1030", "103059", true),
        (.TM, "1000-1030", "103100", false), (.TM, "-12", "1200", true), (.TM, "101500.5", "101500.500000", true),
        (.TM, "101500.5", "101500.6", false), (.TM, "101500", "10", false),
        (.TM, "101500.5", "101500.5", true), (.DT, "2024", "20240301101500", true), (.DT, "202402", "20240301", false),
        (.DA, "20240101", "2024.01.01", false),
        // UID lists.
        (.UI, "1.2", "1.2", true), (.UI, "1.2,1.3", "1.3", true), (.UI, #"1.2\1.3"#, "1.3", true),
        (.UI, "1.2,1.3", "1.4", false), (.UI, "1.2", "1.2.3", false),
        // Numbers in any way of writing.
        (.IS, "1", "01", true), (.IS, "1", "2", false), (.DS, "1.50", "1.5", true), (.DS, "1.5", "x", false),
    ])
    func `a key admits what its kind of matching says`(vr: VR, key: String, value: String, expected: Bool) throws {
        #expect(try admits(key, vr, [value]) == expected)
    }

    @Test func `one of several values is enough, and an empty element fulfils only the universal key`() throws {
        #expect(try admits("CT", .CS, ["DX", "CT"]))
        #expect(try !admits("MR", .CS, ["DX", "CT"]))
        #expect(try !admits("CT", .CS, []))
        #expect(try !admits("C?", .CS, [""]))
        #expect(try admits("*", .CS, []))
        #expect(try admits("", .DA, []))
    }

    @Test func `binary numbers and tags are compared by what they mean`() throws {
        let rows = DataElement(.rows, .US, .integers([512]))
        #expect(try MatchingRule("512", vr: .US).admits(rows))
        #expect(try !MatchingRule("511", vr: .US).admits(rows))
        let double = DataElement(.numericValue, .FD, .numbers([0.5]))
        #expect(try MatchingRule("5e-1", vr: .FD).admits(double))
        let tag = DataElement(Tag(0x0028, 0x0009), .AT, .tags([Tag(0x0018, 0x106A)]))
        #expect(try MatchingRule("0018106a", vr: .AT).admits(tag))
    }

    @Test(arguments: [
        (VR.DA, "2024"), (.DA, "20240101-20240102-20240103"), (.DA, "-"), (.DA, "2024010*"), (.TM, "1"), (.TM, "10.5"),
        (.UI, "1..2"), (.UI, "1.2,"), (.IS, "one"), (.DS, "nan"), (.SQ, "x"), (.OB, "x"), (.UN, "x"),
        (.LO, String(repeating: "x", count: 4_097)),
    ])
    func `a value that its attribute cannot have is refused`(vr: VR, value: String) {
        #expect(throws: ArchiveProblem.self) { try MatchingRule(value, vr: vr) }
    }

    @Test(.timeLimit(.minutes(1)))
    func `many wildcards cost no more than the product of the lengths`() throws {
        let key = String(repeating: "*a", count: 2_000) + "b"
        #expect(try !admits(key, .LT, [String(repeating: "a", count: 4_000)]))
    }
}
