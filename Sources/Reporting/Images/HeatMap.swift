import FHIR
import ImageClassifier

/// The pictures of a finding: the map over the image with its legend, and the image without it, both with the notice
/// written on them.
struct HeatMap {
    /// Nil when it is not sent.
    let attachment: Attachment?
    /// The image alone, so that the map hides nothing; nil when it is not sent.
    let plain: Attachment?
    /// Why a picture is smaller than the image or not there.
    let notes: [String]

    private static let title =
        "\(ReportNotice.text) Orange: regions that raised the score; blue: regions that lowered it; hatched: not "
        + "analysed. It shows what moved the score, not where disease is."
    private static let plainTitle = "\(ReportNotice.text) The analysed image without the heat map."
    private static let smallestSide = 128
    /// From one size tried to the next.
    private static let reduction = 0.8

    /// - Throws: `imageInvalid` when the finding's picture is not one.
    init(_ finding: Finding, scores: ReportFacts.Scores, policy: ReportPolicy) throws(ReportingError) {
        guard policy.sendsImage else {
            attachment = nil
            plain = nil
            notes = []
            return
        }
        var notes: [String] = []
        attachment = try Self.fitted(finding, policy, Self.title, "heat map", &notes) { size throws(ReportingError) in
            let legend = Legend(finding, scores: scores)
            var canvas = try Canvas(overlay(finding, size: size))
            canvas.addBanner(ReportNotice.banner)
            canvas.addLegend(legend)
            return try canvas.png(atMost: policy.maximumImageBytes)
        }
        guard policy.sendsPlainImage else {
            plain = nil
            self.notes = notes
            return
        }
        plain = try Self.fitted(finding, policy, Self.plainTitle, "plain image", &notes) {
            size throws(ReportingError) in
            guard let image = finding.image.resized(rows: size.rows, columns: size.columns) else {
                throw ReportingError(.imageInvalid)
            }
            var canvas = Canvas(image)
            canvas.addBanner(ReportNotice.banner)
            return try canvas.png(atMost: policy.maximumImageBytes)
        }
        self.notes = notes
    }

    /// The largest picture that keeps within the limit; letters stay as large as the width allows.
    private static func fitted(
        _ finding: Finding, _ policy: ReportPolicy, _ title: String, _ name: String, _ notes: inout [String],
        drawn: (PictureSize) throws(ReportingError) -> [UInt8]?
    ) throws(ReportingError) -> Attachment? {
        let whole = PictureSize(of: finding.image)
        var share = 1.0
        var size = whole
        repeat {
            if let png = try drawn(size) {
                if size != whole { notes.append("The \(name) was made smaller to keep within the site's size limit.") }
                return Attachment(contentType: "image/png", data: png, title: title)
            }
            share *= reduction
            size = whole.scaled(by: share)
        } while min(size.rows, size.columns) >= smallestSide
        notes.append("The \(name) was left out because it exceeds the site's size limit.")
        return nil
    }
}
