import ArgumentParser
import Audit
import FHIR
import Foundation
import Gateway
import JSON
import Persistence
import Workflow

/// `audit hold`.
struct AuditHoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Legal holds: what they cover is not destroyed.",
        discussion: """
            Example:
              imaging-gateway audit hold set --patient-file patient.txt --code CASE-17
            """,
        subcommands: [Set.self, Remove.self, List.self])

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets a hold on a patient or an order, or on everything.",
            discussion: """
                Until it is removed, neither `audit expire` nor `keys shred` destroys what it covers. Recorded in the \
                log.

                Examples:
                  imaging-gateway audit hold set --patient-file patient.txt --code CASE-2026-17
                  imaging-gateway audit hold set --everything --code COURT-1
                """)

        @OptionGroup var given: AuditAccessOptions
        @OptionGroup var patient: AuditPatientOptions
        @Option(name: .long, help: ArgumentHelp("An order's id.", valueName: "id"))
        var order: String?
        @Flag(name: .long, help: "The whole log.")
        var everything = false
        @Option(
            name: .long, help: ArgumentHelp("The number of the case: letters, digits and . _ -", valueName: "code"))
        var code: String

        func validate() throws {
            guard [patient.isGiven, order != nil, everything].count(where: { $0 }) == 1 else {
                throw ValidationError("one of --patient, --patient-file, --order and --everything")
            }
            guard order.map({ UUID(uuidString: $0) != nil }) ?? true else {
                throw ValidationError("--order takes an order's id, as `orders list` shows it")
            }
            guard LegalHold.isCode(code) else {
                throw ValidationError("--code takes 1 to 40 letters, digits and . _ -")
            }
        }

        func run() async throws {
            let subject = try patient.subject() ?? order.map { Subject(type: .order, identifier: $0.lowercased()) }
            try await withAuditor(given) { session in
                try session.know(subject)
                let record = try session.action(
                    .holdSet, about: subject.map { [$0] } ?? [], details: [.reason: .code(code)])
                let hold = try await session.installation.store.setHold(
                    subject, code: code, at: SystemClock().now(), records: [record])
                given.output.json ? show(["ok": true, "hold": .string(hold.id)]) : print("hold \(hold.id) set")
                guard let subject else { return }
                // The hold's own leaf tells of it too.
                let covered = try await session.installation.store.auditEntries(
                    AuditQuery(subjects: [subject], includesUnreadable: true, limit: 2), reading: [])
                if covered.count < 2 { complain("no other record tells of this identifier: is it the right one?") }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes a hold. Recorded in the log.")

        @OptionGroup var given: AuditAccessOptions
        @Argument(help: "The hold's id, from `audit hold list`.")
        var id: String

        func run() async throws {
            try await withAuditor(given) { session in
                let store = session.installation.store
                guard let hold = try await store.legalHolds().first(where: { $0.id == id.lowercased() }) else {
                    throw CommandFailure("hold.unknown", "no hold has this id", exit: ExitCodes.found)
                }
                let record = try session.action(
                    .holdRemoved, about: hold.subject.map { [$0] } ?? [], details: [.reason: .code(hold.code)])
                try await store.removeHold(hold.id, records: [record])
                given.output.json ? show(["ok": true, "hold": .string(hold.id)]) : print("hold \(hold.id) removed")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the holds with what they cover; the look is recorded first.")

        @OptionGroup var given: AuditAccessOptions

        func run() async throws {
            try await withAuditor(given) { session in
                let store = session.installation.store
                try await store.record(session.reading("audit.hold.list"))
                let holds = try await store.legalHolds()
                if given.output.json {
                    show(["holds": .array(holds.map(json))])
                } else {
                    for hold in holds {
                        let subject = hold.subject.map(\.value) ?? "everything"
                        print(Terminal.safe("\(hold.id)  \(text(hold.created))  \(hold.code)  \(subject)"))
                    }
                    print("\(holds.count) holds")
                }
            }
        }

        private func json(_ hold: LegalHold) -> JSONValue {
            var object: JSONObject = [
                "id": .string(hold.id), "code": .string(hold.code), "created": .string(text(hold.created)),
            ]
            object["subject"] = hold.subject.map { .string($0.value) }
            return .object(object)
        }

        private func text(_ moment: Timestamp) -> String {
            FHIRInstant(microsecondsSinceEpoch: moment.microseconds).text
        }
    }
}
