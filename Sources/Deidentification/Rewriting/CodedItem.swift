internal import DICOM

/// Items of code sequences (PS3.3 §8): the meaning of a locally defined code is free text.
enum CodedItem {
    /// A code that says nothing.
    static let dummy: DataSet = item(Dummy.text, scheme: "99IMGW", meaning: Dummy.text)

    /// An item of a code sequence.
    static func item(_ code: String, scheme: String, meaning: String) -> DataSet {
        var item = DataSet()
        item.set(.codeValue, .SH, code)
        item.set(.codingSchemeDesignator, .SH, scheme)
        item.set(.codeMeaning, .LO, meaning)
        return item
    }

    /// Whether the texts of this item come from a published scheme. Codes of others (a hospital's own, a maker's) are
    /// replaced by the dummy.
    static func isPublished(_ item: DataSet) -> Bool {
        guard let scheme = item.string(.codingSchemeDesignator) else { return false }
        return schemes.contains(scheme)
    }

    /// Coding schemes of PS3.16 table 8-1 that turn up in images.
    private static let schemes: Set<String> = [
        "DCM", "SRT", "SCT", "SNM3", "UCUM", "LN", "RADLEX", "FMA", "UMLS", "I9", "I10", "ACR", "BI", "NCIt",
    ]
}
