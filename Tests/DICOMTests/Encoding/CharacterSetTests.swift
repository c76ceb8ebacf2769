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

    @Test("PS3.5 §H.3.1 and §H.3.2: Japanese names with code extensions")
    func japanese() throws {
        let kanji: [UInt8] =
            [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28, 0x42] + Array("^".utf8)
            + [0x1B, 0x24, 0x42, 0x42, 0x40, 0x4F, 0x3A, 0x1B, 0x28, 0x42]
        let kana: [UInt8] =
            [0x1B, 0x24, 0x42, 0x24, 0x64, 0x24, 0x5E, 0x24, 0x40, 0x1B, 0x28, 0x42] + Array("^".utf8)
            + [0x1B, 0x24, 0x42, 0x24, 0x3F, 0x24, 0x6D, 0x24, 0x26, 0x1B, 0x28, 0x42]
        let first = Array("Yamada^Tarou=".utf8) + kanji + Array("=".utf8) + kana
        #expect(
            try name(first, characterSet: "\\ISO 2022 IR 87")?.value == .text(["Yamada^Tarou=山田^太郎=やまだ^たろう"]))
        // The second example: half-width katakana in G1, and G0 set back to JIS X 0201.
        let second: [UInt8] = [
            0xD4, 0xCF, 0xC0, 0xDE, 0x5E, 0xC0, 0xDB, 0xB3, 0x3D, 0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28,
            0x4A,
        ]
        #expect(try name(second, characterSet: "ISO 2022 IR 13\\ISO 2022 IR 87")?.value == .text(["ﾔﾏﾀﾞ^ﾀﾛｳ=山田"]))
        // JIS X 0212.
        let third: [UInt8] = [0x1B, 0x24, 0x28, 0x44, 0x30, 0x21, 0x1B, 0x28, 0x42]
        #expect(try name(third, characterSet: "\\ISO 2022 IR 87\\ISO 2022 IR 159")?.value == .text(["丂"]))
    }

    @Test(
        "Japanese that is cut, of another repertoire, or without its delimiter's reset stays raw",
        arguments: [
            [0x1B, 0x24, 0x42, 0x3B], [0x1B, 0x24, 0x43, 0x3B, 0x33, 0x20], [0x1B, 0x24], [0xFE, 0x20],
            [0x1B, 0x24, 0x42, 0x7E, 0x7E, 0x20],
        ] as [[UInt8]])
    func brokenJapanese(bytes: [UInt8]) throws {
        let padded = bytes.count % 2 == 0 ? bytes : bytes + [0x20]
        #expect(try name(bytes, characterSet: "\\ISO 2022 IR 87")?.value == .undecodedText(padded))
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
