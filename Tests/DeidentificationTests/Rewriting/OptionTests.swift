import DICOM
import Sealing
import Testing

@testable import Deidentification

@Suite("PS3.15 Annex E: each option, alone")
struct OptionTests {
    private func result(
        _ options: ProfileOption..., more: String = "", _ change: (inout DataSet) -> Void = { _ in }
    ) throws -> DataSet {
        let words = ([.basic] + options).map(\.word).joined(separator: ", ")
        return try DateTests.result(
            try DeidentificationProfile(yaml: ProfileFileTests.text(options: words, more: more)), change)
    }

    @Test("113100 alone: characteristics go too, and only its code stands in the result")
    func basic() throws {
        let result = try result()
        #expect(try #require(result[.patientSex]).isEmpty && result[.patientAge] == nil)
        #expect(result.items(.deidentificationMethodCodeSequence).map { $0.string(.codeValue) } == ["113100"])
        #expect(result.strings(.deidentificationMethod).contains("Profile test 1"))
    }

    @Test("113110: UIDs stay, nested too")
    func uids() throws {
        let result = try result(.retainUIDs) { header in
            var item = DataSet()
            item.set(.referencedSOPInstanceUID, .UI, "1.2.3")
            header.set(.referencedImageSequence, items: [item])
        }
        #expect(result.string(.sopInstanceUID) == SyntheticDX.uid + ".1")
        #expect(result.string(.frameOfReferenceUID) == SyntheticDX.uid + ".8")
        #expect(result.items(.referencedImageSequence).first?.string(.referencedSOPInstanceUID) == "1.2.3")
    }

    @Test("113106: what is no date by its look goes, bytes and words in the place of a time zone")
    func fullDates() throws {
        let kept = try result(.retainFullDates) { $0.set(.timezoneOffsetFromUTC, .SH, "+0100") }
        #expect(kept.string(.timezoneOffsetFromUTC) == "+0100")
        let gone = try result(.retainFullDates) { header in
            header.set(.timezoneOffsetFromUTC, .SH, "Seen by Jo")
            header[Tag(0x0400, 0x0310)] = DataElement(Tag(0x0400, 0x0310), .OB, .bytes(Array("Seen by Jo".utf8)))
        }
        #expect(gone[.timezoneOffsetFromUTC] == nil && gone[Tag(0x0400, 0x0310)] == nil)
    }

    @Test("a Content Label is made up by a person")
    func contentLabel() throws {
        let result = try result { $0.set(Tag(0x0070, 0x0080), .CS, "JOS_LABEL") }
        #expect(result.string(Tag(0x0070, 0x0080)) != "JOS_LABEL")
    }

    @Test("113109 keeps the device, not the day of its calibration nor a name in its words")
    func device() throws {
        let result = try result(.retainDeviceIdentity) { header in
            header.set(.deviceSerialNumber, .LO, "SN-4471")
            header.set(Tag(0x0018, 0x1200), .DA, "20240101")
            header.set(Tag(0x0008, 0x1090), .LO, "Model of Jane")
        }
        #expect(result.string(.deviceSerialNumber) == "SN-4471")
        #expect(result[Tag(0x0018, 0x1200)] == nil && result.string(.manufacturerModelName) == nil)
        #expect(result.string(.institutionName) == nil)
    }

    @Test("113112 keeps the institution, unless the patient is named in it")
    func institution() throws {
        let kept = try result(.retainInstitutionIdentity) { $0.set(.institutionName, .LO, "General Hospital") }
        #expect(kept.string(.institutionName) == "General Hospital" && kept.string(.stationName) == nil)
        let gone = try result(.retainInstitutionIdentity)
        #expect(gone.string(.institutionName) == nil, "Canary Hospital, and the patient is called Canary")
    }

    @Test("113108: ages from 90 on are one, what is no sex is empty")
    func characteristics() throws {
        let result = try result(.retainPatientCharacteristics) { header in
            header.set(.patientBirthDate, .DA, "19200101")
            header.set(.patientSex, .CS, "JANE")
            header.set(.patientWeight, .DS, "71")
        }
        #expect(result.string(.patientAge) == "090Y" && result.string(.patientWeight) == "71")
        #expect(try #require(result[.patientSex]).isEmpty)
    }

    @Test(
        "113105: of a description the words of the standard stay",
        arguments: [
            ("CT chest with contrast 1.25 mm", "CT chest with contrast 1.25 mm"),
            ("Chest PA, Jane Canary 24.12.1945", "Chest PA,"), ("Chest of Mr Smith", "Chest of"),
            ("MRN 4711471 abdomen", nil), ("abdomen 4711471", "abdomen"), ("knee, call +49 30 123 456", "knee,"),
            ("knee jane@example.org", "knee"), ("thorax 12 Jan 2019", "thorax"), ("93y pneumonia", "pneumonia"),
            ("Żółć", nil), ("Müller-Lüdenscheid chest", "chest"), ("4711", nil),
            ("T2 FLAIR axial 5mm", "T2 FLAIR axial 5mm"),
            ("Dr. Bone chest view", "view"), ("12 05 1945 chest", "chest"), ("chest http://x.org/4711", "chest"),
        ] as [(String, String?)])
    func descriptors(text: String, expected: String?) throws {
        let result = try result(.cleanDescriptors) { $0.set(.studyDescription, .LO, text) }
        #expect(result.string(.studyDescription) == expected)
    }

    @Test("113111: numbers that came as UN are as many as the list says, and no text of eight letters")
    func privateValueCount() throws {
        for (values, bytes, stays) in [(1, 4, true), (1, 8, false), (2, 8, true)] {
            let list =
                "private: [{group: \"0019\", creator: MAKER 1, element: \"0C\", vr: FL, values: \(values), reason: a number}]"
            let result = try result(.retainSafePrivate, more: list) { header in
                header.set(Tag(0x0019, 0x0010), .LO, "MAKER 1")
                header[Tag(0x0019, 0x100C)] = DataElement(
                    Tag(0x0019, 0x100C), .UN, .bytes(Array("SEEN BY ".utf8.prefix(bytes))))
            }
            #expect((result[Tag(0x0019, 0x100C)] != nil) == stays, "\(bytes) bytes, \(values) values")
        }
    }

    @Test("113111: the list and the blocks that are called safe; creators without elements go")
    func privateElements() throws {
        let list = "private: [{group: \"0019\", creator: MAKER 1, element: \"0C\", vr: IS, reason: a number}]"
        let result = try result(.retainSafePrivate, more: list) { header in
            header.set(Tag(0x0019, 0x0010), .LO, "MAKER 1")
            header.set(Tag(0x0019, 0x0011), .LO, "MAKER 2")
            header.set(Tag(0x0021, 0x0010), .LO, "MAKER 3")
            header.set(Tag(0x0023, 0x0010), .LO, "MAKER 4")
            // As in implicit VR.
            header[Tag(0x0019, 0x100C)] = DataElement(Tag(0x0019, 0x100C), .UN, .bytes(Array("1000".utf8)))
            header.set(Tag(0x0019, 0x100D), .IS, "1")
            header.set(Tag(0x0019, 0x110C), .IS, "2")
            header.set(Tag(0x0021, 0x1001), .DS, "2.5")
            header.set(Tag(0x0021, 0x1002), .LO, "of Canary")
            header[Tag(0x0021, 0x1003)] = DataElement(Tag(0x0021, 0x1003), .UN, .bytes([1, 2]))
            header.set(Tag(0x0023, 0x1001), .DS, "7")
            header.set(Tag(0x0023, 0x1002), .DS, "8")
            header.set(
                Tag(0x0008, 0x0300),
                items: [
                    Self.block(0x0021, "MAKER 3", "SAFE"), Self.block(0x0023, "MAKER 4", "MIXED", safe: 1),
                    Self.block(0x0019, "MAKER 2", "UNSAFE"),
                ])
        }
        let left = result.filter { $0.tag.isPrivate }.map { $0.tag.hex }
        #expect(left == ["00190010", "0019100C", "00210010", "00211001", "00230010", "00231001"])
        #expect(result.int(Tag(0x0019, 0x100C)) == 1000 && result[Tag(0x0019, 0x100C)]?.vr == .IS)
        #expect(result.items(Tag(0x0008, 0x0300)).map { $0.string(Tag(0x0008, 0x0302)) } == ["MAKER 3", "MAKER 4"])
        let basic = try DateTests.result(try ProfileFileTests.with()) { $0.set(Tag(0x0019, 0x0010), .LO, "MAKER 1") }
        #expect(!basic.contains { $0.tag.isPrivate })
    }

    @Test(
        "113111: a safe private value that holds a day goes where dates move or go, whatever its VR",
        arguments: [
            (.OB, .bytes(Array("\u{1}\u{2}Date:2024-03-11 x".utf8)), false),
            (.OB, .bytes("11.03.2024".utf8.flatMap { [$0, 0] }), false),
            (.OB, .bytes([1, 2, 3, 4]), true),
            // 20240229, the study's day, as a word of 32 bits.
            (.OB, .bytes([0x65, 0xD7, 0x34, 0x01]), false),
            (.DS, .text(["20240309"]), false), (.DS, .text(["20240309.0"]), false), (.DS, .text(["0.5"]), true),
            (.IS, .text(["20240312"]), false), (.IS, .text(["20241399"]), true),
            (.FD, .numbers([20_240_314]), false), (.FD, .numbers([1.5]), true),
            (.UL, .integers([20_240_315]), false), (.UL, .integers([1_709_200_800]), false),
            (.UL, .integers([1_200_000_000]), true),
            (.LT, .text(["1710000000"]), false), (.LT, .text(["at 1710000000123 ms"]), false),
            (.SH, .text(["202403151015"]), false), (.LO, .text(["soft"]), true),
        ] as [(VR, DataElement.Value, Bool)])
    func privateDays(vr: VR, value: DataElement.Value, stays: Bool) throws {
        let tag = Tag(0x0029, 0x1001)
        let change = { (header: inout DataSet) in
            header.set(Tag(0x0029, 0x0010), .LO, "MAKER")
            header[tag] = DataElement(tag, vr, value)
            header.set(Tag(0x0008, 0x0300), items: [Self.block(0x0029, "MAKER", "SAFE")])
        }
        let shifted = try result(.retainSafePrivate, .retainModifiedDates) { change(&$0) }
        let removed = try result(.retainSafePrivate) { change(&$0) }
        let kept = try result(.retainSafePrivate, .retainFullDates) { change(&$0) }
        #expect((shifted[tag] != nil) == stays && (removed[tag] != nil) == stays && kept[tag] != nil)
    }

    private static func block(_ group: Int, _ creator: String, _ status: String, safe: Int? = nil) -> DataSet {
        var item = DataSet()
        item.set(Tag(0x0008, 0x0301), .US, group)
        item.set(Tag(0x0008, 0x0302), .LO, creator)
        item.set(Tag(0x0008, 0x0303), .CS, status)
        if let safe { item.set(Tag(0x0008, 0x0304), .US, safe) }
        return item
    }

    @Test("a profile's keep list keeps text outside the table, unless it names the patient")
    func keepList() throws {
        let list = "keep: [{tag: \"00181250\", reason: a part}, {tag: \"00181251\", reason: a part}]"
        let result = try result(more: list) { header in
            header.set(Tag(0x0018, 0x1250), .SH, "HEAD COIL")
            header.set(Tag(0x0018, 0x1251), .SH, "Canary's coil")
            header.set(Tag(0x0018, 0x1210), .SH, "B70f")
        }
        #expect(result.string(Tag(0x0018, 0x1250)) == "HEAD COIL")
        #expect(result[Tag(0x0018, 0x1251)] == nil && result[Tag(0x0018, 0x1210)] == nil)
    }

    @Test("text is written in ISO_IR 192 whatever it was, and what cannot be decoded goes")
    func characterSets() throws {
        let result = try result(.retainInstitutionIdentity) { header in
            header.set(.specificCharacterSet, .CS, "ISO_IR 100")
            header.set(.institutionName, .LO, "Universitätsklinik")
            header[.institutionAddress] = DataElement(.institutionAddress, .ST, .undecodedText([0xE4, 0x41]))
        }
        #expect(result.string(.institutionName) == "Universitätsklinik" && result[.institutionAddress] == nil)
    }
}
