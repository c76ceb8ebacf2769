import Audit
import DICOM
import Deidentification
import FileDeidentification
import Foundation
import JSON
import Sealing
import Workflow

/// Tells the audit log, the person at the terminal and the program behind the pipe what becomes of files.
actor DeidentifyReporter: RunObserver {
    private let log: CommandLog
    private let json: Bool
    private var reading: Progress?
    private var writing: Progress?
    private let total: Int

    init(log: CommandLog, json: Bool, total: Int) {
        self.log = log
        self.json = json
        self.total = total
    }

    func note(_ note: FileNote) async throws {
        switch note {
        case .instance(let header, let receipt):
            try await log.note(.deidentifyExport, "deidentify", of: header, details: AuditDetails(receipt))
        case .message(let subjects, let digest, let counts):
            try await log.note(
                .deidentifyExport, "deidentify", of: nil, alsoAbout: log.subjects(subjects),
                details: [.count: .count(counts.values.reduce(0, +)), .output: .digest(digest.hex)])
        case .certificate(let header, let study, let digest, let instances):
            try await log.note(
                .deidentifyExport, "deidentify", of: header, alsoAbout: [Subject(type: .study, identifier: study)],
                details: [.step: .code("certified"), .digest: .digest(digest.hex), .count: .count(instances)])
        case .leftOut(let header, let subjects, let code):
            try await log.note(
                .deidentifyExport, "deidentify", of: header, alsoAbout: subjects.map(log.subjects) ?? [], code: code)
        }
    }

    func looked(at count: Int, of total: Int) {
        if reading == nil { reading = Progress(total: total, what: "headers") }
        reading?.advance()
        if count == total { clear() }
    }

    func finished(_ result: FileResult) {
        if writing == nil { writing = Progress(total: total, what: "files") }
        clear()
        tell(result)
        writing?.advance()
    }

    func unreadable(_ folder: InputPath) { tell(folder, leftOut: "folder.unreadable") }

    /// Takes progress away, so that a line can be printed.
    func clear() { (writing ?? reading)?.clear() }

    private func tell(_ result: FileResult) {
        switch (result.outcome, json) {
        case (.instance(let path, let receipt), true):
            line([
                "file": .string(result.path.description), "output": .string(path),
                "burnedIn": .string(receipt.burnedIn.rawValue), "removed": number(receipt.removedCount),
                "replaced": number(receipt.replacedCount), "kept": number(receipt.keptCount),
            ])
        case (.message(let path, let counts), true):
            line([
                "file": .string(result.path.description), "output": .string(path),
                "values": .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, number($0.value)) })),
            ])
        case (.present(let path), true):
            line(["file": .string(result.path.description), "output": .string(path), "present": true])
        case (.passedOver(let code), true):
            line(["file": .string(result.path.description), "passedOver": .string(code)])
        case (.leftOut(let code, let place), _): tell(result.path, leftOut: code, at: place)
        case (.passedOver(let code), false):
            print("\(Terminal.safe(result.path.description)): passed over [\(code)]")
        case (.instance, false), (.message, false), (.present, false): break
        }
    }

    private func tell(_ path: InputPath, leftOut code: String, at place: String? = nil) {
        if json {
            var object: JSONObject = ["file": .string(path.description), "error": .string(code)]
            if let place { object["place"] = .string(place) }
            line(.object(object))
        } else {
            let place = place.map { " at \(Terminal.safe($0))" } ?? ""
            print("\(Terminal.safe(path.description)): left out\(place) [\(code)]")
        }
    }

    func tell(_ summary: RunSummary, unreadable: Int, folder: String, seconds: Double) {
        clear()
        let failed = summary.failures + unreadable
        guard !json else {
            return line([
                "summary": [
                    "written": number(summary.instances), "messages": number(summary.messages),
                    "present": number(summary.present), "passedOver": number(summary.passedOver),
                    "failed": number(failed), "pixelsUnchecked": number(summary.pixelsUnchecked),
                    "certificates": number(summary.certificates), "bytes": number(summary.bytes),
                    "milliseconds": number(Int(seconds * 1_000)), "folder": .string(folder),
                ]
            ])
        }
        print("\(summary.instances) files written to \(folder), \(failed) left out")
        if summary.messages > 0 { print("\(summary.messages) files of messages written to \(folder)/messages") }
        if summary.present > 0 { print("\(summary.present) results were there already") }
        if summary.pixelsUnchecked > 0 {
            print(
                "\(summary.pixelsUnchecked) of them do not say whether text is burned into the pixels; nobody looked")
        }
    }

    private func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

    private func line(_ value: JSONValue) { print(String(decoding: value.serialized(), as: UTF8.self)) }
}
