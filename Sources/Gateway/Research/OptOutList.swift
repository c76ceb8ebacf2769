import Foundation
import Mapping
import Workflow

/// Patients of whom nothing is copied, as a file says: `assigner|identifier`, one a line; `#` begins a comment.
///
/// The file is read for each copy, so that a patient who objects is left out at once. While it cannot be read, or has a
/// line that is not understood, nothing is copied.
struct OptOutList: Sendable {
    let path: String

    /// - Throws: `unavailable` `export.optOutUnreadable`.
    func contains(_ patients: [AssignedIdentifier]) throws(AdapterError) -> Bool {
        let unreadable = AdapterError(.unavailable, code: "export.optOutUnreadable")
        guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8)
        else { throw unreadable }
        var listed: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) {
            let entry = line.trimmingCharacters(in: .whitespaces)
            guard !entry.isEmpty, !entry.hasPrefix("#") else { continue }
            let parts = entry.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { throw unreadable }
            listed.insert(entry)
        }
        return patients.contains { patient in
            patient.assigner.map { listed.contains("\($0.name)|\(patient.value)") } ?? false
        }
    }
}
