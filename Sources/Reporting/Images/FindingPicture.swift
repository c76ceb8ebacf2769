import FHIR
public import ImageClassifier

/// The picture that a report carries for a finding, as a file: heat map, and the notice written on it.
public enum FindingPicture {
    /// The PNG; nil when it does not fit into `maximumBytes` even when it is made smaller.
    ///
    /// - Throws: `imageInvalid` when the finding's picture is not one.
    public static func png(
        of finding: Finding, maximumBytes: Int = ReportPolicy().maximumImageBytes
    ) throws(ReportingError) -> [UInt8]? {
        try HeatMap(finding, policy: ReportPolicy(maximumImageBytes: maximumBytes)).attachment?.data
    }
}
