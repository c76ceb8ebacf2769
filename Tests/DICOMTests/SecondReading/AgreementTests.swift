import Foundation
import Testing

@testable import DICOM

@Suite("Two readers that share no code see the same elements, VRs and values")
struct AgreementTests {
    @Test("Every sample that this reader accepts is read alike by DCMTK", .enabled(if: Shared.isPresent))
    func samples() throws {
        var agreed = 0
        for url in Shared.samples {
            let name = url.lastPathComponent
            guard let file = try? AcceptedFile(parsing: try Shared.bytes(name), limits: .default) else { continue }
            #expect(throws: Never.self, "\(name)") { try SecondReading.check(file.instance, in: file) }
            agreed += 1
        }
        print("two readers agree on \(agreed) of \(Shared.samples.count) samples")
        #expect(agreed == Shared.samples.count - 1, "no_meta_group_length.dcm holds no instance")
    }

    @Test("What is written here is read alike, all VRs, nested, in each byte order and syntax of the header")
    func own() throws {
        let instance = try Generated.instance()
        let bytes = try instance.serialized()
        #expect(try Instance(parsing: bytes).dataSet.elements == instance.dataSet.inUTF8().elements)
        let nested = Build.item + Build.text(.codeMeaning, "LO", "A") + Build.itemEnd
        let sequence = Build.undefinedLength(.procedureCodeSequence, "SQ") + nested + nested + Build.sequenceEnd
        _ = try Instance(parsing: Build.file(Build.sopInstance + sequence))
        // A transfer syntax that DCMTK 3.6.7 has never heard of.
        _ = try Instance(parsing: Build.file(Build.sopInstance + sequence, syntax: "1.2.840.10008.1.2.4.201"))
        let implicit = Build.implicit(.sopInstanceUID, Array("1.2.3.4\0".utf8)) + Build.implicit(.rows, [2, 0])
        _ = try Instance(parsing: Build.file(implicit, syntax: "1.2.840.10008.1.2"))
    }

    @Test("PS3.5 §6.2.2: UN is compared by its bytes, and by its structure where its length is undefined")
    func unknown() throws {
        let private10 = Build.text(Tag(0x0009, 0x0010), "LO", "TEST 1.0")
        let opaque = Build.explicit(Tag(0x0009, 0x1001), "UN", [1, 2, 3, 4])
        // Implicit VR stands inside.
        let inside = Build.tag(Tag(0x0009, 0x1003)) + Build.uint32(2) + [0x41, 0x42]
        let hidden =
            Build.undefinedLength(Tag(0x0009, 0x1002), "UN") + Build.item + inside + Build.itemEnd
            + Build.sequenceEnd
        let dataSet = try Instance(parsing: Build.file(Build.sopInstance + private10 + opaque + hidden)).dataSet
        #expect(dataSet.bytes(Tag(0x0009, 0x1001)) == [1, 2, 3, 4])
        #expect(dataSet.items(Tag(0x0009, 0x1002)).first?.bytes(Tag(0x0009, 0x1003)) == [0x41, 0x42])
    }

    @Test("NaN, odd lengths, padding, group lengths and trailing padding are no disagreement")
    func explained() throws {
        let body =
            Build.explicit(Tag(0x0008, 0x0000), "UL", [0, 0, 0, 0]) + Build.sopInstance
            + Build.explicit(.patientName, "PN", Array("A^B".utf8))
            + Build.explicit(Tag(0x0018, 0x9073), "FD", [0, 0, 0, 0, 0, 0, 0xF8, 0x7F])
            + Build.explicit(Tag(0x0042, 0x0011), "OB", [1, 2, 3])
            + Build.explicit(Tag(0xFFFC, 0xFFFC), "OB", [0, 0])
        #expect(try Instance(parsing: Build.file(body)).dataSet.string(.patientName) == "A^B")
    }

    @Test("A disagreement is refused with the tag: value, VR, one more, one less, items")
    func disagreement() throws {
        let file = try AcceptedFile(parsing: try Generated.instance().serialized(), limits: .default)
        let changes: [(Tag?, (inout DataSet) -> Void)] = [
            (.patientID, { $0.set(.patientID, .LO, "2") }),
            (.rows, { $0.set(.rows, .US, 3) }),
            (.patientID, { $0.set(.patientID, .SH, "4711") }),
            (.rows, { $0[.rows] = nil }),
            (.patientID, { $0.set(Tag(0x0010, 0x0011), .LO, "x") }),
            (nil, { $0.set(.procedureCodeSequence, items: Array($0.items(.procedureCodeSequence).dropLast())) }),
            (.procedureCodeSequence, { $0.set(.procedureCodeSequence, .LO, "x") }),
            (nil, { $0.set(Tag(0x0088, 0x0904), .LO, "after the last one") }),
        ]
        for (tag, change) in changes {
            var dataSet = file.instance.dataSet
            change(&dataSet)
            let changed = Instance(fileMeta: file.instance.fileMeta, dataSet: dataSet)
            let error = #expect(throws: DICOMError.self) { try SecondReading.check(changed, in: file) }
            #expect(error?.code == .readersDisagree)
            if let tag { #expect(error?.tag == tag) }
        }
    }

    @Test("PS3.3 C.12.1.1.2: both readers follow the character set of an item")
    func characterSets() throws {
        let item =
            Build.item + Build.text(.specificCharacterSet, "CS", "ISO_IR 144")
            + Build.explicit(.codeMeaning, "LO", [0xEE, 0x20]) + Build.itemEnd
        let sequence = Build.undefinedLength(.procedureCodeSequence, "SQ") + item + Build.sequenceEnd
        let set = Build.text(.specificCharacterSet, "CS", "ISO_IR 100")
        let name = Build.explicit(.patientName, "PN", [0x4D, 0xFC])
        let dataSet = try Instance(parsing: Build.file(set + Build.sopInstance + sequence + name)).dataSet
        #expect(dataSet.string(.patientName) == "Mü")
        #expect(dataSet.items(.procedureCodeSequence).first?.string(.codeMeaning) == "ю")
    }
}
