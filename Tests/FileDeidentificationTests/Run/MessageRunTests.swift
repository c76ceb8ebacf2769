import DICOM
import Deidentification
import Foundation
import JSON
import MessageDeidentification
import Sealing
import Synchronization
import Testing

@testable import FileDeidentification

/// Remembers what the log would be told of messages.
private final class MessageListener: RunObserver {
    let told = Mutex<[(subjects: MessageSubjects, digest: String)]>([])

    func note(_ note: FileNote) async throws {
        guard case .message(let subjects, let digest, _) = note else { return }
        told.withLock { $0.append((subjects, digest.hex)) }
    }

    func finished(_ result: FileResult) async {}
    func looked(at count: Int, of total: Int) async {}
}

@Suite("Messages of a run")
struct MessageRunTests {
    private static let message = Array(
        "MSH|^~\\&|HIS|HOSP|GW|HOSP|20240517101500||ADT^A01|7|P|2.5.1\rPID|1||4711^^^HOSP^MR||Qx^Y\r".utf8)

    private func settings(_ folder: ScratchFolder, key: UInt8 = 7) throws -> RunSettings {
        var settings = RunSettings(
            profile: try DeidentificationProfile.classifier(),
            pseudonyms: try Pseudonyms(key: [UInt8](repeating: key, count: 32)), decoder: try InProcessFrameDecoder(),
            output: "\(folder.path)/out", jobs: 1)
        let key = try SignatureKey(seed: Secret([UInt8](repeating: 9, count: 32)))
        (settings.signingKey, settings.verifiers) = (key, [key.verifier])
        return settings
    }

    private func receipt(_ folder: ScratchFolder) throws -> JSONValue {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/out/messages")
        return try JSONValue(parsing: folder.bytes("out/messages/\(#require(names.first { $0.hasSuffix(".json") }))"))
    }

    @Test(
        "the receipt holds no digest of the original that could be tried without the key, and still tells one from another"
    )
    func inputCode() async throws {
        let folder = try ScratchFolder()
        try folder.write("in/a.hl7", Self.message)
        let file = InputPath("\(folder.path)/in/a.hl7")
        #expect(try await FileRun(settings(folder), observer: MessageListener()).run([file]).messages == 1)
        let first = try receipt(folder)
        #expect(!String(decoding: first.serialized(), as: UTF8.self).contains(Digest.sha256(Self.message).hex))
        #expect(first["inputDigest"] == nil)
        let code = try #require(first["inputCode"]?.string)
        #expect(code.utf8.count == 26)

        let other = try ScratchFolder()
        try other.write("in/a.hl7", Self.message)
        _ = try await FileRun(settings(other, key: 8), observer: MessageListener()).run([
            InputPath("\(other.path)/in/a.hl7")
        ])
        #expect(try receipt(other)["inputCode"]?.string != code, "it is the key's")

        var again = try settings(folder)
        again.resumes = true
        #expect(try await FileRun(again, observer: MessageListener()).run([file]).present == 1)
        // The name is not in the result: the same result comes of another message, and neither is lost.
        try folder.write("in/a.hl7", Self.message + Array("NK1|1|Else\r".utf8))
        #expect(try await FileRun(again, observer: MessageListener()).run([file]).messages == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/out/messages")
        #expect(names.count(where: { $0.hasSuffix(".hl7") }) == 2)
    }

    @Test("the log is told whose message it is, and which file comes of it")
    func toldToTheLog() async throws {
        let folder = try ScratchFolder()
        try folder.write("in/a.hl7", Self.message)
        let listener = MessageListener()
        _ = try await FileRun(settings(folder), observer: listener).run([InputPath("\(folder.path)/in/a.hl7")])
        let told = listener.told.withLock { $0 }
        #expect(told.count == 1 && told.first?.subjects.patients.map(\.identifier) == ["4711"])
        #expect(told.first?.subjects.patients.first?.namespace == "HOSP")
        #expect(try told.first?.digest == receipt(folder)["outputDigest"]?.string)
    }
}
