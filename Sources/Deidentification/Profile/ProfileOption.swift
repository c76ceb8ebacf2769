/// The Basic Profile and its options (PS3.15 Annex E), by their codes of DCM (PS3.16 CID 7050).
public enum ProfileOption: String, CaseIterable, Sendable, Hashable {
    /// Basic Application Confidentiality Profile: always applied.
    case basic = "113100"
    /// Clean Pixel Data: text that is burned in is looked for and masked.
    case cleanPixelData = "113101"
    /// Clean Recognizable Visual Features: no cleaner exists here, so a profile that names it is refused.
    case cleanRecognizableVisualFeatures = "113102"
    /// Clean Graphics: overlays and graphic annotations stay without their texts.
    case cleanGraphics = "113103"
    /// Clean Structured Content: content trees stay, cleaned item by item.
    case cleanStructuredContent = "113104"
    /// Clean Descriptors: free text stays after what identifies was taken out of it.
    case cleanDescriptors = "113105"
    /// Retain Longitudinal Temporal Information with Full Dates.
    case retainFullDates = "113106"
    /// Retain Longitudinal Temporal Information with Modified Dates: shifted by the same days for one patient.
    case retainModifiedDates = "113107"
    /// Retain Patient Characteristics: age, sex, size, weight and the like.
    case retainPatientCharacteristics = "113108"
    /// Retain Device Identity: station, serial numbers, AE titles.
    case retainDeviceIdentity = "113109"
    /// Retain UIDs.
    case retainUIDs = "113110"
    /// Retain Safe Private: private elements of the profile's list, and blocks that say that they are safe.
    case retainSafePrivate = "113111"
    /// Retain Institution Identity.
    case retainInstitutionIdentity = "113112"

    /// The code meaning of PS3.16.
    public var meaning: String {
        switch self {
        case .basic: "Basic Application Confidentiality Profile"
        case .cleanPixelData: "Clean Pixel Data Option"
        case .cleanRecognizableVisualFeatures: "Clean Recognizable Visual Features Option"
        case .cleanGraphics: "Clean Graphics Option"
        case .cleanStructuredContent: "Clean Structured Content Option"
        case .cleanDescriptors: "Clean Descriptors Option"
        case .retainFullDates: "Retain Longitudinal Temporal Information Full Dates Option"
        case .retainModifiedDates: "Retain Longitudinal Temporal Information Modified Dates Option"
        case .retainPatientCharacteristics: "Retain Patient Characteristics Option"
        case .retainDeviceIdentity: "Retain Device Identity Option"
        case .retainUIDs: "Retain UIDs Option"
        case .retainSafePrivate: "Retain Safe Private Option"
        case .retainInstitutionIdentity: "Retain Institution Identity Option"
        }
    }

    /// The word for it in a profile file, as in `retainModifiedDates`.
    public var word: String { "\(self)" }

    /// The option with this word.
    public init?(word: String) {
        guard let option = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = option
    }
}
