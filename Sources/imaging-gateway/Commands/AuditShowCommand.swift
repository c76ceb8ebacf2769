import ArgumentParser
import Audit
import FHIR
import Foundation
import Gateway
import JSON
import Persistence
import Workflow

/// `audit show`.
struct AuditShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows who did what: with a patient's data, for an order, by whom.",
        discussion: """
            The question itself is recorded before anything is shown. About a patient, an order or a study the answer \
            also has the records of the same orders that do not name it. With --json the records are FHIR AuditEvents \
            in a Bundle. For a page to read or print see `audit report`.

            Examples:
              imaging-gateway audit show --patient 'hospital|4711'
              echo 'hospital|4711' | imaging-gateway audit show --patient -
              imaging-gateway audit show --order 0f8c… --json
              imaging-gateway audit show --user alice --from 2026-11-01 --until 2026-11-30
              imaging-gateway audit show --failed --limit 100
            """)

    @OptionGroup var given: AuditAccessOptions
    @OptionGroup var selection: AuditSelectionOptions

    func run() async throws {
        guard !selection.filters.isEmpty else {
            throw ValidationError("say what to show: --patient, --order, --user, --from or another filter")
        }
        var query = try selection.query()
        query.includesUnreadable = true
        let shown = query
        var unreadable = 0
        try await withAuditor(given) { session in
            for subject in shown.subjects { try session.know(subject) }
            let records = session.reading("audit.show", about: shown.subjects, filters: selection.filters)
            let isJSON = given.output.json
            var count = 0
            if isJSON { print("{\n  \"resourceType\": \"Bundle\",\n  \"type\": \"collection\",\n  \"entry\": [") }
            try await session.installation.store.auditEntries(shown, reading: records) { entry in
                if entry.isUnreadable { unreadable += 1 }
                if isJSON {
                    print((count == 0 ? "" : ",\n") + event(entry, session.installation), terminator: "")
                } else {
                    print(Terminal.safe(line(entry)))
                }
                count += 1
            }
            print(isJSON ? "\n  ]\n}" : "\(count) records")
        }
        guard unreadable == 0 else {
            let words = "\(unreadable) records do not open: they were changed; see `audit verify --deep`\n"
            FileHandle.standardError.write(Data(words.utf8))
            throw ExitCodes.found
        }
    }

    private func event(_ entry: AuditEntry, _ installation: Installation) -> String {
        let json: JSONValue =
            if let record = entry.record {
                ["resource": installation.auditEventRenderer.auditEvent(for: record, index: entry.index).json]
            } else {
                ["index": .number(JSONNumber(Int(entry.index))), entry.isUnreadable ? "unreadable" : "destroyed": true]
            }
        return String(decoding: json.serialized(.compact), as: UTF8.self)
    }

    private func line(_ entry: AuditEntry) -> String {
        guard let record = entry.record else {
            let header = try? LeafHeader(parsing: entry.leaf)
            let words = header.map { "  \($0.time)  \($0.event) \($0.phase.name)  \($0.principal)" } ?? ""
            return "\(entry.index)\(words)  "
                + (entry.isUnreadable
                    ? "(CONTENTS DO NOT OPEN: changed after they were recorded)" : "(contents destroyed)")
        }
        let code = record.code.map { " \($0)" } ?? ""
        let peer = record.peer.map { " \($0.name)" } ?? ""
        let emergency = record.purpose == .breakTheGlass ? "  EMERGENCY" : ""
        return "\(entry.index)  \(record.time.text)  \(record.event.rawValue) \(record.phase.name)  "
            + "\(record.principal.value)\(peer)  \(record.accessClass.rawValue)  outcome \(record.outcome.rawValue)"
            + "\(code)\(emergency)"
    }
}
