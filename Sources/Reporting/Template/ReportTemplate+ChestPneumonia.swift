import FHIR

extension ReportTemplate {
    private init(
        reportCode: Coding, categories: [Coding], finding: Coding, bodySite: Coding, present: Coding, absent: Coding,
        indeterminate: Coding, positive: String, negative: String, undecided: String
    ) {
        self.reportCode = reportCode
        self.categories = categories
        self.finding = finding
        self.bodySite = bodySite
        self.present = present
        self.absent = absent
        self.indeterminate = indeterminate
        positiveWords = positive
        negativeWords = negative
        indeterminateWords = undecided
    }

    private static func snomed(_ code: String, _ display: String) -> Coding {
        Coding(system: CodeSystem.snomed, code: code, display: display)
    }

    /// Pneumonia on a chest radiograph; the same as `mappings/reports/chest-pneumonia.json`.
    public static let chestPneumonia = ReportTemplate(
        reportCode: Coding(system: CodeSystem.loinc, code: "36554-4", display: "XR Chest Single view"),
        categories: [
            Coding(system: CodeSystem.diagnosticService, code: "RAD", display: "Radiology"),
            Coding(system: CodeSystem.loinc, code: "LP29684-5", display: "Radiology"),
        ],
        finding: snomed("233604007", "Pneumonia"), bodySite: snomed("51185008", "Thoracic structure"),
        present: snomed("52101004", "Present"), absent: snomed("2667000", "Absent"),
        indeterminate: snomed("82334004", "Indeterminate"),
        positive: "Pneumonia seen by this model.",
        negative: "No pneumonia seen by this model. Nothing else was looked for.",
        undecided: "This model does not decide whether there is pneumonia.")
}
