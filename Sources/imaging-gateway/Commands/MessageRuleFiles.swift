import Foundation
import MessageDeidentification

/// A site's own files that say what stays of messages and resources: `hl7v2.yaml` and `fhir.yaml` of a folder.
enum MessageRuleFiles {
    /// The rules of a folder such as `mappings/deidentification`, each of the two that ship where it has no such file; nil
    /// without a folder.
    ///
    /// - Throws: `CommandFailure` with key path and line where a file has a mistake, and where one cannot be read.
    static func rules(folder: String?) throws(CommandFailure) -> MessageRules? {
        guard let folder else { return nil }
        let (hl7v2, fhir) = (try read("\(folder)/hl7v2.yaml"), try read("\(folder)/fhir.yaml"))
        guard hl7v2 != nil || fhir != nil else { return nil }
        do {
            return try MessageRules(hl7v2: hl7v2, fhir: fhir)
        } catch {
            throw CommandFailure(
                "message.\(error.code.rawValue)",
                "\(folder): \(error.place ?? "hl7v2.yaml or fhir.yaml"): there is no such key, or it has no such value "
                    + "(mappings/README.md)", exit: ExitCodes.configuration)
        }
    }

    private static func read(_ path: String) throws(CommandFailure) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8)
        else {
            throw CommandFailure("file.unreadable", "\(path): cannot be read", exit: ExitCodes.unusable)
        }
        return text
    }
}
