internal import DICOM

/// Conditions on a header, as `match` of a rule or template: keys are those of `HeaderPattern.Key`, patterns may hold
/// `*`, letters in either case are equal.
public struct HeaderPattern: Sendable, Hashable {
    /// The elements that can be asked for; raw values are the keys of the files.
    public enum Key: String, Sendable, Hashable, CaseIterable {
        case sopClass, modality, conversionType, imageType, burnedInAnnotation
        case manufacturer, model, softwareVersions

        var tag: Tag {
            switch self {
            case .sopClass: .sopClassUID
            case .modality: .modality
            case .conversionType: .conversionType
            case .imageType: .imageType
            case .burnedInAnnotation: .burnedInAnnotation
            case .manufacturer: .manufacturer
            case .model: .manufacturerModelName
            case .softwareVersions: .softwareVersions
            }
        }
    }

    /// Stands for an element that is missing or empty.
    public static let absent = "absent"

    /// Patterns by key; an object matches if each key has a pattern that matches one of the element's values. A SOP class
    /// stands for those below it too; a pattern with `\` is compared with the values from the first on.
    public let patterns: [Key: [String]]

    /// No key matches everything.
    public init(_ patterns: [Key: [String]]) { self.patterns = patterns }

    func matches(_ header: DataSet) -> Bool {
        patterns.allSatisfy { key, patterns in
            let values = header.strings(key.tag).filter { !$0.isEmpty }
            return patterns.contains {
                Self.matches($0, values) || (key == .sopClass && Self.matches($0 + ".*", values))
            }
        }
    }

    private static func matches(_ pattern: String, _ values: [String]) -> Bool {
        if pattern == absent { return values.isEmpty }
        let parts = pattern.split(separator: "\\", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return values.contains { Glob.matches(pattern, $0) } }
        return values.count >= parts.count && zip(parts, values).allSatisfy { Glob.matches($0, $1) }
    }
}
