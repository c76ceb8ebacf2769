import DICOM
import SecondOpinion
import Testing

@testable import Deidentification

@Suite("PS3.15 §E.3.4: Clean Structured Content")
struct StructuredContentTests {
    private func item(_ type: String, _ code: String, _ scheme: String, _ meaning: String) -> DataSet {
        var item = DataSet()
        item.set(.relationshipType, .CS, "CONTAINS")
        item.set(.valueType, .CS, type)
        item.set(.conceptNameCodeSequence, items: [SyntheticDX.code(code, scheme, meaning)])
        return item
    }

    private func text(_ value: String, _ code: String, _ scheme: String, _ meaning: String) -> DataSet {
        var item = item("TEXT", code, scheme, meaning)
        item.set(.textValue, .UT, value)
        return item
    }

    private let cleaner = StructuredContentCleaner { $0 == "unsure" ? nil : $0.replacing("Jane", with: "***") }

    @Test("Words stay, cleaned, under a published concept that asks for nobody's particulars; all others are a dummy")
    func texts() throws {
        let cleaned = try cleaner.clean([
            text("No opacity. Seen with Jane.", "121071", "DCM", "Finding"), text("unsure", "121071", "DCM", "Finding"),
            text("CANARY", "121030", "DCM", "Subject ID"), text("CANARY", "121009", "DCM", "anything"),
            text("CANARY", "X1", "99LOCAL", "Finding"), text("CANARY", "46098-0", "LN", "Patient's home address"),
            text("CANARY", "1", "LN", "Telephone"), text("7 mm", "121071", "DCM", "Identified lesion"),
        ])
        #expect(
            cleaned.map { $0.string(.textValue) } == [
                "No opacity. Seen with ***.", "DEIDENTIFIED", "DEIDENTIFIED", "DEIDENTIFIED", "DEIDENTIFIED",
                "DEIDENTIFIED", "DEIDENTIFIED", "DEIDENTIFIED",
            ])
        #expect(cleaned.allSatisfy { $0[.textValue]?.vr == .UT && $0.string(.valueType) == "TEXT" })
    }

    @Test("Persons, days of birth, great ages and numbers that are somebody's; the tree keeps its shape")
    func values() throws {
        var person = item("PNAME", "121008", "DCM", "Person Observer Name")
        person.set(.personName, .PN, "Canary^Jane")
        var birth = item("DATE", "121031", "DCM", "Subject Birth Date")
        birth.set(.date, .DA, "19451224")
        var seen = item("DATE", "111060", "DCM", "Study Date")
        seen.set(.date, .DA, "20240102")
        func number(_ value: String, _ units: String, _ code: String, _ meaning: String) -> DataSet {
            var measured = DataSet()
            measured.set(.numericValue, .DS, value)
            measured.set(.measurementUnitsCodeSequence, items: [SyntheticDX.code(units, "UCUM", units)])
            var item = item("NUM", code, "DCM", meaning)
            item.set(.measuredValueSequence, items: [measured])
            return item
        }
        var container = item("CONTAINER", "121070", "DCM", "Findings")
        container.set(
            .contentSequence,
            items: [
                person, birth, seen, number("97", "a", "121033", "Subject Age"),
                number("97", "d", "121033", "Subject Age"),
                number("12.5", "mm", "121206", "Distance"), number("4711", "1", "113871", "Person ID"),
            ])
        let cleaned = try #require(try cleaner.clean([container]).first)
        let items = cleaned.items(.contentSequence)
        #expect(items.map { $0.string(.valueType) } == ["PNAME", "DATE", "DATE", "NUM", "NUM", "NUM", "NUM"])
        #expect(items[0].string(.personName) == "DEIDENTIFIED")
        #expect(items[1].string(.date) == "19000101" && items[2].string(.date) == "20240102")
        let values = items.dropFirst(3).map { $0.items(.measuredValueSequence).first?.string(.numericValue) }
        #expect(values == ["90", "97", "12.5", nil])
        #expect(items.dropFirst(3).allSatisfy { $0[.measuredValueSequence] != nil })
    }

    @Test("What the tree says of persons is known: names, numbers and places are searched for everywhere else")
    func particulars() throws {
        var person = item("PNAME", "121008", "DCM", "Person Observer Name")
        person.set(.personName, .PN, "Canary^Jane")
        var container = item("CONTAINER", "121070", "DCM", "Findings")
        container.set(
            .contentSequence,
            items: [
                person, text("12 Main St", "1", "LN", "Address"), text("ZQ-4711", "121030", "DCM", "Subject ID"),
                text("Gertrude Quux", "46098-0", "LN", "Name of mother"),
                text("Radiologist", "121011", "DCM", "Person Observer's Role in the Organization"),
                text("Opacity of Xyzzy", "121071", "DCM", "Finding"), text("DEIDENTIFIED", "1", "LN", "Address"),
            ])
        var header = DataSet()
        header.set(.contentSequence, items: [container])
        var found: [String] = []
        HeaderIdentity.visit(header, nil) { kind, value in found.append("\(kind) \(value)") }
        #expect(
            found == ["name Canary^Jane", "text 12 Main St", "identifier ZQ-4711", "name Gertrude Quux"])
        var identity = KnownIdentity()
        try identity.collect(from: header)
        let search = try ResidualSearch(for: identity, dates: .none)
        for told in ["seen by Jane Canary", "lives 12 Main St.", "ZQ 4711", "with Mrs. Quux"] {
            #expect(!search.search(text: Array(told.utf8)).isClean, "\(told)")
        }
        #expect(search.search(text: Array("Radiologist: opacity of Xyzzy".utf8)).isClean)
    }

    @Test("What the profile keeps of device and institution is not searched for")
    func keptParticulars() throws {
        var header = DataSet()
        header.set(
            .contentSequence,
            items: [
                text("Skannomat 7000", "121013", "DCM", "Device Observer Name"),
                text("St. Xyzzy", "121009", "DCM", "Person Observer's Organization Name"),
            ])
        func found(_ options: String) throws -> [String] {
            let profile = try DeidentificationProfile(yaml: ProfileFileTests.text(options: options))
            var found: [String] = []
            HeaderIdentity.visit(header, profile) { _, value in found.append(value) }
            return found
        }
        #expect(try found("basic") == ["Skannomat 7000", "St. Xyzzy"])
        #expect(try found("basic, retainDeviceIdentity, retainInstitutionIdentity").isEmpty)
    }

    @Test("A tree deeper than 64 is refused")
    func depth() throws {
        var tree = item("CONTAINER", "121070", "DCM", "Findings")
        for _ in 0..<66 {
            var parent = item("CONTAINER", "121070", "DCM", "Findings")
            parent.set(.contentSequence, items: [tree])
            tree = parent
        }
        #expect(throws: DeidentificationError(.tooDeep)) { try cleaner.clean([tree]) }
    }
}
