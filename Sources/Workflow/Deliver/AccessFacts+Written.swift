import Audit
import FHIR

extension AccessFacts {
    /// What a transaction's answer says was written: how many resources, the report's id as a subject, and its version
    /// as the ETag tells it.
    init(writtenBy answer: Bundle) {
        var details: AuditDetails = [.count: .count(answer.entries.count)]
        var subjects: [Subject] = []
        for response in answer.entries.compactMap(\.response) {
            guard let target = response.target, target.type == DiagnosticReport.resourceType else { continue }
            subjects.append(Subject(type: .report, identifier: "\(target.type)/\(target.id)"))
            details.set(.resource, .code(target.type))
            details.set(.version, response.version.map { .identifier($0.utf8) })
        }
        self.init(details, subjects: subjects)
    }
}

extension BundleResponse {
    /// The version id of the ETag (`W/"3"`), else that of the location.
    fileprivate var version: String? {
        if let etag { return etag.split(separator: "\"").last { $0 != "W/" }.map(String.init) }
        guard let parts = location?.split(separator: "/"), parts.count > 1, parts[parts.count - 2] == "_history" else {
            return nil
        }
        return parts.last.map(String.init)
    }
}
