internal import DICOM

/// One DICOM instance as a modality of the pretend hospital stores it.
struct PhantomInstance: Sendable {
    /// What was taken.
    enum Picture: Sendable, Equatable {
        /// A plain radiograph; the header says whether DX or CR.
        case radiograph(GreyImage)
        /// A section of computed tomography; modality and view of the header do not count.
        case slice(TransverseSlice)
    }

    var header: RadiographHeader
    var picture: Picture

    /// The DICOM file (PS3.10), explicit VR little endian. Throws where a value of the header does not fit its VR, and
    /// `missingInstanceUID` where the instance's UID is none.
    func file() throws(DICOMError) -> [UInt8] {
        var dataSet = common()
        let bytes: [UInt8]
        switch picture {
        case .radiograph(let image):
            addRadiograph(image, to: &dataSet)
            bytes = image.pixels
        case .slice(let slice):
            addSlice(slice, to: &dataSet)
            bytes = slice.hounsfield.flatMap { value in
                let stored = UInt16(bitPattern: value)
                return [UInt8(stored & 0xFF), UInt8(stored >> 8)]
            }
        }
        // Pixel Data has an even length (PS3.5 §8.1.1).
        let padding = [UInt8](repeating: 0, count: bytes.count % 2)
        return try Instance(fileMeta: DataSet(), dataSet: dataSet, pixelData: .native(bytes + padding)).serialized()
    }

    /// Modules of every image: Patient, General Study, Patient Study, General Series, General Equipment, General Image,
    /// SOP Common (PS3.3 C.7 and C.12.1).
    private func common() -> DataSet {
        var dataSet = DataSet()
        dataSet.set(.specificCharacterSet, .CS, "ISO_IR 192")
        dataSet.set(.sopInstanceUID, .UI, header.sopInstanceUID)
        for tag in [Tag.studyDate, .seriesDate, .acquisitionDate, .contentDate] {
            dataSet.set(tag, .DA, header.studyDate)
        }
        for tag in [Tag.studyTime, .seriesTime, .acquisitionTime, .contentTime] {
            dataSet.set(tag, .TM, header.studyTime)
        }
        dataSet.set(.accessionNumber, .SH, header.accessionNumber)
        if !header.accessionIssuer.isEmpty {
            var issuer = DataSet()
            issuer.set(.localNamespaceEntityID, .UT, header.accessionIssuer)
            dataSet.set(.issuerOfAccessionNumberSequence, items: [issuer])
        }
        dataSet.set(.manufacturer, .LO, "imaging-gateway sandbox")
        dataSet.set(.manufacturerModelName, .LO, "Chest phantom")
        dataSet.set(.softwareVersions, .LO, "1")
        dataSet.set(.institutionName, .LO, "Pretend Hospital")
        dataSet.set(.referringPhysicianName, .PN, "")
        dataSet.set(.studyDescription, .LO, header.procedureDescription)
        dataSet.set(.patientName, .PN, "\(header.familyName)^\(header.givenName)")
        dataSet.set(.patientID, .LO, header.patientID)
        if !header.patientIssuer.isEmpty { dataSet.set(.issuerOfPatientID, .LO, header.patientIssuer) }
        dataSet.set(.patientBirthDate, .DA, header.birthDate)
        dataSet.set(.patientSex, .CS, header.sex)
        if let age = header.patientAge { dataSet.set(.patientAge, .AS, age) }
        dataSet.set(.bodyPartExamined, .CS, "CHEST")
        dataSet.set(.studyInstanceUID, .UI, header.studyInstanceUID)
        dataSet.set(.seriesInstanceUID, .UI, header.seriesInstanceUID)
        dataSet.set(.studyID, .SH, header.requestedProcedureID)
        dataSet.set(.seriesNumber, .IS, "1")
        dataSet.set(.instanceNumber, .IS, String(header.instanceNumber))
        dataSet.set(.imageComments, .LT, "Generated image, invented patient. Not for clinical use.")
        dataSet.set(.samplesPerPixel, .US, 1)
        dataSet.set(.photometricInterpretation, .CS, "MONOCHROME2")
        dataSet.set(.burnedInAnnotation, .CS, "NO")
        dataSet.set(.lossyImageCompression, .CS, "00")
        var request = DataSet()
        request.set(.requestedProcedureID, .SH, header.requestedProcedureID)
        request.set(.scheduledProcedureStepID, .SH, header.requestedProcedureID)
        request.set(.requestedProcedureDescription, .LO, header.procedureDescription)
        dataSet.set(.requestAttributesSequence, items: [request])
        return dataSet
    }

    /// How the pixels are stored (PS3.3 C.7.6.3): every bit is used.
    static func addPixels(rows: Int, columns: Int, bits: Int, isSigned: Bool, to dataSet: inout DataSet) {
        dataSet.set(.rows, .US, rows)
        dataSet.set(.columns, .US, columns)
        dataSet.set(.bitsAllocated, .US, bits)
        dataSet.set(.bitsStored, .US, bits)
        dataSet.set(.highBit, .US, bits - 1)
        dataSet.set(.pixelRepresentation, .US, isSigned ? 1 : 0)
    }

    /// A coded concept (PS3.3 8.8).
    static func code(_ value: String, _ scheme: String, _ meaning: String) -> DataSet {
        var code = DataSet()
        code.set(.codeValue, .SH, value)
        code.set(.codingSchemeDesignator, .SH, scheme)
        code.set(.codeMeaning, .LO, meaning)
        return code
    }

    /// A decimal string of at most 16 characters (PS3.5 §6.2 DS), to the micrometre.
    static func decimal(_ value: Double) -> String {
        let thousandths = Int((abs(value) * 1000).rounded())
        let rest = String(thousandths % 1000)
        let zeros = String(repeating: "0", count: 3 - rest.count)
        return (value < 0 && thousandths > 0 ? "-" : "") + "\(thousandths / 1000).\(zeros)\(rest)"
    }
}
