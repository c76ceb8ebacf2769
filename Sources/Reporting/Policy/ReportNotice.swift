/// Words that every report carries; nothing switches them off.
public enum ReportNotice {
    /// Stands first in conclusion, narrative, text and notes.
    public static let text = "AI-generated, preliminary, not for clinical use; not a medical device."

    /// Stands in every report without a result.
    public static let notAnalysed = "Not analysed: this is not a negative result."

    /// Stands on the heat map itself, where the map may be seen without the report.
    static let banner = ["AI-GENERATED, PRELIMINARY", "NOT FOR CLINICAL USE"]
}
