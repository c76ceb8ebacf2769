internal import DICOM

extension PhantomInstance {
    /// Modules of a plain radiograph: DX (PS3.3 A.26) or CR (A.2).
    func addRadiograph(_ image: GreyImage, to dataSet: inout DataSet) {
        let isDigital = header.modality == .digitalRadiography
        dataSet.set(
            .sopClassUID, isDigital ? .digitalXRayImageStorageForPresentation : .computedRadiographyImageStorage)
        dataSet.set(.modality, .CS, header.modality.rawValue)
        dataSet.set(.seriesDescription, .LO, "Chest \(header.view.rawValue)")
        dataSet.set(.viewPosition, .CS, header.view.rawValue)
        // Seen from the front: the rows run to the patient's left. Seen from the left: to the back.
        dataSet.set(.patientOrientation, .CS, header.view == .leftLateral ? "P" : "L", "F")
        let spacing = Self.decimal(image.spacing)
        dataSet.set(.imagerPixelSpacing, .DS, spacing, spacing)
        Self.addPixels(rows: image.rows, columns: image.columns, bits: 8, isSigned: false, to: &dataSet)
        dataSet.set(.windowCenter, .DS, "128")
        dataSet.set(.windowWidth, .DS, "256")
        if isDigital {
            addDigital(to: &dataSet)
        } else {
            dataSet.set(.imageType, .CS, "ORIGINAL", "PRIMARY")
        }
    }

    /// DX Series, DX Anatomy Imaged, DX Image, DX Detector, DX Positioning, Acquisition Context (PS3.3 C.8.11,
    /// C.7.6.14).
    private func addDigital(to dataSet: inout DataSet) {
        dataSet.set(.imageType, .CS, "ORIGINAL", "PRIMARY", "")
        dataSet.set(.presentationIntentType, .CS, "FOR PRESENTATION")
        dataSet.set(.imageLaterality, .CS, "U")
        dataSet.set(.anatomicRegionSequence, items: [Self.code("51185008", "SCT", "Chest")])
        var view =
            switch header.view {
            case .anteroPosterior: Self.code("399348003", "SCT", "antero-posterior")
            case .posteroAnterior: Self.code("272479007", "SCT", "postero-anterior")
            case .leftLateral: Self.code("399173006", "SCT", "left lateral")
            }
        view.set(.viewModifierCodeSequence, items: [])
        dataSet.set(.viewCodeSequence, items: [view])
        dataSet.set(Self.positionerType, .CS, "NONE")
        dataSet.set(.detectorType, .CS, "SCINTILLATOR")
        dataSet.set(.pixelIntensityRelationship, .CS, "LOG")
        dataSet.set(.pixelIntensityRelationshipSign, .SS, -1)
        dataSet.set(.rescaleIntercept, .DS, "0")
        dataSet.set(.rescaleSlope, .DS, "1")
        dataSet.set(.rescaleType, .LO, "US")
        dataSet.set(.presentationLUTShape, .CS, "IDENTITY")
        dataSet.set(.acquisitionContextSequence, items: [])
    }

    /// (0018,1508).
    private static let positionerType = Tag(0x0018, 0x1508)
}
