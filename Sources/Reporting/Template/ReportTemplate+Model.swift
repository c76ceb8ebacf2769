public import ImageClassifier

extension ReportTemplate {
    /// The codes and words in a model's own folder, the entry `report` of `model.json`.
    ///
    /// - Throws: `templateInvalid`, as for any template.
    public init(of model: ModelBundle) throws(ReportingError) {
        try self.init(parsing: model.report)
    }
}
