import Foundation
import Testing

@testable import Gateway

@Suite("Feeds: the folder")
struct FeedFolderTests {
    private let temporary: TemporaryFolder
    private let folder: FeedFolder

    init() throws {
        temporary = try TemporaryFolder()
        folder = FeedFolder(path: temporary.path)
    }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(temporary.path)/\(name)") }

    @Test func `messages are taken in the order of their names, and what is not one is left`() throws {
        for name in ["b.hl7", "a.xml", "C.HL7", ".hidden.hl7", "d.hl7.part", "done.txt"] {
            _ = try temporary.file(name, "x")
        }
        #expect(folder.waiting(limit: 10) == ["C.HL7", "a.xml", "b.hl7"])
        #expect(folder.waiting(limit: 2) == ["C.HL7", "a.xml"])
        #expect(FeedFolder(path: temporary.path + "/none").waiting(limit: 1) == nil)
    }

    @Test func `a file over the limit, a link and a folder are not read`() throws {
        let file = try temporary.file("a.hl7", "12345")
        try FileManager.default.createSymbolicLink(
            atPath: temporary.path + "/link.hl7", withDestinationPath: file)
        try FileManager.default.createDirectory(
            atPath: temporary.path + "/folder.hl7", withIntermediateDirectories: false)
        #expect(folder.read("a.hl7", limit: 5) == .bytes(Array("12345".utf8)))
        #expect(folder.read("a.hl7", limit: 4) == .tooLarge)
        for name in ["link.hl7", "folder.hl7"] { #expect(folder.read(name, limit: 5) == .unreadable) }
    }

    @Test func `a file that vanished is gone, and other trouble may pass`() throws {
        #expect(folder.read("none.hl7", limit: 5) == .gone)
        // Any other error of the system; this one is to be had without rights and without using up descriptors.
        #expect(folder.read(String(repeating: "a", count: 300) + ".hl7", limit: 5) == .notNow)
    }

    @Test(arguments: [FeedFolder.done, FeedFolder.failed])
    func `a link in the place of a folder of ours is refused, and nothing is moved through it`(_ name: String) throws {
        let elsewhere = try TemporaryFolder()
        _ = try temporary.file("a.hl7", "x")
        try FileManager.default.createSymbolicLink(
            atPath: "\(temporary.path)/\(name)", withDestinationPath: elsewhere.path)
        #expect(!folder.prepare())
        #expect(throws: CocoaError.self) { try folder.move("a.hl7", to: name, acknowledgment: Array("MSA".utf8)) }
        #expect(exists("a.hl7"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).isEmpty)
    }

    @Test func `an acknowledgment that was left over is replaced, and a link is not written through`() throws {
        #expect(folder.prepare())
        let victim = try temporary.file("victim", "untouched")
        for name in ["a.hl7.ack", ".ack.new"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(temporary.path)/done/\(name)", withDestinationPath: victim)
        }
        _ = try temporary.file("a.hl7", "x")
        try folder.move("a.hl7", to: FeedFolder.done, acknowledgment: Array("MSA".utf8))
        #expect(FileManager.default.contents(atPath: victim) == Data("untouched".utf8))
        let written = "\(temporary.path)/done/a.hl7.ack"
        #expect(FileManager.default.contents(atPath: written) == Data("MSA".utf8))
        let attributes = try FileManager.default.attributesOfItem(atPath: written)
        #expect(attributes[.type] as? FileAttributeType == .typeRegular)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(!exists("done/.ack.new"))
    }

    @Test func `a file is moved with its acknowledgment, and never over another`() throws {
        #expect(folder.prepare())
        for _ in 0..<2 {
            _ = try temporary.file("a.hl7", "x")
            try folder.move("a.hl7", to: FeedFolder.failed, acknowledgment: Array("MSA".utf8))
        }
        #expect(!exists("a.hl7"))
        for name in ["a.hl7", "a.hl7.ack", "a.2.hl7", "a.2.hl7.ack"] { #expect(exists("failed/\(name)"), "\(name)") }
    }

    @Test func `a folder that is none cannot be prepared`() throws {
        #expect(!FeedFolder(path: temporary.path + "/none").prepare())
        _ = try temporary.file("done", "a file where a folder should be")
        #expect(!folder.prepare())
    }
}
