import Foundation
import HL7v2
import MessageDeidentification
import Testing

private let samples: [URL] = {
    let named = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"].map { URL(fileURLWithPath: $0) }
    let shared =
        named
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../../shared").standardizedFileURL
    let folder = shared.appendingPathComponent("data/hl7-samples")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
    return files.compactMap { $0 as? URL }.filter { $0.pathExtension == "hl7" }.sorted { $0.path < $1.path }
}()

@Suite("Real HL7 v2 messages")
struct SampleTests {
    @Test(
        "no name, number or address of the patient is left in any sample",
        .enabled(if: !samples.isEmpty, "../shared is not here: real messages are not read"))
    func samplesAreClean() throws {
        let deidentifier = try Make.classifier()
        var read = 0
        for file in samples {
            let bytes = Array(try Data(contentsOf: file))
            guard let original = try? Batch(parsing: bytes).messages, !original.isEmpty,
                original.allSatisfy({ (try? Message(parsing: $0)) != nil })
            else { continue }
            let result = try deidentifier.deidentify(hl7: bytes)
            let text = String(decoding: result.bytes, as: UTF8.self)
            let words = Set(text.split { "|^~&\r ".contains($0) }.map { $0.lowercased() })
            for bytes in original {
                let message = try Message(parsing: bytes)
                for path in ["PID-3", "PID-5.1", "PID-5.2", "PID-11.1", "PID-13", "PID-18", "PID-19"] {
                    for value in message.values(at: try FieldPath(parsing: path)) where value.count >= 3 {
                        #expect(!words.contains(value.lowercased()), "\(file.lastPathComponent) \(path)")
                    }
                }
            }
            #expect(try Batch(parsing: result.bytes).messages.count == original.count)
            read += 1
        }
        #expect(read > 40)
    }
}
