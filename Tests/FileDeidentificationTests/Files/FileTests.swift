import DICOM
import Foundation
import Sealing
import Testing

@testable import FileDeidentification

@Suite("Files that are read by position, and files that appear whole")
struct FileTests {
    private let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    @Test("The digest is that of the whole file, in whatever order and how often its parts are read")
    func digest() throws {
        let folder = try ScratchFolder()
        try folder.write("a", content)
        for parts in [
            [], [0..<10], [5..<9, 0..<300_000], [299_990..<300_000, 0..<3], [0..<100, 50..<150, 140..<90_000],
        ] {
            let file = try OpenedFile(InputPath("\(folder.path)/a"), digests: true)
            for part in parts {
                #expect(try file.bytes(at: part.lowerBound, count: part.count) == Array(content[part]))
            }
            #expect(try file.digest() == Digest.sha256(content), "\(parts)")
        }
    }

    @Test("A file that changes while it is read is no file that was read")
    func changed() throws {
        let folder = try ScratchFolder()
        try folder.write("a", content)
        let file = try OpenedFile(InputPath("\(folder.path)/a"), digests: true)
        let handle = try #require(FileHandle(forWritingAtPath: "\(folder.path)/a"))
        try handle.truncate(atOffset: 100)
        #expect(throws: DICOMError.self) { try file.bytes(at: 50, count: 100) }
        #expect(throws: DICOMError.self) { try file.digest() }
    }

    @Test("What is no regular file is not opened, and nothing waits for it")
    func notRegular() throws {
        let folder = try ScratchFolder()
        #expect(throws: LeftOut("file.notRegular")) { try OpenedFile(InputPath(folder.path), digests: false) }
        #expect(throws: LeftOut("file.notRegular")) { try OpenedFile(InputPath("/dev/zero"), digests: false) }
        #expect(throws: LeftOut("file.unreadable")) { try OpenedFile(InputPath("\(folder.path)/no"), digests: false) }
    }

    @Test("A new file has no name before it is whole, is its owner's alone, and replaces nothing")
    func newFile() throws {
        let folder = try ScratchFolder()
        var file: NewFile? = try NewFile(in: folder.path)
        try file?.write(content)
        #expect(folder.names == [])
        file = nil
        #expect(folder.names == [])
        let kept = try NewFile(in: folder.path)
        try kept.write(Array(content[..<1_000]))
        try kept.write(Array(content[1_000...]))
        try kept.commit(as: "a")
        #expect(try folder.bytes("a") == content && folder.names == ["a"])
        let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/a")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let second = try NewFile(in: folder.path)
        #expect(throws: LeftOut("file.exists")) { try second.commit(as: "a") }
        #expect(try folder.bytes("a") == content)
    }

    @Test("Folders are searched in the order of names; the output and circles are not")
    func selection() throws {
        let folder = try ScratchFolder()
        for name in ["b/2", "b/1", "a", "out/3", "c/d/4"] { try folder.write(name, [1]) }
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: "\(folder.path)/c/up", withDestinationPath: folder.path)
        try manager.createSymbolicLink(atPath: "\(folder.path)/c/link", withDestinationPath: "\(folder.path)/a")
        let found = FileSelection([folder.path, "\(folder.path)/absent"], without: ["\(folder.path)/out"])
        let names = found.all.map { $0.description.dropFirst(folder.path.count + 1) }
        #expect(
            names == ["a", "b/1", "b/2", "c/link", "c/d/4", "absent"]
                || names.sorted() == ["a", "absent", "b/1", "b/2", "c/d/4", "c/link"])
        #expect(found.unreadable.isEmpty && found.namesWritten.isEmpty)
        #expect(FileSelection([folder.path], without: [folder.path]).namesWritten == [folder.path])
        let inside = FileSelection(["\(folder.path)/c/up/out"], without: ["\(folder.path)/out"])
        #expect(inside.namesWritten == ["\(folder.path)/out"] && inside.all.isEmpty)
    }
}
