import DICOM

/// What was ordered and what kind of image came of it.
enum ExaminationKind: String, Sendable, CaseIterable {
    case chestAP, chestPA, chestLateral, chestCT

    /// The exam code, from LOINC.
    var code: String {
        switch self {
        case .chestAP: "36572-6"
        case .chestPA: "24648-8"
        // The order says chest radiograph; which view came of it, the image says.
        case .chestLateral: "30745-4"
        case .chestCT: "24627-2"
        }
    }

    /// The exam in words.
    var title: String {
        switch self {
        case .chestAP: "XR Chest AP"
        case .chestPA: "XR Chest PA"
        case .chestLateral: "XR Chest Views"
        case .chestCT: "CT Chest"
        }
    }

    /// (0008,0060).
    var modality: String { self == .chestCT ? "CT" : "DX" }

    /// (0018,5101); nil for a cross-sectional image.
    var viewPosition: String? {
        switch self {
        case .chestAP: "AP"
        case .chestPA: "PA"
        case .chestLateral: "LL"
        case .chestCT: nil
        }
    }

    /// (0008,0016).
    var sopClassUID: String {
        self == .chestCT ? "1.2.840.10008.5.1.4.1.1.2" : UID.digitalXRayImageStorageForPresentation.value
    }

    /// (0018,0015).
    var bodyPart: String { "CHEST" }
}
