internal import DICOM

/// What an object holds beside its header, as far as there is a cleaner for it.
enum ObjectContent: Hashable {
    case image
    /// A content tree (PS3.3 C.17.3).
    case structuredReport
    /// Graphics and references to images (PS3.3 C.10, C.11).
    case presentationState
    /// Waveforms, documents, plans, raw data.
    case other

    init(_ sopClass: UID, _ header: DataSet) {
        let uid = sopClass.value
        if uid.hasPrefix(Self.storage + "88.") {
            self = .structuredReport
        } else if uid == Self.storage + "11.1" || uid == Self.storage + "11.2" {
            self = .presentationState
        } else if header[.rows] != nil {
            self = .image
        } else {
            self = .other
        }
    }

    private static let storage = "1.2.840.10008.5.1.4.1.1."

    /// Whether the profile has the option that cleans it.
    func isCleanable(under profile: DeidentificationProfile) -> Bool {
        switch self {
        case .image: true
        case .structuredReport: profile.options.contains(.cleanStructuredContent)
        case .presentationState: profile.options.contains(.cleanGraphics)
        case .other: false
        }
    }
}
