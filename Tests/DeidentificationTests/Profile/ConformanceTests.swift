import DICOM
import Foundation
import SecondOpinion
import Testing

@testable import Deidentification

@Suite("PS3.15 §E.1.1: the result conforms as the original did", .enabled(if: Conformance.isPresent))
struct ConformanceTests {
    @Test(
        "dciodvfy has no error against a result that it has not against the original: samples of many makers",
        .enabled(if: Samples.isPresent),
        arguments: [
            "classifier", "basic", "research-shifted-dates", "research-full",
        ])
    func samples(profile name: String) throws {
        let profile = try ProfileFileTests.profile(name)
        var compared = 0
        for sample in Samples.all {
            guard let instance = try? Instance(parsing: Samples.bytes(sample)), instance.dataSet[.rows] != nil else {
                print("\(name) \(sample): no image that can be read")
                continue
            }
            guard let result = try Conformance.deidentified(instance, profile) else {
                print("\(name) \(sample): refused")
                continue
            }
            let (before, after) = (try Conformance.errors(instance), try Conformance.errors(result))
            let new = after.subtracting(before)
            print("\(name) \(sample): \(before.count) errors before, \(after.count) after, \(new.count) new")
            #expect(new == [], "\(sample)")
            compared += 1
        }
        #expect(compared >= 20)
    }
}

/// The judge, and what is judged: every image, whatever stands in its pixels.
enum Conformance {
    private static let program = "/usr/bin/dciodvfy"
    static let isPresent = FileManager.default.isExecutableFile(atPath: program)

    static func deidentified(_ instance: Instance, _ profile: DeidentificationProfile) throws -> Instance? {
        guard let syntax = instance.transferSyntax else { return nil }
        var identity = KnownIdentity()
        try identity.collect(from: instance.dataSet, under: profile)
        let policy = BurnedInPolicy(
            gate: .never, rules: BurnedInRules(rules: [], otherwise: .pass, words: BurnedInRules.builtIn.words))
        var deidentifier = try StudyDeidentifier(
            profile: profile, pseudonyms: try SyntheticDX.pseudonyms(), identity: identity, burnedIn: policy)
        let rewritten: RewrittenInstance
        do throws(DeidentificationError) {
            rewritten = try deidentifier.rewrite(instance.dataSet, transferSyntax: syntax)
        } catch {
            print(error.code.rawValue, error.tag?.description ?? "")
            return nil
        }
        let result = Instance(
            fileMeta: rewritten.fileMeta, dataSet: rewritten.dataSet, pixelData: instance.pixelData)
        let found = try deidentifier.search().search(try result.serialized())
        #expect(found.isClean, "\(found.hits.map { "\($0.kind) \($0.path)" })")
        return result
    }

    /// Errors by element and kind; values and places in the file are left out, because both differ.
    static func errors(_ instance: Instance) throws -> Set<String> {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).dcm")
        try Data(instance.serialized()).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [file.path]
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        // UIDs differ, and so does what stands behind "= <".
        return Set(
            lines.filter { $0.hasPrefix("Error") }
                .map { $0.replacing(#/= <.*|UID [0-9.]+|\d+(?:\.\d+){2,}/#, with: "") })
    }
}
