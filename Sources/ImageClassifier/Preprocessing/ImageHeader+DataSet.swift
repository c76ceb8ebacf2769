internal import DICOM
internal import Deidentification

extension ImageHeader {
    /// Reads what is needed from a de-identified header.
    init(_ header: Deidentified<DataSet>) {
        self.init(header.value)
    }

    init(_ data: DataSet) {
        sopClass = data.string(.sopClassUID) ?? ""
        modality = Self.code(data, .modality) ?? ""
        // What cannot be read is no word for an image that is made to be read.
        presentationIntent = Self.code(data, .presentationIntentType)
            .map { $0 == UnreadableValue.code ? "FOR PROCESSING" : $0 }
        patientAge = data.string(.patientAge)
        isNonHuman = Self.isNonHuman(data)
        bodyPart = Self.code(data, .bodyPartExamined)
        viewPosition = Self.code(data, .viewPosition)
        numberOfFrames = data.int(.numberOfFrames) ?? 1
        samplesPerPixel = data.int(.samplesPerPixel) ?? 0
        burnedInAnnotation = Self.code(data, .burnedInAnnotation)
        photometricInterpretation = Self.code(data, .photometricInterpretation) ?? ""
        presentationLUTShape = Self.code(data, .presentationLUTShape)
        let isSigned = data.int(.pixelRepresentation) == 1
        modalityTransform = Self.modality(data, isSigned: isSigned)
        let isModalitySigned =
            switch modalityTransform {
            case .rescale(let slope, let intercept): isSigned || slope < 0 || intercept < 0
            case .table: false
            }
        voiTransform = Self.voi(data, isSigned: isModalitySigned)
        padding = Self.padding(data, isSigned: isSigned)
        let directions = data.strings(.patientOrientation)
        patientOrientation = directions == [UnreadableValue.code] ? .lateral : PatientOrientation(directions)
        shutters = data.strings(.shutterShape).compactMap { Self.shutter($0.uppercased(), data) }
    }

    /// A code string in upper case without padding.
    private static func code(_ data: DataSet, _ tag: Tag) -> String? {
        data.string(tag).map { $0.uppercased() }
    }

    /// PatientSpeciesDescription or any item of -CodeSequence that is not of a human; absent means human (PS3.3 C.7.1.1).
    private static func isNonHuman(_ data: DataSet) -> Bool {
        // SNOMED CT, and SNOMED RT as older devices write it. A code that is the device's default does not outvote words.
        let codes = data.items(Tag(0x0010, 0x2202)).compactMap { $0.string(.codeValue) }
        if codes.contains(where: { !["337915000", "L-85B00"].contains($0) }) { return true }
        guard let words = data.string(Tag(0x0010, 0x2201))?.lowercased() else { return false }
        return !["human", "homo sapiens"].contains(words)
    }

    private static func modality(_ data: DataSet, isSigned: Bool) -> ModalityTransform {
        if let table = data.items(.modalityLUTSequence).first.flatMap({ lookupTable($0, isSigned: isSigned) }) {
            return .table(table)
        }
        // Beyond the bound the values would run into infinity; no detector needs it.
        guard let slope = data.double(.rescaleSlope), slope != 0, slope.magnitude <= 1e9,
            let intercept = data.double(.rescaleIntercept), intercept.magnitude <= 1e9
        else { return .identity }
        return .rescale(slope: slope, intercept: intercept)
    }

    /// A VOI LUT comes first, then the first usable window.
    private static func voi(_ data: DataSet, isSigned: Bool) -> VOITransform? {
        if let table = data.items(.voiLUTSequence).first.flatMap({ lookupTable($0, isSigned: isSigned) }) {
            return .table(table)
        }
        guard let centre = data.double(.windowCenter), let width = data.double(.windowWidth),
            let function = VOITransform.Function(rawValue: code(data, .voiLUTFunction) ?? "LINEAR")
        else { return nil }
        return .window(centre, width, function)
    }

    private static func lookupTable(_ item: DataSet, isSigned: Bool) -> LookupTable? {
        var descriptor = item.ints(.lutDescriptor)
        guard descriptor.count == 3 else { return nil }
        // Writers give the first mapped value as US even where the input is signed.
        if isSigned, descriptor[1] > 0x7FFF { descriptor[1] -= 0x10000 }
        return LookupTable(descriptor: descriptor, data: entries(item, count: descriptor[0] & 0xFFFF))
    }

    /// LUTData is US or OW; tables of 8 bits are sometimes packed into bytes.
    private static func entries(_ item: DataSet, count: Int) -> [UInt16] {
        guard let bytes = item.bytes(.lutData) else {
            return item.ints(.lutData).map { UInt16(truncatingIfNeeded: $0) }
        }
        if bytes.count == count { return bytes.map(UInt16.init) }
        return stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
    }

    private static func shutter(_ shape: String, _ data: DataSet) -> Shutter? {
        switch shape {
        case "RECTANGULAR":
            let edges = [
                Tag.shutterLeftVerticalEdge, .shutterRightVerticalEdge, .shutterUpperHorizontalEdge,
                .shutterLowerHorizontalEdge,
            ].compactMap(data.int)
            guard edges.count == 4 else { return nil }
            return .rectangular(left: edges[0], right: edges[1], upper: edges[2], lower: edges[3])
        case "CIRCULAR":
            let centre = data.ints(.centerOfCircularShutter)
            guard centre.count == 2, let radius = data.int(.radiusOfCircularShutter) else { return nil }
            return .circular(row: centre[0], column: centre[1], radius: radius)
        case "POLYGONAL":
            return .polygonal(data.ints(.verticesOfThePolygonalShutter))
        default:
            return nil
        }
    }

    /// PixelPaddingValue, up to PixelPaddingRangeLimit where given; read as signed where the pixels are.
    private static func padding(_ data: DataSet, isSigned: Bool) -> ClosedRange<Int>? {
        func stored(_ tag: Tag) -> Int? {
            data.int(tag).map { isSigned && $0 > 0x7FFF ? $0 - 0x10000 : $0 }
        }
        guard let value = stored(.pixelPaddingValue) else { return nil }
        let limit = stored(.pixelPaddingRangeLimit) ?? value
        return min(value, limit)...max(value, limit)
    }
}

extension Tag {
    // Display Shutter Module (PS3.3 C.7.6.11)
    static let shutterShape = Tag(0x0018, 0x1600)
    static let shutterLeftVerticalEdge = Tag(0x0018, 0x1602)
    static let shutterRightVerticalEdge = Tag(0x0018, 0x1604)
    static let shutterUpperHorizontalEdge = Tag(0x0018, 0x1606)
    static let shutterLowerHorizontalEdge = Tag(0x0018, 0x1608)
    static let centerOfCircularShutter = Tag(0x0018, 0x1610)
    static let radiusOfCircularShutter = Tag(0x0018, 0x1612)
    static let verticesOfThePolygonalShutter = Tag(0x0018, 0x1620)
}
