extension Instance {
    /// Reads a DICOM file (PS3.10 §7) in any transfer syntax; pixel data stays encoded.
    ///
    /// Everything a sender controls is bounded by `limits`. Throws with a code, a tag and an offset, never with
    /// content. A file without preamble, transfer syntax or SOP Instance UID, one with an element twice, and one that
    /// ends early are refused; so is one that DCMTK reads differently (`readersDisagree`).
    public init(parsing bytes: [UInt8], limits: DICOMLimits = .default) throws(DICOMError) {
        let file = try AcceptedFile(parsing: bytes, limits: limits)
        try SecondReading.check(file.instance, in: file)
        self = file.instance
    }
}

extension TransferSyntax {
    /// Every syntax but two is explicit VR little endian (PS3.5 Annex A).
    var encoding: ElementEncoding {
        switch self {
        case .implicitVRLittleEndian: .implicitLittle
        case .explicitVRBigEndian: .explicitBig
        default: .explicitLittle
        }
    }
}
