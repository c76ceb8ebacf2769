import Audit
import Foundation
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

/// A process of its own is killed with SIGKILL while it commits. The child is this same test program, told by its
/// environment to run `writer` only.
@Suite struct KilledProcessTests {
    static let variable = "IMAGING_GATEWAY_CRASH_CHILD"
    static var childFolder: String? { ProcessInfo.processInfo.environment[variable] }

    /// The child: appends for ever and says on its own pipe what was acknowledged.
    @Test(.enabled(if: childFolder != nil)) func writer() async throws {
        let folder = try DataFolder(creating: #require(Self.childFolder))
        let store = try SQLiteStore.open(folder, keys: Self.ring())
        let pipe = FileHandle(fileDescriptor: 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask {
                    while true {
                        let indexes = try await store.record([record(correlation: "\(lane)")])
                        try pipe.write(contentsOf: Data(indexes.map { "acknowledged \($0)\n" }.joined().utf8))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// The same keys in parent and child.
    static func ring() throws -> KeyRing {
        try KeyRing.generate { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 3 &+ 1) } }
    }

    @Test(.enabled(if: childFolder == nil))
    func `A process that is killed while it commits loses nothing that it acknowledged`() throws {
        let temporary = try TemporaryFolder()
        for _ in 0..<3 {
            let acknowledged = try acknowledgedByKilledChild(temporary.folder, atLeast: 40)
            let store = try SQLiteStore.open(temporary.folder, keys: Self.ring())
            let key = try Self.ring().checkpointKey().verifier
            let verification = try AuditLogFile(temporary.folder).verify(key: key, outside: [])
            #expect(verification.isIntact)
            #expect(verification.size > acknowledged)
            _ = store
        }
    }

    /// Runs the child until it has acknowledged that many, kills it and returns the highest index.
    private func acknowledgedByKilledChild(_ folder: DataFolder, atLeast count: Int) throws -> UInt64 {
        let child = Process()
        let output = Pipe()
        child.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["--testing-library", "swift-testing", "--filter", "KilledProcessTests/writer"]
        child.environment = ProcessInfo.processInfo.environment.merging([Self.variable: folder.path]) { $1 }
        child.standardOutput = FileHandle.nullDevice
        child.standardError = output
        try child.run()
        defer { if child.isRunning { kill(child.processIdentifier, SIGKILL) } }
        var text = ""
        while text.split(separator: "\n").filter({ $0.hasPrefix("acknowledged ") }).count < count {
            let piece = output.fileHandleForReading.availableData
            try #require(!piece.isEmpty, "the child ended by itself: \(text.suffix(500))")
            text += String(decoding: piece, as: UTF8.self)
        }
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        let rest = try output.fileHandleForReading.readToEnd() ?? Data()
        text += String(decoding: rest, as: UTF8.self)
        // The last line may be cut.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return try #require(lines.compactMap { UInt64($0.replacing("acknowledged ", with: "")) }.max())
    }
}
