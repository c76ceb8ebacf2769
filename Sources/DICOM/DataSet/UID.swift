/// A unique identifier (PS3.5 §9): digits and periods, at most 64 characters, safe to stand in a path.
public struct UID: Hashable, Sendable {
    /// The characters, without padding.
    public let value: String

    /// Nil unless `value` keeps the grammar of PS3.5 §9.1. A component with a leading zero is accepted, because
    /// archives hold such UIDs and they must be named exactly as they are.
    public init?(_ value: String) {
        let bytes = value.utf8
        guard (1...64).contains(bytes.count), bytes.first != Self.period, bytes.last != Self.period else { return nil }
        var afterPeriod = false
        for byte in bytes {
            guard byte != Self.period || !afterPeriod else { return nil }
            guard byte == Self.period || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            afterPeriod = byte == Self.period
        }
        self.value = value
    }

    /// A constant known to keep the grammar.
    init(constant: StaticString) { value = constant.description }

    /// Whether the DICOM standard registered it (classes, transfer syntaxes, well-known instances).
    public var isRegistered: Bool { value.hasPrefix("1.2.840.10008.") }

    private static let period = UInt8(ascii: ".")
}

extension UID: CustomStringConvertible, CustomReflectable {
    /// Instance UIDs lead to a patient, so only registered ones are printed.
    public var description: String { isRegistered ? value : "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// SOP classes this program names (PS3.4 Annex B).
extension UID {
    /// Computed Radiography.
    public static let computedRadiographyImageStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.1")
    /// Digital X-Ray, For Presentation.
    public static let digitalXRayImageStorageForPresentation = UID(constant: "1.2.840.10008.5.1.4.1.1.1.1")
    /// Digital X-Ray, For Processing.
    public static let digitalXRayImageStorageForProcessing = UID(constant: "1.2.840.10008.5.1.4.1.1.1.1.1")
    /// Secondary Capture.
    public static let secondaryCaptureImageStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.7")
    /// Basic Text SR.
    public static let basicTextSRStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.88.11")
    /// Enhanced SR.
    public static let enhancedSRStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.88.22")
    /// Comprehensive SR.
    public static let comprehensiveSRStorage = UID(constant: "1.2.840.10008.5.1.4.1.1.88.33")
}
