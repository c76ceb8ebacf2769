import DICOM
import Deidentification
import Sealing
import Testing

/// PS3.15 §E.1.1: what identifies is nowhere in the result, wherever it stood.
@Suite("PS3.15 Annex E: canaries in every VR and at every level")
struct CanaryTests {
    /// Fragments of identifiers; none may occur in any byte of the result.
    static let canaries = ["canary", "47114711", "19451224", "1.2.3.4711", "20240229"]

    /// A value that names the patient, in the form of the VR.
    static func value(_ vr: VR) -> DataElement.Value? {
        switch vr {
        case .AE, .CS, .LO, .LT, .SH, .ST, .UC, .UR, .UT: .text(["CANARYID"])
        case .PN: .text(["Canary^Jane"])
        case .DS, .IS: .text(["47114711"])
        case .DA: .text(["19451224"])
        case .DT: .text(["19451224101500"])
        case .TM: .text(["101500"])
        case .AS: .text(["078Y"])
        case .UI: .text(["1.2.3.4711.99"])
        case .OB, .OW, .OD, .OF, .OL, .OV, .UN: .bytes(Array("CANARYID".utf8))
        default: nil
        }
    }

    @Test("Every element of PS3.6, in the data set and in sequences inside one another")
    func everyElement() throws {
        let dictionary = try DataDictionary.standard()
        let pixel: Set<UInt16> = [0x0028, 0x7FE0]
        let planted = dictionary.knownTags.compactMap { tag -> DataElement? in
            guard tag.group >= 8, !pixel.contains(tag.group) || tag.element >= 0x1000, tag != .burnedInAnnotation,
                let vr = dictionary[tag]?.vr, let value = Self.value(vr)
            else { return nil }
            return DataElement(tag, vr, value)
        }
        #expect(planted.count > 2_000)
        var header = SyntheticDX.header()
        let keep: Set<Tag> = [
            .sopClassUID, .sopInstanceUID, .studyInstanceUID, .specificCharacterSet, .modality, .conversionType,
            .imageType, .patientName, .patientID, .patientBirthDate, .otherPatientIDs,
        ]
        for element in planted where !keep.contains(element.tag) { header[element.tag] = element }
        var inner = DataSet(planted.filter { $0.tag != .specificCharacterSet })
        inner.set(Tag(0x0009, 0x0010), .LO, "CANARY PRIVATE")
        inner[Tag(0x0009, 0x1001)] = DataElement(Tag(0x0009, 0x1001), .UN, .bytes(Array("CANARYID".utf8)))
        for _ in 0..<3 {
            var outer = DataSet()
            outer.set(.procedureCodeSequence, items: [inner])
            outer.set(.referencedImageSequence, items: [inner])
            inner = outer
        }
        header.set(.viewCodeSequence, items: [inner])
        try expectNoCanary(try SyntheticDX.study([header]))
    }

    @Test("Private blocks, curves, overlays, padding, group lengths and later standards")
    func otherGroups() throws {
        var header = SyntheticDX.header()
        for tag in [
            Tag(0x0009, 0x0010), Tag(0x0029, 0x1010), Tag(0x5000, 0x3000), Tag(0x5004, 0x0022), Tag(0x6000, 0x3000),
            Tag(0x6000, 0x4000), Tag(0x6002, 0x1500), Tag(0x0008, 0x0000), Tag(0xFFFC, 0xFFFC), Tag(0x0008, 0x9FFF),
            Tag(0x7FE1, 0x1010), Tag(0xFFFA, 0xFFFA),
        ] {
            header[tag] = DataElement(tag, .LO, .text(["CANARYID"]))
        }
        let result = try expectNoCanary(try SyntheticDX.study([header]))
        #expect(!result.contains { $0.tag.isPrivate || (0x5000...0x60FF).contains($0.tag.group) })
    }

    @Test("The same groups go whatever they hold: an identifier that nobody knows is no less one")
    func otherGroupsWithAnyValue() throws {
        let tags = [
            Tag(0x0009, 0x0010), Tag(0x0029, 0x1010), Tag(0x5000, 0x2500), Tag(0x6000, 0x0010), Tag(0x6000, 0x0040),
            Tag(0x0008, 0x9FFF), Tag(0x7FE1, 0x1010), Tag(0x0028, 0x0000),
        ]
        let result = try SyntheticDX.deidentified { header in
            for tag in tags { header.set(tag, .CS, "HARMLESS") }
        }
        #expect(tags.filter { result[$0] != nil } == [])
    }

    @Test("Text in an undeclared character set is not kept, and a VR that is not the standard's neither")
    func undecodedAndWrongVR() throws {
        let result = try SyntheticDX.deidentified { header in
            header[.manufacturer] = DataElement(.manufacturer, .LO, .undecodedText([0x43, 0xE4]))
            header[.kvp] = DataElement(.kvp, .LO, .text(["Jane"]))
            header[.viewPosition] = DataElement(.viewPosition, .CS, .text(["Jane's view!"]))
        }
        // Type 2 in General Equipment (C.7.5.1) and in DX: emptied.
        #expect(result.string(.manufacturer) == nil && result[.manufacturer]?.isEmpty == true && result[.kvp] == nil)
        #expect(result.strings(.viewPosition) == [UnreadableValue.code])
    }

    @Test("An identifier in a kept text takes the text away")
    func identifierInKeptText() throws {
        let result = try SyntheticDX.deidentified { header in
            header.set(.manufacturer, .LO, "Maker for Jane")
            header.set(.softwareVersions, .LO, "V1 ACC-CANARY-1")
            header.set(.manufacturerModelName, .LO, "Model")
        }
        #expect(result[.manufacturer]?.isEmpty == true && result[.softwareVersions] == nil)
        #expect(result.string(.manufacturerModelName) == "Model")
    }

    @Test("Local codes are free text: only published schemes keep their meaning (PS3.3 §8)")
    func codes() throws {
        var meaningOnly = DataSet()
        meaningOnly.set(.codeMeaning, .LO, "Mrs Miller")
        let result = try SyntheticDX.deidentified { header in
            header.set(
                .viewCodeSequence,
                items: [
                    SyntheticDX.code("399348003", "SCT", "Antero-posterior projection"),
                    SyntheticDX.code("J1", "99HOSP", "Mrs Miller, ward 5"), meaningOnly,
                ])
        }
        #expect(
            result.items(.viewCodeSequence).map { $0.string(.codeMeaning) }
                == ["Antero-posterior projection", "DEIDENTIFIED", "DEIDENTIFIED"])
    }

    /// Paths of elements, as in `(0008,1032)(0008,0104)`.
    private static func places(of canaries: [String], in dataSet: DataSet, path: String = "") -> [String] {
        dataSet.flatMap { element -> [String] in
            let path = path + element.tag.description + element.vr.rawValue
            switch element.value {
            case .sequence(let items): return items.flatMap { places(of: canaries, in: $0, path: path) }
            case .text(let values):
                return canaries.contains { values.joined().lowercased().contains($0) } ? [path] : []
            case .bytes(let bytes):
                let text = String(decoding: bytes, as: UTF8.self).lowercased()
                return canaries.contains { text.contains($0) } ? [path] : []
            default: return []
            }
        }
    }

    @discardableResult
    private func expectNoCanary(_ study: Study) throws -> DataSet {
        let (result, receipt) = try deidentify(study, pseudonyms: try SyntheticDX.pseudonyms())
        for instance in result.value.instances {
            let bytes = try instance.serialized()
            #expect(Array(bytes.prefix(128)) == [UInt8](repeating: 0, count: 128), "PS3.10 §7.1: the preamble is zero")
            let text = String(decoding: bytes, as: UTF8.self).lowercased()
            let found = Self.canaries.filter { text.contains($0) }
            #expect(found == [], "in \(Self.places(of: found, in: instance.dataSet))")
        }
        #expect(!"\(receipt)".lowercased().contains("canary"))
        return result.header(instance: 0).value
    }
}
