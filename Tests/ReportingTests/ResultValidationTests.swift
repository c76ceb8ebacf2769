import Foundation
import HL7v2
import ImageClassifier
import Mapping
import Testing

@testable import Reporting

/// Has independent readers judge messages of every version; skipped loudly without Python or a package.
@Suite("Results read by other implementations")
struct ResultValidationTests {
    private static let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()

    private static var python: String {
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        return ProcessInfo.processInfo.environment["IMAGING_GATEWAY_PYTHON"]
            ?? [root.appendingPathComponent(".build-venv/bin/python").path, "/usr/bin/python3"]
            .first { FileManager.default.isExecutableFile(atPath: $0) } ?? "python3"
    }

    private func samples() throws -> [String: [UInt8]] {
        var classifications: [String: Classification] = [:]
        for decision in [Decision.positive, .negative, .indeterminate] {
            classifications["finding-\(decision.rawValue)"] = .finding(
                try Fixture.finding(decision, side: 300, caveats: Caveat.allCases))
        }
        classifications["certain"] = .finding(try Fixture.finding(probability: 1))
        for code in RefusalCode.allCases {
            classifications["refusal-\(code.rawValue)"] = .refusal(Fixture.refusal(code))
        }
        var samples: [String: [UInt8]] = [:]
        for version in ResultMessageSettings.Version.allCases {
            let peer = Results.peer {
                $0.version = version
                $0.picture = .png(maximumBytes: 200_000)
            }
            for (name, classification) in classifications {
                let bytes = try Results.composer.compose(Results.request(classification), for: peer)
                samples["\(version.rawValue)-\(name)"] = bytes
                samples["\(version.rawValue)-\(name)-withdrawn"] = try ResultMessage(bytes)
                    .withdrawn(at: 1_767_400_000_000_000).bytes
            }
            let hostile = "|^~\\&\r\nOBX|1|NM|\u{0}Zoë 你好"
            let order = Results.order {
                $0.patientName = PersonName(family: hostile, given: hostile)
                $0.procedureCode = CodedConcept(code: "X", display: hostile, system: "L")
            }
            samples["\(version.rawValue)-hostile"] = try Results.composer.compose(
                Results.request(.finding(Fixture.finding()), order: order), for: peer)
        }
        return samples
    }

    @Test func `hl7apy (strict) and python-hl7 take every message, as it was and withdrawn, in each version`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("results-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in try samples() {
            try Data(bytes).write(to: folder.appendingPathComponent("\(name).hl7"))
        }
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            Self.python, Self.here.appendingPathComponent("Validation/messages.py").path, folder.path,
        ]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        print(text)
        if process.terminationStatus == 77 || process.terminationStatus == 127 {
            print("SKIPPED: no independent reader; set IMAGING_GATEWAY_PYTHON to a Python with hl7apy and hl7")
            return
        }
        #expect(process.terminationStatus == 0, "\(text)")
    }
}
