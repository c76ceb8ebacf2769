import FHIR
public import ImageClassifier

/// The picture that a report carries for a finding, as a file: heat map with legend, and the notice written on it.
public enum FindingPicture {
    /// The PNG; nil when it does not fit into `maximumBytes` even when it is made smaller.
    ///
    /// - Throws: `imageInvalid` when the finding's picture is not one; `probabilityInvalid`.
    public static func png(
        of finding: Finding, maximumBytes: Int = ReportPolicy().maximumImageBytes
    ) throws(ReportingError) -> [UInt8]? {
        let policy = ReportPolicy(maximumImageBytes: maximumBytes, sendsPlainImage: false)
        let scores = try ReportFacts.Scores(finding, decimals: policy.decimals)
        return try HeatMap(finding, scores: scores, policy: policy).attachment?.data
    }
}
