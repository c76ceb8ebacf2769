import DICOM
import Foundation
import Testing

@Suite("PS3.3 C.12.1.1.2, PS3.5 §6.1: Specific Character Set")
struct CharacterSetTests {
    private func name(_ bytes: [UInt8], characterSet: String?) throws -> DataElement? {
        let padded = bytes.count % 2 == 0 ? bytes : bytes + [0x20]
        let set = characterSet.map { Build.text(.specificCharacterSet, "CS", $0) } ?? []
        let file = Build.file(set + Build.sopInstance + Build.explicit(.patientName, "PN", padded))
        return try Instance(parsing: file).dataSet[.patientName]
    }

    @Test("Latin-1, UTF-8, GB18030, Greek and Cyrillic become Swift text")
    func decoded() throws {
        #expect(try name([0x4D, 0xFC, 0x6C], characterSet: "ISO_IR 100")?.value == .text(["Mül"]))
        #expect(try name(Array("Мюл^Ä".utf8), characterSet: "ISO_IR 192")?.value == .text(["Мюл^Ä"]))
        #expect(try name([0xCD, 0xF5], characterSet: "GB18030")?.value == .text(["王"]))
        #expect(try name([0xC4, 0xE9], characterSet: "ISO_IR 126")?.value == .text(["Δι"]))
        #expect(try name([0xBB, 0xEE], characterSet: "ISO_IR 144")?.value == .text(["Лю"]))
    }

    @Test("PS3.5 §H.3.1: Japanese with code extensions is decoded right or kept raw, never wrong")
    func japanese() throws {
        let bytes =
            Array("Yamada^Tarou=".utf8) + [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28, 0x42]
            + Array("^".utf8) + [0x1B, 0x24, 0x42, 0x42, 0x40, 0x4F, 0x3A, 0x1B, 0x28, 0x42]
        let value = try name(bytes, characterSet: "\\ISO 2022 IR 87")?.value
        // The C library's iconv has no converter for the bare JIS X 0208 that DCMTK asks for.
        let isRaw = if case .undecodedText(let raw)? = value { raw.starts(with: bytes) } else { false }
        #expect(isRaw || value == .text(["Yamada^Tarou=山田^太郎"]))
    }

    @Test(
        "Bytes that the character set does not explain stay raw and are never guessed",
        arguments: [
            nil, "ISO_IR 192", "ISO_IR 999",
        ])
    func undecodable(characterSet: String?) throws {
        let bytes: [UInt8] = [0x4D, 0xFC, 0x6C, 0x20]
        #expect(try name(bytes, characterSet: characterSet)?.value == .undecodedText(bytes))
        let file = Build.file(
            Build.text(.sopClassUID, "UI", "1.2") + Build.sopInstance + Build.explicit(.patientName, "PN", bytes))
        #expect(throws: DICOMError(.undecodedText, tag: .patientName)) { try Instance(parsing: file).serialized() }
    }

    @Test("An item inherits the character set and may have its own")
    func items() throws {
        let latin = Build.explicit(Tag(0x0008, 0x0104), "LO", [0xE4, 0x20])
        let own =
            Build.text(.specificCharacterSet, "CS", "ISO_IR 144")
            + Build.explicit(Tag(0x0008, 0x0104), "LO", [0xEE, 0x20])
        let sequence =
            Build.undefinedLength(Tag(0x0008, 0x1032), "SQ") + Build.item + latin + Build.itemEnd
            + Build.item + own + Build.itemEnd + Build.sequenceEnd
        let file = Build.file(Build.text(.specificCharacterSet, "CS", "ISO_IR 100") + Build.sopInstance + sequence)
        let items = try Instance(parsing: file).dataSet.items(Tag(0x0008, 0x1032))
        #expect(items.map { $0.string(.codeMeaning) } == ["ä", "ю"])
    }

    @Test("A character set after the text it should explain is refused")
    func late() {
        let file = Build.file(Build.sopInstance + Build.text(.specificCharacterSet, "CS", "ISO_IR 100"))
        #expect(throws: DICOMError.self) { try Instance(parsing: file) }
    }

    @Test("Written files say ISO_IR 192 and read back equal, in items too")
    func written() throws {
        var item = DataSet()
        item.set(.specificCharacterSet, .CS, "ISO_IR 100")
        item.set(.codeMeaning, .LO, "Thorax – Übersicht")
        var dataSet = DataSet()
        dataSet.set(.sopClassUID, .computedRadiographyImageStorage)
        dataSet.set(.sopInstanceUID, .UI, "1.2.3")
        dataSet.set(.patientName, .PN, "Łukasz^山田")
        dataSet.set(.procedureCodeSequence, items: [item])
        let again = try Instance(parsing: try Instance(fileMeta: DataSet(), dataSet: dataSet).serialized()).dataSet
        #expect(again.string(.specificCharacterSet) == "ISO_IR 192")
        #expect(again.string(.patientName) == "Łukasz^山田")
        #expect(again.items(.procedureCodeSequence).first?.string(.codeMeaning) == "Thorax – Übersicht")
        #expect(again.items(.procedureCodeSequence).first?[.specificCharacterSet] == nil)
    }
}
