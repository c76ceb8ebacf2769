import Foundation
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct SealedScratchTests {
    let temporary: TemporaryFolder
    let ring: KeyRing
    let scratch: SealedScratchFolder

    init() throws {
        temporary = try TemporaryFolder()
        ring = try KeyRing.generate()
        scratch = SealedScratchFolder(temporary.folder, keys: ring, removesLeftovers: true)
    }

    func names() -> [String] { DataFolder.names(in: temporary.folder.scratchPath) }

    func write(_ bytes: [UInt8]) async throws -> ScratchFileID {
        try await scratch.write { writer throws(AdapterError) in
            var rest = bytes[...]
            while !rest.isEmpty {
                try await writer.append(rest.prefix(10_000))
                rest = rest.dropFirst(10_000)
            }
        }
    }

    @Test(arguments: [0, 1, 65_536, 400_000])
    func `What is written comes back, and nothing of it is readable on disk`(length: Int) async throws {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let file = try await write(bytes)
        #expect(try await scratch.read(file) == bytes)
        let stored = try #require(FileManager.default.contents(atPath: "\(temporary.folder.scratchPath)/\(file.value)"))
        #expect(stored.count > length)
        if length > 1_000 { #expect(stored.range(of: Data(bytes[1_000..<1_032])) == nil) }
        await scratch.remove(file)
        await scratch.remove(file)
        #expect(names().isEmpty)
    }

    @Test func `A file is gone when its writing fails`() async throws {
        let refusal = AdapterError(.interrupted, code: "pacs.truncated")
        await #expect(throws: refusal) {
            _ = try await scratch.write { writer throws(AdapterError) in
                try await writer.append([1, 2, 3])
                throw refusal
            }
        }
        #expect(names().isEmpty)
    }

    @Test func `A cut, changed or exchanged file is a fault`() async throws {
        let (file, other) = (try await write([UInt8](repeating: 1, count: 200_000)), try await write([2]))
        let (path, otherPath) = (
            "\(temporary.folder.scratchPath)/\(file.value)", "\(temporary.folder.scratchPath)/\(other.value)"
        )
        let whole = try #require(FileManager.default.contents(atPath: path))
        let stranger = try #require(FileManager.default.contents(atPath: otherPath))
        var changed = whole
        changed[100_000] ^= 1
        for bytes in [whole.dropLast(), whole.prefix(100), Data(), changed, stranger, whole + Data([0])] {
            try Data(bytes).write(to: URL(filePath: path))
            do throws(AdapterError) {
                _ = try await scratch.read(file)
                Issue.record("\(bytes.count) bytes opened")
            } catch {
                #expect(error.category == .fault)
            }
        }
    }

    @Test func `No single changed byte of a small file goes unnoticed`() async throws {
        let file = try await write([1, 2, 3])
        let path = "\(temporary.folder.scratchPath)/\(file.value)"
        let whole = try #require(FileManager.default.contents(atPath: path))
        for index in 0..<whole.count {
            var changed = whole
            changed[index] ^= 0x41
            try changed.write(to: URL(filePath: path))
            let read = try? await scratch.read(file)
            #expect(read == nil, "byte \(index)")
        }
    }

    @Test func `Leftovers go at the start of the service, and only then`() async throws {
        let file = try await write([1])
        _ = SealedScratchFolder(temporary.folder, keys: ring, removesLeftovers: false)
        #expect(names() == [file.value])
        _ = SealedScratchFolder(temporary.folder, keys: ring, removesLeftovers: true)
        #expect(names().isEmpty)
    }

    @Test(arguments: ["../store.sqlite", "", "/etc/passwd", "..", "00000000-0000-0000-0000-00000000000/"])
    func `A name that is none of ours is not opened`(name: String) async {
        await #expect(throws: AdapterError(.fault, code: "store.file")) {
            _ = try await scratch.read(ScratchFileID(name))
        }
    }
}
