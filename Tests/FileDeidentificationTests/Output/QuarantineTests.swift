import DICOM
import Deidentification
import Foundation
import JSON
import Sealing
import Testing

@testable import FileDeidentification

@Suite("The quarantine")
struct QuarantineTests {
    private func settings(_ folder: ScratchFolder) throws -> RunSettings {
        var settings = RunSettings(
            profile: try DeidentificationProfile.classifier(),
            pseudonyms: try Pseudonyms(key: [UInt8](repeating: 7, count: 32)), decoder: try InProcessFrameDecoder(),
            output: "\(folder.path)/out", jobs: 2)
        settings.quarantine = "\(folder.path)/held"
        return settings
    }

    private func list(_ folder: ScratchFolder, _ name: String) throws -> [JSONValue] {
        try #require(try JSONValue(parsing: try folder.bytes("held/\(name)")).array)
    }

    private func copies(_ folder: ScratchFolder, _ name: String) throws -> [String] {
        try list(folder, name).map { line in
            let copy = try #require(line["copy"]?.string)
            return String(decoding: try folder.bytes("held/\(copy)"), as: UTF8.self)
        }
    }

    @Test("A second run numbers on and has a list of its own; what the first one kept stays")
    func secondRun() async throws {
        let folder = try ScratchFolder()
        for (name, text) in [("a", "one"), ("b", "two")] { try folder.write("in/\(name)", Array(text.utf8)) }
        let settings = try settings(folder)
        for name in ["a", "b"] {
            let summary = try await FileRun(settings, observer: Listener()).run([InputPath("\(folder.path)/in/\(name)")]
            )
            #expect(summary.failures == 1 && summary.unlisted == nil)
        }
        #expect(try copies(folder, "list.json") == ["one"] && copies(folder, "list-2.json") == ["two"])
        let nothing = try await FileRun(settings, observer: Listener()).run([])
        #expect(nothing.failures == 0)
        let held = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/held").sorted()
        #expect(held == ["000001", "000002", "list-2.json", "list.json"])
    }

    @Test("A run that breaks off leaves the list of what it had left out")
    func brokenOff() async throws {
        let folder = try ScratchFolder()
        for name in 1...6 { try folder.write("in/\(name)", Array("text \(name)".utf8)) }
        var settings = try settings(folder)
        settings.jobs = 1
        let files = (1...6).map { InputPath("\(folder.path)/in/\($0)") }
        await #expect(throws: Listener.Refused.self) {
            _ = try await FileRun(settings, observer: Listener(refusesAfter: 2)).run(files)
        }
        #expect(try copies(folder, "list.json") == ["text 1", "text 2"])
    }

    @Test("Why there is no copy stands in the list")
    func uncopied() async throws {
        let folder = try ScratchFolder()
        let path = "\(folder.path)/absent"
        _ = try await FileRun(try settings(folder), observer: Listener()).run([InputPath(path)])
        let line = try #require(try list(folder, "list.json").first)
        #expect(line["copy"] == nil && line["notCopied"]?.string == "file.unreadable" && line["file"]?.string == path)
    }

    @Test("It is refused inside of what is given away and around it, also where a link leads there")
    func overlapping() async throws {
        let folder = try ScratchFolder()
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/link", withDestinationPath: "\(folder.path)/out")
        for quarantine in ["out/held", "out", ".", "link"] {
            var settings = try settings(folder)
            settings.quarantine = "\(folder.path)/\(quarantine)"
            let run = FileRun(settings, observer: Listener())
            await #expect(throws: RunError(LeftOut("file.quarantineInOutput")), "\(quarantine)") {
                _ = try await run.run([])
            }
        }
    }
}
