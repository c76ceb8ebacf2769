import FHIR
import Foundation
import ImageClassifier
import JSON
import Testing

@testable import Reporting

/// Writes sample bundles and has independent readers validate them; skipped loudly without Python or a package.
@Suite("Validation by other implementations")
struct ValidationTests {
    private static let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    private static let environment = ProcessInfo.processInfo.environment

    private static var standards: URL {
        let shared =
            environment["IMAGING_GATEWAY_SHARED"].map { URL(fileURLWithPath: $0) }
            ?? here.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("../shared")
        return shared.appendingPathComponent("data/standards/fhir-r4")
    }

    private static var python: String {
        environment["IMAGING_GATEWAY_PYTHON"]
            ?? ["/tmp/venv/bin/python", "/usr/bin/python3"].first { FileManager.default.isExecutableFile(atPath: $0) }
            ?? "python3"
    }

    private func samples() throws -> [String: FHIR.Bundle] {
        var samples: [String: FHIR.Bundle] = [:]
        for decision in [Decision.positive, .negative, .indeterminate] {
            samples["finding-\(decision.rawValue)"] = try Fixture.compose(
                .finding(Fixture.finding(decision, side: 300, caveats: Caveat.allCases))
            ).bundle
        }
        for code in RefusalCode.allCases {
            samples["refusal-\(code.rawValue)"] = try Fixture.compose(.refusal(Fixture.refusal(code))).bundle
        }
        let bare = try Fixture.request(
            .finding(Fixture.finding(probability: 1)), withServiceRequest: false, withImagingStudy: false,
            studyDate: nil)
        samples["bare"] = try Fixture.composer().compose(bare).bundle
        let hostile = "</div>]]>&\u{0}\u{202E}\"'<script>"
        samples["hostile"] = try Fixture.composer(ReportPolicy(status: .partial, provenance: .createWithFirst))
            .compose(Fixture.request(.finding(Fixture.finding(title: hostile)), procedure: hostile)).bundle
        return samples
    }

    @Test func `fhirkit (R4), fhir.resources (R4B), lxml and Pillow accept every bundle`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reports-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            if Self.environment["IMAGING_GATEWAY_KEEP_SAMPLES"] == nil {
                try? FileManager.default.removeItem(at: folder)
            } else {
                print(folder.path)
            }
        }
        for (name, bundle) in try samples() {
            try Data(bundle.json.serialized()).write(to: folder.appendingPathComponent("\(name).json"))
        }
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            Self.python, Self.here.appendingPathComponent("Validation/validate.py").path, folder.path,
            Self.standards.path,
        ]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        print(text)
        if process.terminationStatus == 77 || process.terminationStatus == 127 {
            print(
                """
                SKIPPED: no independent validation; set IMAGING_GATEWAY_PYTHON to a Python with fhirkit-rs, \
                fhir.resources, lxml and pillow
                """
            )
            return
        }
        #expect(process.terminationStatus == 0, "\(text)")
    }
}
