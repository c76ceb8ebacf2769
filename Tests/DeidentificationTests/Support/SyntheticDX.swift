import DICOM
import Deidentification
import Foundation
import Sealing
import Testing

typealias Tag = DICOM.Tag

/// A made-up digital radiograph that conforms to its IOD (PS3.3 A.26), full of made-up identifiers.
enum SyntheticDX {
    static let patientID = "CANARYID"
    static let birthDate = "19451224"
    static let uid = "1.2.3.4711.815"

    static func header(instance: Int = 1) -> DataSet {
        var header = DataSet()
        for (tag, vr, value) in texts { header.set(tag, vr, value) }
        header.set(.imageType, .CS, "ORIGINAL", "PRIMARY", "")
        header.set(.sopInstanceUID, .UI, "\(uid).\(instance)")
        header.set(.instanceNumber, .IS, "\(instance)")
        header.set(.imagerPixelSpacing, .DS, "0.143", "0.143")
        header.set(.patientOrientation, .CS, "L", "F")
        header.set(.pixelIntensityRelationshipSign, .SS, -1)
        header.set(.anatomicRegionSequence, items: [code("51185008", "SCT", "Chest")])
        header.set(.viewCodeSequence, items: [code("399348003", "SCT", "Antero-posterior projection")])
        header.set(.acquisitionContextSequence, items: [])
        return header
    }

    static func instance(_ header: DataSet = header()) throws -> Instance {
        let pixels = (0..<(16 * 16)).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 4 & 0x0F)] }
        let frame = try #require(
            Frame(
                rows: 16, columns: 16, bitsAllocated: 16, bitsStored: 12, photometricInterpretation: "MONOCHROME2",
                pixels: pixels))
        return try Instance(header: header, frame: frame)
    }

    static func study(_ headers: [DataSet] = [header()]) throws -> Study {
        Study(studyInstanceUID: try #require(UID(uid)), instances: try headers.map { try instance($0) })
    }

    static func pseudonyms() throws -> Pseudonyms { try Pseudonyms(key: Array(0..<32)) }

    static func deidentified(_ change: (inout DataSet) -> Void = { _ in }) throws -> DataSet {
        var header = header()
        change(&header)
        return try deidentify(try study([header]), pseudonyms: try pseudonyms()).0.header(instance: 0).value
    }

    static func code(_ value: String, _ scheme: String, _ meaning: String) -> DataSet {
        var item = DataSet()
        item.set(.codeValue, .SH, value)
        item.set(.codingSchemeDesignator, .SH, scheme)
        item.set(.codeMeaning, .LO, meaning)
        return item
    }

    private static let texts: [(Tag, VR, String)] = [
        (.sopClassUID, .UI, "1.2.840.10008.5.1.4.1.1.1.1"), (.studyInstanceUID, .UI, uid),
        (.seriesInstanceUID, .UI, uid + ".7"), (.studyDate, .DA, "20240229"), (.studyTime, .TM, "101500"),
        (.seriesDate, .DA, "20240229"), (.contentDate, .DA, "20240229"), (.contentTime, .TM, "101501"),
        (.acquisitionDate, .DA, "20240229"), (.accessionNumber, .SH, "ACC-CANARY-1"), (.modality, .CS, "DX"),
        (.presentationIntentType, .CS, "FOR PRESENTATION"), (.manufacturer, .LO, "Maker"),
        (.institutionName, .LO, "Canary Hospital"), (.referringPhysicianName, .PN, "Canary^Doctor"),
        (.stationName, .SH, "CANARYST"), (.studyDescription, .LO, "Chest of Canary"),
        (.patientName, .PN, "Canary^Jane^^Dr."), (.patientID, .LO, patientID),
        (.issuerOfPatientID, .LO, "CANARYISSUER"),
        (.patientBirthDate, .DA, birthDate), (.patientSex, .CS, "F"), (.patientAge, .AS, "011Y"),
        (.otherPatientIDs, .LO, "47114711"), (.patientComments, .LT, "Canary says"), (.bodyPartExamined, .CS, "CHEST"),
        (.kvp, .DS, "120"), (.deviceSerialNumber, .LO, "CANARYSERIAL"), (.viewPosition, .CS, "AP"),
        (.detectorType, .CS, "DIRECT"), (.studyID, .SH, "CANARYST1"), (.seriesNumber, .IS, "1"),
        (.imageLaterality, .CS, "U"), (.burnedInAnnotation, .CS, "NO"), (.pixelIntensityRelationship, .CS, "LOG"),
        (.windowCenter, .DS, "2048"), (.windowWidth, .DS, "4096"), (.rescaleIntercept, .DS, "0"),
        (.rescaleSlope, .DS, "1"), (.rescaleType, .LO, "US"), (.lossyImageCompression, .CS, "00"),
        (.presentationLUTShape, .CS, "IDENTITY"), (.positionReferenceIndicator, .LO, "Canary"),
        (.frameOfReferenceUID, .UI, uid + ".8"),
        (Tag(0x0018, 0x1508), .CS, ""),
    ]
}

extension Tag {
    static let positionReferenceIndicator = Tag(0x0020, 0x1040)
}
