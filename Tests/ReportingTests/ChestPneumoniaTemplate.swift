import ImageClassifier

@testable import Reporting

extension ReportTemplate {
    /// The words of the bundled model, from its folder.
    static let chestPneumonia: ReportTemplate = {
        do {
            return try ReportTemplate(of: .bundled())
        } catch {
            fatalError("the bundled model has no template: \(error)")
        }
    }()
}
