import DICOM
import Deidentification
import Foundation
import Sealing
import SecondOpinion
import Testing

@Suite("The receipt, and conformance of the result")
struct ReceiptTests {
    @Test("Counts add up, digests tell input and output apart and are repeatable")
    func receipt() throws {
        let study = try SyntheticDX.study()
        let (result, receipt) = try deidentify(study, pseudonyms: try SyntheticDX.pseudonyms())
        let again = try deidentify(study, pseudonyms: try SyntheticDX.pseudonyms()).1
        #expect(receipt == again)
        #expect(receipt.inputDigest != receipt.outputDigest && receipt.inputDigest.count == 64)
        #expect(receipt.actionCounts.values.reduce(0, +) == receipt.ruleCounts.values.reduce(0, +))
        #expect(
            receipt.keptCount + receipt.removedCount + receipt.replacedCount
                == receipt.actionCounts.values.reduce(0, +))
        #expect(receipt.methodCodes == ["113100", "113108"] && receipt.instanceCount == 1)
        #expect(receipt.ageSource == .derived)
        #expect(receipt.uidMapKeyID == (try SyntheticDX.pseudonyms().keyID))
        #expect(result.value.instances.count == 1)
        var other = SyntheticDX.header()
        other.set(.kvp, .DS, "121")
        let changed = try deidentify(try SyntheticDX.study([other]), pseudonyms: try SyntheticDX.pseudonyms()).1
        #expect(changed.inputDigest != receipt.inputDigest && changed.outputDigest != receipt.outputDigest)
    }

    @Test("A report has no pixels, and its receipt does not speak of headers that say NO")
    func noPixels() throws {
        var report = DataSet()
        for (tag, value) in [
            (Tag.sopClassUID, "1.2.840.10008.5.1.4.1.1.88.11"), (.sopInstanceUID, "1.2.3.1"),
            (.studyInstanceUID, "1.2.3"), (.seriesInstanceUID, "1.2.3.7"),
        ] { report.set(tag, .UI, value) }
        report.set(.modality, .CS, "SR")
        report.set(.contentSequence, items: [])
        let profile = try DeidentificationProfile(
            yaml: ProfileFileTests.text(options: "basic, cleanDescriptors, cleanStructuredContent"))
        var deidentifier = try StudyDeidentifier(
            profile: profile, pseudonyms: try SyntheticDX.pseudonyms(), identity: KnownIdentity())
        _ = try deidentifier.rewrite(report, transferSyntax: .explicitVRLittleEndian)
        #expect(deidentifier.receipt(inputDigest: "", outputDigest: "").burnedIn == .noPixels)
        // Beside an image the image counts.
        _ = try deidentifier.rewrite(SyntheticDX.instance().dataSet, transferSyntax: .explicitVRLittleEndian)
        #expect(deidentifier.receipt(inputDigest: "", outputDigest: "").burnedIn != .noPixels)
    }

    @Test(
        "Samples of many makers: refused or without their identifiers", .enabled(if: Samples.isPresent),
        arguments: Samples.all)
    func samples(name: String) throws {
        guard let instance = try? Instance(parsing: Samples.bytes(name)), let uid = instance.studyInstanceUID else {
            return
        }
        let study = Study(studyInstanceUID: uid, instances: [instance])
        do {
            let (result, _) = try deidentify(study, pseudonyms: try SyntheticDX.pseudonyms())
            let text = String(decoding: try result.value.instances[0].serialized(), as: UTF8.self)
            let identifiers = [Tag.patientName, .patientID, .sopInstanceUID, .studyInstanceUID].compactMap {
                instance.dataSet.string($0)
            }
            for identifier in identifiers where identifier.count > 5 { #expect(!text.contains(identifier)) }
            print("\(name): de-identified")
        } catch let error as DeidentificationError {
            print("\(name): \(error.code.rawValue) \(error.tag?.description ?? "")")
            #expect(error.code != .identifierRemains)
        }
    }

    @Test(
        "dciodvfy finds no error in the result that it does not find in the original (PS3.3 A.26)",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dciodvfy")))
    func conformance() throws {
        let original = try SyntheticDX.study()
        let result = try deidentify(original, pseudonyms: try SyntheticDX.pseudonyms()).0.value
        let before = try errors(original.instances[0])
        let after = try errors(result.instances[0])
        print("dciodvfy: \(before.count) errors before, \(after.count) after")
        #expect(before == [], "the made-up object should conform")
        #expect(after.subtracting(before) == [])
    }

    private func errors(_ instance: Instance) throws -> Set<String> {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).dcm")
        try Data(instance.serialized()).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/dciodvfy")
        process.arguments = [file.path]
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        return Set(lines.filter { $0.hasPrefix("Error") })
    }
}
