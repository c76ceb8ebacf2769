import DICOM
import JSON
import Testing

@Suite("PS3.18 Annex F: DICOM JSON model")
struct DICOMJSONTests {
    private func parsed(_ text: String) throws -> DataSet {
        try DataSet(json: JSONValue(parsing: Array(text.utf8)))
    }

    @Test("§F.2.3: numbers as numbers or as strings, PN as object or string, null for an empty value")
    func reading() throws {
        let dataSet = try parsed(
            #"""
            {"00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^Jane","Ideographic":"山田"}]},
             "00080090":{"vr":"PN","Value":["Roe^Richard"]},
             "00200013":{"vr":"IS","Value":["7"]}, "00281050":{"vr":"DS","Value":[2048.50]},
             "00280010":{"vr":"US","Value":[512]}, "00280011":{"vr":"US","Value":["256"]},
             "00080008":{"vr":"CS","Value":["ORIGINAL",null,"AP"]}, "00280009":{"vr":"AT","Value":["00181063"]},
             "00420011":{"vr":"OB","InlineBinary":"AQID/w=="}, "7fe00010":{"vr":"OW","BulkDataURI":"../x"},
             "00081032":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["A"]}}]}, "00080050":{"vr":"SH"}}
            """#)
        #expect(dataSet.string(.patientName) == "Doe^Jane=山田")
        #expect(dataSet.string(Tag(0x0008, 0x0090)) == "Roe^Richard")
        #expect(dataSet.int(.instanceNumber) == 7)
        #expect(dataSet.strings(.windowCenter) == ["2048.50"])
        #expect(dataSet.int(.rows) == 512 && dataSet.int(.columns) == 256)
        #expect(dataSet.strings(.imageType) == ["ORIGINAL", "", "AP"])
        #expect(dataSet[Tag(0x0028, 0x0009)]?.value == .tags([Tag(0x0018, 0x1063)]))
        #expect(dataSet.bytes(Tag(0x0042, 0x0011)) == [1, 2, 3, 255])
        #expect(dataSet[.pixelData] == nil)
        #expect(dataSet.items(.procedureCodeSequence).first?.string(.codeValue) == "A")
        #expect(dataSet.string(.accessionNumber) == nil)
    }

    @Test("What is written is read back, with upper-case keys in ascending order")
    func roundTrip() throws {
        var item = DataSet()
        item.set(.codeValue, .SH, "A")
        var dataSet = DataSet()
        dataSet.set(.procedureCodeSequence, items: [item])
        dataSet.set(.patientName, .PN, "Doe^Jane==phon")
        dataSet.set(.pixelSpacing, .DS, "0.10", "+.2")
        dataSet.set(.rows, .US, 512)
        dataSet[Tag(0x0042, 0x0011)] = DataElement(Tag(0x0042, 0x0011), .OB, .bytes([0, 1, 2, 3]))
        dataSet[Tag(0x0018, 0x9073)] = DataElement(Tag(0x0018, 0x9073), .FD, .numbers([1.5, .infinity]))
        #expect(try DataSet(json: dataSet.json) == dataSet)
        let text = String(decoding: dataSet.json.serialized(), as: UTF8.self)
        #expect(text.hasPrefix(#"{"00081032":{"vr":"SQ","Value":[{"00080100":"#))
        #expect(text.contains(#""Value":[0.10,"+.2"]"#))
    }

    @Test(
        "A malformed attribute is refused with its tag",
        arguments: [
            #"{"0010":{"vr":"PN"}}"#, #"{"00100010":5}"#, #"{"00100010":{"vr":"PN","Value":[5]}}"#,
            #"{"00280010":{"vr":"US","Value":["x"]}}"#, #"{"00420011":{"vr":"OB","InlineBinary":"A"}}"#,
            #"{"00081032":{"vr":"SQ","Value":["x"]}}"#, #"{"00100010":{"vr":"QQ"}, "99990010":{"vr":"QQ"}}"#, "[]",
            #"{"0020000d":{"vr":"UI"},"0020000D":{"vr":"UI"}}"#,
        ])
    func malformed(text: String) throws {
        #expect(throws: DICOMError.self) { try parsed(text) }
    }

    @Test("PS3.18 §10.6: a QIDO-RS study answer, with issuers and one broken attribute that nobody asked for")
    func studyReference() throws {
        let json = try JSONValue(
            parsing: Array(
                #"""
                {"0020000D":{"vr":"UI","Value":["1.2.3"]},"00080050":{"vr":"SH","Value":["A1"]},
                 "00080051":{"vr":"SQ","Value":[{"00400031":{"vr":"UT","Value":["HOSP"]}}]},
                 "00100020":{"vr":"LO","Value":[" 4711 "]},"00100021":{"vr":"LO","Value":["ADT"]},
                 "00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^Jane","Phonetic":"x"}]},
                 "00080061":{"vr":"CS","Value":["DX","SR"]},"00201208":{"vr":"IS","Value":[2]},"00081190":{"vr":"UR","Value":[7]}}
                """#.utf8))
        let reference = try #require(StudyReference(json: json))
        #expect(
            reference
                == StudyReference(
                    studyInstanceUID: try #require(UID("1.2.3")), accessionNumber: "A1",
                    issuerOfAccessionNumber: "HOSP",
                    patientID: "4711", issuerOfPatientID: "ADT", patientName: "Doe^Jane",
                    modalitiesInStudy: ["DX", "SR"],
                    instanceCount: 2))
        #expect(StudyReference(json: ["00080050": ["vr": "SH"]]) == nil)
    }
}
