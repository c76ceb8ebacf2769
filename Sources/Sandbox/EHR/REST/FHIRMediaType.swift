/// Formats: JSON only (R4 §3.1.0.1.7).
enum FHIRMediaType {
    static let fhir = "application/fhir+json"
    static let form = "application/x-www-form-urlencoded"

    private static let json = [fhir, "application/json", "text/json", "json"]

    /// Type and subtype without parameters, in lower case.
    static func essence(_ header: String?) -> String? {
        header?.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first.map { type in
            type.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
    }

    /// - Throws: 415 unless the body says that it is FHIR JSON in UTF-8.
    static func requireJSON(_ contentType: String?) throws(RecordFault) {
        let charset = contentType?.lowercased().split(separator: ";").dropFirst().first { $0.contains("charset=") }
        guard let type = essence(contentType), json.dropLast().contains(type),
            charset.map({ $0.contains("utf-8") }) ?? true
        else { throw RecordFault(415, "not-supported", "Send \(fhir) in UTF-8.") }
    }

    /// - Throws: 406 when neither `_format` nor `Accept` lets JSON through.
    static func requireAcceptsJSON(_ accept: String?, format: String?) throws(RecordFault) {
        let wanted: [String]
        if let format {
            // A plus in a URL arrives as a blank.
            wanted = [format.replacing(" ", with: "+")]
        } else if let accept {
            wanted = accept.split(separator: ",").filter { !$0.filter { $0 != " " }.hasSuffix(";q=0") }.map(String.init)
        } else {
            return
        }
        let types = wanted.compactMap { essence($0) }
        guard types.contains(where: { json.contains($0) || ["*/*", "application/*"].contains($0) }) else {
            throw RecordFault(406, "not-supported", "Only \(fhir) can be answered.")
        }
    }
}
