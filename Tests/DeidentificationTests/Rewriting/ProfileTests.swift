import DICOM
import Deidentification
import Sealing
import Testing

@Suite("PS3.15 table E.1-1: actions")
struct ProfileTests {
    @Test("Keyed UID map: the vectors, padding, registered UIDs")
    func uidVectors() throws {
        let pseudonyms = try SyntheticDX.pseudonyms()
        #expect(pseudonyms.uid(for: "1.2.3") == "2.25.149785997813942596401435932312160692469")
        #expect(pseudonyms.uid(for: "1.2.840.113619.2.55.3.1") == "2.25.111792094601631463727979415188740481054")
        let result = try SyntheticDX.deidentified { header in
            header.set(.frameOfReferenceUID, .UI, "1.2.3")
            var reference = DataSet()
            reference.set(.referencedSOPClassUID, .UI, "1.2.840.10008.5.1.4.1.1.1.1")
            reference.set(.referencedSOPInstanceUID, .UI, "1.2.3")
            header.set(.sourceImageSequence, items: [reference])
        }
        #expect(result.string(.frameOfReferenceUID) == "2.25.149785997813942596401435932312160692469")
        let reference = try #require(result.items(.sourceImageSequence).first)
        #expect(reference.string(.referencedSOPInstanceUID) == result.string(.frameOfReferenceUID))
        #expect(reference.string(.referencedSOPClassUID) == "1.2.840.10008.5.1.4.1.1.1.1")
    }

    @Test("One map for the study: instances agree on study and series, and differ as before")
    func oneMap() throws {
        let study = try SyntheticDX.study([SyntheticDX.header(instance: 1), SyntheticDX.header(instance: 2)])
        let result = try deidentify(study, pseudonyms: try SyntheticDX.pseudonyms()).0.value
        #expect(Set(result.instances.map(\.studyInstanceUID)) == [result.studyInstanceUID])
        #expect(Set(result.instances.map(\.seriesInstanceUID)).count == 1)
        #expect(Set(result.instances.map(\.sopInstanceUID)).count == 2)
        #expect(result.instances.map { $0.dataSet.int(.instanceNumber) } == [1, 2])
        let other = try deidentify(study, pseudonyms: try Pseudonyms(key: Array(1...32))).0.value
        #expect(other.studyInstanceUID != result.studyInstanceUID)
    }

    @Test("Z empties, X removes; a choice removes type 3 and empties type 2 of the object (PS3.3 A.26)")
    func actions() throws {
        let result = try SyntheticDX.deidentified { $0.set(.protocolName, .LO, "Dr Canary's chest") }
        for tag in [Tag.patientName, .accessionNumber, .studyDate, .patientBirthDate, .studyID, .contentDate] {
            #expect(try #require(result[tag]).isEmpty, "\(tag)")
        }
        for tag in [
            Tag.studyDescription, .otherPatientIDs, .patientComments, .issuerOfPatientID, .acquisitionDate, .seriesDate,
            .protocolName, .stationName, .institutionName, .deviceSerialNumber,
        ] {
            #expect(result[tag] == nil, "\(tag)")
        }
    }

    @Test("An object that no table knows: nothing of a choice is removed, so that it conforms whatever the type is")
    func unknownObject() throws {
        let result = try SyntheticDX.deidentified { header in
            // Nuclear Medicine Image Storage, retired.
            header.set(.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.5")
            header.set(.modality, .CS, "NM")
            header.set(.protocolName, .LO, "Canary")
            header.set(.acquisitionDate, .DA, "20240229")
        }
        #expect(result.string(.protocolName) == "DEIDENTIFIED")
        #expect(result.string(.contentDate) == "19000101", "type 2C in General Image, 1 in modules of other objects")
        #expect(try #require(result[.acquisitionDate]).isEmpty)
    }

    @Test("Patient ID becomes a keyed pseudonym: two patients stay two, one stays one")
    func patientID() throws {
        let one = try SyntheticDX.deidentified().string(.patientID)
        let again = try SyntheticDX.deidentified().string(.patientID)
        let other = try SyntheticDX.deidentified { $0.set(.patientID, .LO, "OTHER1") }.string(.patientID)
        #expect(one != nil && one == again && one != other)
    }

    @Test("What describes the image stays")
    func kept() throws {
        let original = SyntheticDX.header()
        let result = try SyntheticDX.deidentified()
        for tag in [
            Tag.modality, .imageType, .bodyPartExamined, .viewPosition, .kvp, .windowCenter, .windowWidth, .rescaleType,
            .presentationLUTShape, .pixelIntensityRelationshipSign, .anatomicRegionSequence, .manufacturer, .patientSex,
            .sopClassUID, .imagerPixelSpacing,
        ] {
            #expect(result[tag] == original[tag], "\(tag)")
        }
    }

    @Test(
        "113108: the age comes from birth and study date before they are emptied",
        arguments: [
            ("19451224", "20240229", "078Y"), ("19230228", "20240229", "090Y"), ("20230301", "20240229", "011M"),
            ("20240229", "20240229", "000M"), ("20220228", "20240229", "002Y"), ("20240301", "20240229", nil),
            ("18500101", "20240229", nil),
        ] as [(String, String, String?)])
    func derivedAge(birth: String, study: String, expected: String?) throws {
        let result = try SyntheticDX.deidentified { header in
            header.set(.patientBirthDate, .DA, birth)
            header.set(.studyDate, .DA, study)
        }
        #expect(result.string(.patientAge) == expected)
    }

    @Test(
        "an animal stays an animal when the words for it go",
        arguments: [
            ("Canis lupus familiaris, Rex", "NOT HUMAN"), ("Homo sapiens", "HUMAN"), ("human", "HUMAN"), ("", nil),
        ] as [(String, String?)])
    func species(words: String, expected: String?) throws {
        let result = try SyntheticDX.deidentified { $0.set(Tag(0x0010, 0x2201), .LO, words) }
        #expect(result.string(Tag(0x0010, 0x2201)) == expected)
    }

    @Test(
        "a deciding code that cannot be kept leaves a word, not silence",
        arguments: [
            (Tag.bodyPartExamined, "HAND/WRIST"), (.bodyPartExamined, "CERVICAL VERTEBRAE"),
            (.viewPosition, "LL-ERECT"),
            (.presentationIntentType, "FOR-PROCESSING"), (.patientOrientation, "A/F"),
        ])
    func unreadableCode(tag: Tag, value: String) throws {
        let result = try SyntheticDX.deidentified { $0.set(tag, .CS, value) }
        #expect(result.strings(tag) == [UnreadableValue.code])
        let other = try SyntheticDX.deidentified { $0.set(tag, .LO, "HAND") }
        #expect(other.strings(tag) == [UnreadableValue.code])
    }

    @Test("a number of frames that cannot be read is none, not one")
    func unreadableFrames() throws {
        let instance = try SyntheticDX.instance()
        var header = instance.dataSet
        // The maker of a one-frame instance takes the element away, so it is put back.
        header.set(.numberOfFrames, .IS, "x")
        let study = Study(
            studyInstanceUID: try #require(UID(SyntheticDX.uid)),
            instances: [Instance(fileMeta: instance.fileMeta, dataSet: header, pixelData: instance.pixelData)])
        let result = try deidentify(study, pseudonyms: try SyntheticDX.pseudonyms()).0.header(instance: 0).value
        #expect(result.strings(.numberOfFrames) == ["0"])
    }

    @Test("silence stays silence")
    func silence() throws {
        let result = try SyntheticDX.deidentified { header in
            header[.bodyPartExamined] = nil
            header[.viewPosition] = DataElement(.viewPosition, .CS, .text([]))
        }
        #expect(result.string(.bodyPartExamined) == nil && result.string(.viewPosition) == nil)
    }

    @Test(
        "a decimal of more than 16 characters keeps its value",
        arguments: [
            ("-1.00000000000000000", -1), ("1.0000000000000002E+00", 1), ("2047.5000000000000001", 2047.5),
        ] as [(String, Double)])
    func longDecimal(written: String, value: Double) throws {
        let result = try SyntheticDX.deidentified { $0.set(.rescaleSlope, .DS, written) }
        #expect(result.double(.rescaleSlope) == value)
        #expect(try #require(result.string(.rescaleSlope)).utf8.count <= 16)
    }

    @Test(
        "Without both dates the stated age counts if it has the form of AS, 89 is the oldest told",
        arguments: [
            ("045Y", "045Y"), ("45Y", "045Y"), ("095Y", "090Y"), ("006M", "006M"), ("62", nil), ("Jane", nil),
            ("-5Y", nil),
        ] as [(String, String?)])
    func statedAge(stated: String, expected: String?) throws {
        let result = try SyntheticDX.deidentified { header in
            header.set(.patientBirthDate, .DA, "19451324")
            header.set(.patientAge, .AS, stated)
        }
        #expect(result.string(.patientAge) == expected)
        #expect(result.string(.patientBirthDate) == nil)
    }

    @Test("§E.1.1: the result says what was done")
    func markers() throws {
        let result = try SyntheticDX.deidentified()
        #expect(result.string(.patientIdentityRemoved) == "YES")
        #expect(result.string(.longitudinalTemporalInformationModified) == "REMOVED")
        #expect(
            result.items(.deidentificationMethodCodeSequence).map { $0.string(.codeValue) } == ["113100", "113108"])
        #expect(result.strings(.deidentificationMethod).allSatisfy { !$0.isEmpty && $0.count <= 64 })
        let purpose = result.items(.contributingEquipmentSequence).last?.items(.purposeOfReferenceCodeSequence).first
        #expect(purpose?.string(.codeValue) == "109104")
        #expect(result.string(.burnedInAnnotation) == "NO")
    }

    @Test("PS3.10 §7.1: file meta information is made anew and names the new instance")
    func fileMeta() throws {
        var instance = try SyntheticDX.instance()
        instance.fileMeta.set(Tag(0x0002, 0x0016), .AE, "CANARYAE")
        let study = Study(studyInstanceUID: try #require(UID(SyntheticDX.uid)), instances: [instance])
        let result = try deidentify(study, pseudonyms: try SyntheticDX.pseudonyms()).0.value.instances[0]
        #expect(result.fileMeta.string(.mediaStorageSOPInstanceUID) == result.dataSet.string(.sopInstanceUID))
        #expect(result.fileMeta[Tag(0x0002, 0x0016)] == nil)
        #expect(result.fileMeta.uid(.implementationClassUID) == Implementation.classUID)
        #expect(try Instance(parsing: result.serialized()).dataSet.map(\.tag) == result.dataSet.map(\.tag))
    }
}
