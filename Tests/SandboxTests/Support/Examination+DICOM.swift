import DICOM
import HL7v2

@testable import Sandbox

extension Examination {
    /// What every image of the examination says of patient, order and study (PS3.3 §C.7.1 to C.7.3): a header to which
    /// the image adds what it is.
    func identifyingHeader() -> DataSet {
        var header = DataSet()
        header.set(.specificCharacterSet, .CS, "ISO_IR 192")
        header.set(.sopClassUID, .UI, kind.sopClassUID)
        header.set(.sopInstanceUID, sopInstanceUID)
        for tag in [Tag.studyDate, .seriesDate, .acquisitionDate, .contentDate] { header.set(tag, .DA, studyDate) }
        for tag in [Tag.studyTime, .seriesTime, .acquisitionTime, .contentTime] { header.set(tag, .TM, studyTime) }
        header.set(.accessionNumber, .SH, accessionNumber)
        var issuer = DataSet()
        issuer.set(.localNamespaceEntityID, .UT, Hospital.accessionNamespace)
        header.set(.issuerOfAccessionNumberSequence, items: [issuer])
        header.set(.modality, .CS, kind.modality)
        header[.referringPhysicianName] = DataElement(.referringPhysicianName, .PN, .text([]))
        header.set(.studyDescription, .LO, kind.title)
        header.set(.patientName, .PN, "\(patient.family)^\(patient.given)")
        header.set(.patientID, .LO, patient.id)
        header.set(.issuerOfPatientID, .LO, Hospital.patientNamespace)
        header.set(.patientBirthDate, .DA, patient.birthDate.date.description)
        header.set(.patientSex, .CS, patient.sex.rawValue)
        header.set(.patientAge, .AS, Self.ageString(age))
        header.set(.bodyPartExamined, .CS, kind.bodyPart)
        if let view = kind.viewPosition { header.set(.viewPosition, .CS, view) }
        header.set(.studyInstanceUID, studyInstanceUID)
        header.set(.seriesInstanceUID, seriesInstanceUID)
        header.set(.studyID, .SH, requestedProcedureID)
        header.set(.seriesNumber, .IS, "1")
        header.set(.instanceNumber, .IS, "1")
        header.set(.requestAttributesSequence, items: [requestAttributes()])
        return header
    }

    private func requestAttributes() -> DataSet {
        var item = DataSet()
        item.set(.accessionNumber, .SH, accessionNumber)
        item.set(.studyInstanceUID, studyInstanceUID)
        item.set(.requestedProcedureID, .SH, requestedProcedureID)
        item.set(.scheduledProcedureStepID, .SH, scheduledProcedureStepID)
        return item
    }

    /// Three digits and a unit (PS3.5 §6.2 AS).
    private static func ageString(_ years: Int) -> String {
        let digits = String(min(max(years, 0), 999))
        return String(repeating: "0", count: 3 - digits.utf8.count) + digits + "Y"
    }
}
