import Foundation
import JSON
import Sealing
import Testing

@testable import ImageClassifier

@Suite("Verifying a model's folder")
struct ModelVerificationTests {
    /// A copy of the bundled folder that goes with the test.
    private final class Folder {
        let path = "/tmp/model-tests-" + randomUUID()

        init() throws {
            let source = try #require(ModelBundle.bundledFolder(ModelBundle.defaultID))
            try FileManager.default.copyItem(atPath: source, toPath: path)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ name: String, _ bytes: [UInt8]) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        }
    }

    @Test func `everything of the bundled folder is right`() throws {
        let folder = try Folder()
        let verification = ModelVerification(folder: folder.path)
        #expect(verification.items.filter { $0.status == .problem } == [])
        #expect(verification.items.map(\.name) == ModelAssembly.Check.allCases.map(\.rawValue) + ["selfTest"])
        #expect(verification.model != nil)
    }

    @Test func `one wrong file leaves the other checks made, and names what was not looked at`() throws {
        let folder = try Folder()
        try folder.write("weights.safetensors", [1, 2, 3])
        let items = ModelVerification(folder: folder.path).items
        func item(_ name: String) throws -> ModelVerification.Item { try #require(items.first { $0.name == name }) }
        #expect(try item("description").status == .ok)
        #expect(try item("card").status == .ok)
        #expect(try item("weightsDigest").error?.code == .weightsDigestMismatch)
        #expect(try item("weights").error?.code == .weightsMalformed)
        #expect(try item("architecture").status == .skipped)
        #expect(try item("selfTest").status == .skipped)
    }

    @Test(
        "what is no regular file of the folder is not read, and nobody waits for it",
        arguments: ["model.json", "weights.safetensors", "LICENSE", "card.json", "selftest.json"])
    func special(name: String) throws {
        let folder = try Folder()
        let file = "\(folder.path)/\(name)"
        let outside = folder.path + "-outside"
        defer { try? FileManager.default.removeItem(atPath: outside) }
        if !FileManager.default.fileExists(atPath: file) { try folder.write(name, Array("{}".utf8)) }
        func bytes() -> [UInt8]? {
            let files = ModelFiles(folder: folder.path)
            switch name {
            case "model.json": return files.description
            case "weights.safetensors": return files.weights
            case "LICENSE": return files.licence
            case "selftest.json": return files.selfTest
            default: return files.other(name)
            }
        }
        let content = try #require(bytes())
        try FileManager.default.moveItem(atPath: file, toPath: outside)
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: outside)
        #expect(bytes() == nil)
        try FileManager.default.removeItem(atPath: file)
        try folder.write("data", content)
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "data")
        #expect(bytes() == content)
        try FileManager.default.removeItem(atPath: file)
        try #require(unsafe mkfifo(file, 0o600) == 0)
        #expect(bytes() == nil)
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
        #expect(bytes() == nil)
        try FileManager.default.removeItem(atPath: file)
        try folder.write(name, [])
        try #require(unsafe truncate(file, 1 << 33) == 0)
        #expect(bytes() == nil)
    }

    @Test func `a digest of the description from elsewhere is compared, and the other checks are made`() throws {
        let folder = try Folder()
        let digest = try Bundled.model().descriptionDigest
        #expect(ModelVerification(folder: folder.path, descriptionSHA256: digest).model != nil)
        let wrong = ModelVerification(folder: folder.path, descriptionSHA256: String(repeating: "0", count: 64))
        #expect(wrong.model == nil)
        let error = ClassifierError(.weightsDigestMismatch, "descriptionSHA256")
        #expect(wrong.items.compactMap(\.error) == [error])
    }

    @Test func `the self-test that a model wrote holds, and a bit in it fails`() throws {
        let folder = try Folder()
        let file = try Bundled.model().selfTest()
        try folder.write("selftest.json", file)
        let right = try #require(ModelVerification(folder: folder.path).items.last)
        #expect(right.status == .ok, "\(right.detail)")
        let json = try JSONValue(parsing: file)
        let digits = try #require(json["images"]?[1]?["logit"]?.string)
        let last = digits.last == "0" ? "1" : "0"
        let wrong = String(decoding: file, as: UTF8.self).replacing(digits, with: digits.dropLast() + last)
        try folder.write("selftest.json", Array(wrong.utf8))
        let item = try #require(ModelVerification(folder: folder.path).items.last)
        #expect(item.error == ClassifierError(.selfTestFailed, "images[1]"))
    }

    @Test(
        "a self-test that is not of its form fails",
        arguments: [
            "", "{}", #"{"format":"imaging-gateway/selftest/1","images":[]}"#,
            #"{"format":"imaging-gateway/selftest/1","images":[{"rows":512,"columns":512,"seed":1,"maximum":255,"logit":"0"}]}"#,
            #"{"format":"imaging-gateway/selftest/1","images":[{"rows":9,"columns":512,"seed":1,"maximum":255,"logit":"0000000000000000"}]}"#,
            #"{"format":"imaging-gateway/selftest/1","images":[{"rows":512,"columns":512,"seed":1,"maximum":7,"logit":"0000000000000000"}]}"#,
        ])
    func form(text: String) throws {
        #expect(throws: ClassifierError(.selfTestFailed, "selftest.json")) { try SelfTest(parsing: Array(text.utf8)) }
    }

    @Test func `the formula is that of the golden vectors`() {
        let item = SelfTest.Case(rows: 120, columns: 130, seed: 5, maximum: 4095, logit: nil)
        #expect(SelfTest.pixels(item).map(Int.init) == formula(rows: 120, columns: 130, seed: 5, maximum: 4095))
    }
}
