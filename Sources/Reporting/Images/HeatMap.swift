import FHIR
import ImageClassifier

/// The picture that shows where the score comes from, with the notice written on it.
struct HeatMap {
    /// Nil when it is not sent.
    let attachment: Attachment?
    /// Why it is smaller than the image or not there; nil when it is whole.
    let note: String?

    private static let title = "\(ReportNotice.text) Red: regions that raised the score; blue: regions that lowered it."
    private static let smallestSide = 128

    /// - Throws: `imageInvalid` when the finding's picture is not one.
    init(_ finding: Finding, policy: ReportPolicy) throws(ReportingError) {
        guard policy.sendsImage else {
            attachment = nil
            note = nil
            return
        }
        let image = overlay(finding)
        guard image.width > 0, image.height > 0, image.pixels.count == image.width * image.height * 3 else {
            throw ReportingError(.imageInvalid)
        }
        var picture = Canvas(image)
        var reductions = 0
        while true {
            var marked = picture
            marked.addBanner(ReportNotice.banner)
            let png = try PNG.encode(
                marked.pixels, width: marked.width, height: marked.height, channels: 3,
                maximumBytes: policy.maximumImageBytes)
            if let png {
                attachment = Attachment(contentType: "image/png", data: png, title: Self.title)
                note = reductions == 0 ? nil : "The heat map was made smaller to keep within the site's size limit."
                return
            }
            guard min(picture.width, picture.height) >= 2 * Self.smallestSide else { break }
            picture = picture.halved()
            reductions += 1
        }
        attachment = nil
        note = "The heat map was left out because it exceeds the site's size limit."
    }
}
