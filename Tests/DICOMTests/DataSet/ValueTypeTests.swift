import DICOM
import Testing

@Suite("PS3.5 §6–9: tags, UIDs, data sets")
struct ValueTypeTests {
    @Test("§9.1: a UID has digits and periods, at most 64 of them, and no empty component")
    func uid() {
        #expect(UID("1.2.840.10008.1.2")?.isRegistered == true)
        for text in ["", ".", "1..2", "1.2.", ".1", "1.2/3", "1.2 ", String(repeating: "1", count: 65), "1.٣"] {
            #expect(UID(text) == nil, "\(text)")
        }
    }

    @Test("§7.1: tags are ordered by group and element and print as the standard prints them")
    func tag() {
        #expect(Tag(hex: "0010001F") == Tag(0x0010, 0x001F))
        #expect(Tag(hex: "+0100010") == nil && Tag(hex: "00100") == nil)
        #expect(Tag(0x0008, 0xFFFF) < Tag(0x0010, 0x0000))
        #expect("\(Tag.patientID)" == "(0010,0020)" && Tag.patientID.hex == "00100020")
        #expect(Tag(0x0009, 0x0010).isPrivate)
    }

    @Test("§7.1: a data set keeps its elements in order, each once")
    func order() {
        var dataSet = DataSet()
        dataSet.set(.rows, .US, 3)
        dataSet.set(.patientID, .LO, "1")
        dataSet.set(.patientID, .LO, "2")
        #expect(dataSet.map(\.tag) == [.patientID, .rows] && dataSet.string(.patientID) == "2")
        dataSet[.patientID] = nil
        dataSet[.columns] = DataElement(.rows, .US, .integers([9]))
        #expect(dataSet.map(\.tag) == [.rows])
    }

    @Test("§6.2 DS and IS: only decimal numbers count, and all values must be numbers")
    func numbers() {
        var dataSet = DataSet()
        dataSet.set(.pixelSpacing, .DS, "+1.50", "2e-1")
        dataSet.set(.instanceNumber, .IS, "+12")
        dataSet.set(.windowCenter, .DS, "0x10")
        dataSet.set(.windowWidth, .DS, "nan")
        #expect(dataSet.doubles(.pixelSpacing) == [1.5, 0.2] && dataSet.int(.instanceNumber) == 12)
        #expect(dataSet.double(.windowCenter) == nil && dataSet.double(.windowWidth) == nil)
    }

    @Test("Nothing of a data set is printed, reflected or dumped")
    func redaction() throws {
        var dataSet = DataSet()
        dataSet.set(.patientName, .PN, "Canary^Jane")
        let instance = Instance(fileMeta: dataSet, dataSet: dataSet, pixelData: .native(Array("Canary".utf8)))
        let study = Study(studyInstanceUID: try #require(UID("1.2.3.99")), instances: [instance])
        let reference = StudyReference(studyInstanceUID: study.studyInstanceUID, patientID: "Canary")
        for value: Any in [
            dataSet, instance, study, reference, dataSet.first as Any, [dataSet], study.studyInstanceUID,
        ] {
            var dumped = ""
            dump(value, to: &dumped)
            let all = "\(value)" + String(reflecting: value) + dumped
            #expect(!all.contains("Canary") && !all.contains("1.2.3.99"), "\(type(of: value))")
        }
    }

    @Test("PS3.6: the dictionary knows VR, retirement and repeating groups")
    func dictionary() throws {
        let dictionary = try DataDictionary.standard()
        #expect(dictionary[.patientID]?.vr == .LO && dictionary[.patientID]?.keyword == "PatientID")
        #expect(dictionary[Tag(0x6002, 0x3000)]?.keyword == "OverlayData")
        #expect(dictionary[Tag(0x6001, 0x3000)] == nil && dictionary[Tag(0x0009, 0x0010)] == nil)
        #expect(dictionary[Tag(0x0008, 0x0001)]?.isRetired == true)
        #expect(dictionary.tag(keyword: "StudyInstanceUID") == .studyInstanceUID)
    }
}
