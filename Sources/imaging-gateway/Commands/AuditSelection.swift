import ArgumentParser
import Audit
import FHIR
import Foundation
import Gateway
import Persistence
import Workflow

/// Which records a command is about.
struct AuditSelectionOptions: ParsableArguments {
    @OptionGroup var patient: AuditPatientOptions
    @Option(name: .long, help: ArgumentHelp("An order's id.", valueName: "id"))
    var order: String?
    @Option(name: .long, help: ArgumentHelp("A Study Instance UID.", valueName: "uid"))
    var study: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A person's account; or 'peer|NAME' or 'service|NAME' as a record has it.", valueName: "name"))
    var user: String?
    @Option(
        name: .long,
        help: ArgumentHelp("Only this event, such as study.retrieve; may be repeated.", valueName: "event"),
        completion: .list(AuditEventType.allCases.map(\.rawValue)))
    var event: [String] = []
    @Flag(name: .long, help: "Only what failed or was refused.")
    var failed = false
    @Option(
        name: .customLong("class"),
        help: ArgumentHelp("Only treatment, operations, disclosure or none; may be repeated.", valueName: "class"),
        completion: .list(AccessClass.allCases.map(\.rawValue)))
    var accessClass: [String] = []
    @OptionGroup var period: AuditPeriodOptions
    @Option(name: .long, help: ArgumentHelp("At most this many records.", valueName: "number"))
    var limit: Int?

    func validate() throws {
        _ = try names(event, AuditEventType.init(rawValue:), "--event")
        _ = try names(accessClass, AccessClass.init(rawValue:), "--class")
        guard limit ?? 1 > 0 else { throw ValidationError("--limit takes 1 or more") }
    }

    /// The query. What belongs to the same orders belongs to the answer about a patient, an order or a study.
    func query() throws -> AuditQuery {
        let subjects = try subjects()
        let period = try period.period()
        return AuditQuery(
            subjects: subjects, includesCorrelated: !subjects.isEmpty, from: period.from.map(Timestamp.init),
            until: period.until.map(Timestamp.init), principal: user.map(Self.principal),
            events: Set(try names(event, AuditEventType.init(rawValue:), "--event")),
            outcomes: failed ? .failures : [],
            classes: Set(try names(accessClass, AccessClass.init(rawValue:), "--class")), limit: limit ?? .max)
    }

    /// At most one thing is asked about.
    private func subjects() throws -> [Subject] {
        let subjects = [
            try patient.subject(), order.map { Subject(type: .order, identifier: $0.lowercased()) },
            study.map { Subject(type: .study, identifier: $0) },
        ].compactMap { $0 }
        guard subjects.count <= 1 else { throw ValidationError("one of --patient, --order and --study") }
        return subjects
    }

    /// The filters that were used, by name only: for the record of the reading.
    var filters: [String] {
        [
            patient.isGiven ? "patient" : nil, order.map { _ in "order" }, study.map { _ in "study" },
            user.map { _ in "user" }, event.isEmpty ? nil : "event", failed ? "failed" : nil,
            accessClass.isEmpty ? nil : "class", period.from.map { _ in "from" }, period.until.map { _ in "until" },
            limit.map { _ in "limit" },
        ].compactMap { $0 }
    }

    /// Whether the answer has all records of every order that it touches.
    var isWhole: Bool {
        !failed && event.isEmpty && accessClass.isEmpty && user == nil && period.from == nil && period.until == nil
            && limit == nil
    }

    static func principal(_ text: String) -> Principal {
        let parts = text.split(separator: "|", maxSplits: 1).map(String.init)
        guard parts.count == 2, let kind = Principal.Kind(rawValue: parts[0]) else {
            return Principal(kind: .user, name: text)
        }
        return Principal(kind: kind, name: parts[1])
    }

    private func names<Value>(_ texts: [String], _ make: (String) -> Value?, _ option: String) throws -> [Value] {
        try texts.map { text in
            guard let value = make(text) else { throw ValidationError("\(option): unknown \(text)") }
            return value
        }
    }
}

/// A patient's identifier. What stands on a command line can be seen by every user of the machine while the command
/// runs, and stays in the shell's history: hence the other two ways.
struct AuditPatientOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            A patient as 'assigner|identifier', with the assigner's configured name; '-' reads it from standard input. \
            Other users of the machine can see what stands on a command line.
            """, valueName: "identifier"))
    var patient: String?
    @Option(
        name: .long, help: ArgumentHelp("A file with the patient's 'assigner|identifier'.", valueName: "file"),
        completion: .file())
    var patientFile: String?

    var isGiven: Bool { patient != nil || patientFile != nil }

    func validate() throws {
        guard patient == nil || patientFile == nil else {
            throw ValidationError("either --patient or --patient-file")
        }
        if let patient, patient != "-" { _ = try Self.subject(patient) }
    }

    /// The patient asked about, if one was.
    func subject() throws -> Subject? {
        if let patientFile {
            guard let data = FileManager.default.contents(atPath: patientFile), data.count <= 4096 else {
                throw ValidationError("--patient-file cannot be read")
            }
            return try Self.subject(String(decoding: data, as: UTF8.self))
        }
        guard let patient else { return nil }
        return try Self.subject(patient == "-" ? readLine() ?? "" : patient)
    }

    private static func subject(_ text: String) throws -> Subject {
        let parts = text.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: "|", maxSplits: 1)
            .map(String.init)
        guard parts.count == 2 else { throw ValidationError("a patient is 'assigner|identifier'") }
        // A second line or a byte order mark would become part of the identifier, and the answer be empty.
        guard
            !text.trimmingCharacters(in: .whitespacesAndNewlines).unicodeScalars.contains(where: {
                $0.value < 0x20 || $0.value == 0x7F || $0.value == 0xFEFF || $0.value == 0xFFFD
            })
        else { throw ValidationError("one patient at a time: one line of plain text, without a byte order mark") }
        return Subject(type: .patient, assigner: parts[0], identifier: parts[1])
    }
}

extension Timestamp {
    init(_ instant: FHIRInstant) { self.init(microseconds: instant.microsecondsSinceEpoch) }
}
