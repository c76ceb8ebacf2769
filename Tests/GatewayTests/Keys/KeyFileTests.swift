import Foundation
import Sealing
import Testing

@testable import Gateway

@Suite struct KeyFileTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/keys.yaml"
    }

    private func error(_ body: () throws -> Void) -> ConfigurationError? {
        do {
            try body()
            return nil
        } catch {
            return error as? ConfigurationError
        }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func rewrite(_ change: (String) -> String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        _ = try folder.file("keys.yaml", change(text))
    }

    @Test func `A file as the first version wrote it is read, and keeps its keys when it is written again`() throws {
        let ring = try KeyFile.create(path: path)
        let seed = Base64URL.encode(ring.signingSeed.exposedBytes)
        try rewrite { $0.replacing("signing:\n  - {key: \(seed)}", with: "signing: \(seed)") }
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("signing: \(seed)"))
        #expect(try KeyFile.load(path: path).exportedSecrets() == ring.exportedSecrets())
        #expect(try KeyFile.addMaster(path: path, placement: .keyFile) == "m2")
        let again = try KeyFile.load(path: path).exportedSecrets()
        #expect(again.signing == ring.exportedSecrets().signing)
        #expect(again.masters.first == ring.masters.first)
    }

    @Test func `A ring that was loaded follows the file, and the file stays its owner's alone`() throws {
        let ring = try KeyFile.create(path: path)
        let key = DataKey.random()
        let old = try ring.wrap(key)
        _ = try KeyFile.addMaster(path: path, placement: .keyFile)
        #expect(try mode(path) == 0o600)
        #expect(try ring.wrap(key).masterID == "m2")
        #expect(try ring.unwrap(old) == key)
        try KeyFile.removeMasters(path: path) { $0 == "m1" }
        #expect(try mode(path) == 0o600)
        #expect(ring.masters.map(\.id) == ["m2"])
        #expect(throws: SealingError(.unknownMaster)) { try ring.unwrap(old) }
        // An id is never given twice: backups may name the old one.
        #expect(try KeyFile.addMaster(path: path, placement: .keyFile) == "m3")
    }

    @Test func `The newest master key cannot be taken out`() throws {
        let ring = try KeyFile.create(path: path)
        try KeyFile.removeMasters(path: path) { _ in true }
        #expect(ring.masters.map(\.id) == ["m1"])
    }

    @Test func `A file of another installation in its place changes nothing`() throws {
        let ring = try KeyFile.create(path: path)
        let before = ring.exportedSecrets()
        let other = try KeyFile.create(path: "\(folder.path)/other.yaml")
        #expect(other.installation != ring.installation)
        #expect(unsafe rename("\(folder.path)/other.yaml", path) == 0)
        #expect(throws: ConfigurationError.self) { try ring.reload() }
        #expect(ring.exportedSecrets() == before)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `The file of a new master key belongs to the owner of the key file`() throws {
        _ = try KeyFile.create(path: path)
        #expect(unsafe chown(path, 4711, 4712) == 0)
        let file = "\(folder.path)/master.key"
        _ = try KeyFile.addMaster(path: path, placement: .file(file))
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.ownerAccountID] as? Int == 4711)
        #expect(attributes[.groupOwnerAccountID] as? Int == 4712)
        #expect(try mode(file) == 0o600)
    }

    @Test func `A ring does not wrap while the new master key's file is away`() throws {
        let ring = try KeyFile.create(path: path)
        let file = "\(folder.path)/master.key"
        _ = try KeyFile.addMaster(path: path, placement: .file(file))
        #expect(unsafe rename(file, "\(file).away") == 0)
        #expect(throws: SealingError(.keysUnreadable)) { try ring.wrap(.random()) }
        #expect(unsafe rename("\(file).away", file) == 0)
        try ring.reload()
        #expect(try ring.wrap(.random()).masterID == "m2")
    }

    @Test func `A signing key that signed nothing is taken out again, one that did stays`() throws {
        let ring = try KeyFile.create(path: path)
        let seed = SigningSeed(seed: .random(), from: 7)
        try KeyFile.setSigning(path: path, seed)
        try KeyFile.removeSigning(path: path, seed.seed, beyond: 7)
        #expect(ring.signingSeeds.count == 2)
        try KeyFile.removeSigning(path: path, seed.seed, beyond: 6)
        #expect(ring.signingSeeds.count == 1)
    }

    @Test func `A master key lies in a file of its own that is its owner's alone`() throws {
        let file = "\(folder.path)/master.key"
        let ring = try KeyFile.create(path: path, master: .file(file))
        #expect(try mode(file) == 0o600)
        #expect(try !String(contentsOfFile: path, encoding: .utf8).contains("key: \(secret(ring))"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "\(secret(ring))\n")
        #expect(try KeyFile.load(path: path).exportedSecrets() == ring.exportedSecrets())
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        #expect(error { _ = try KeyFile.load(path: path) }?.code == .unsafe)
        try FileManager.default.removeItem(atPath: file)
        #expect(error { _ = try KeyFile.load(path: path) }?.code == .fileMissing)
        // Exchanges of the key file do not hide it either.
        #expect(error { _ = try KeyFile.addMaster(path: path, placement: .keyFile) }?.code == .fileMissing)
    }

    private func secret(_ ring: KeyRing) -> String { Base64URL.encode(ring.masters[0].key.exposedBytes) }

    /// In a process of its own: tests beside it read the environment while it changes.
    @Test func `A master key is taken from the environment`() async {
        await #expect(processExitsWith: .success) {
            let suite = try KeyFileTests()
            let (path, name, key) = (suite.path, "IMAGING_GATEWAY_TEST_MASTER", Secret.random())
            let placement = KeyFile.Placement.environment(name)
            #expect(suite.error { _ = try KeyFile.create(path: path, master: placement) }?.code == .missingKey)
            unsafe setenv(name, Base64URL.encode(key.exposedBytes), 1)
            #expect(try KeyFile.create(path: path, master: placement).masters.first?.key == key)
            unsafe setenv(name, "short", 1)
            #expect(suite.error { _ = try KeyFile.load(path: path) }?.code == .invalidValue)
            unsafe unsetenv(name)
            #expect(suite.error { _ = try KeyFile.load(path: path) }?.code == .missingKey)
        }
    }

    @Test(
        "Entries that name no place, two places or half a token are refused",
        arguments: [
            "{id: m1}", "{id: m1, key: AAAA, file: x}", "{id: m1, file: x, environment: Y}",
            "{id: m1, pkcs11: {uri: 'pkcs11:object=x', pinFile: p}}", "{id: m1, file: x, wrapped: AAAA}",
            "{id: m1, pkcs11: {uri: 'pkcs11:object=x;pin-value=1234', pinFile: p}, wrapped: AAAA}",
            "{id: m1, pkcs11: {uri: 'file:x', pinFile: p}, wrapped: AAAA}",
            "{id: m1, pkcs11: {uri: 'pkcs11:object=x', pinFile: p}, wrapped: '?'}",
            "{id: m1, pkcs11: {uri: 'pkcs11:object=x'}, wrapped: AAAA}", "{id: m1, key: AAAA, other: 1}",
        ])
    func entry(_ entry: String) throws {
        let ring = try KeyFile.create(path: path)
        try rewrite { $0.replacing("{id: m1, key: \(secret(ring))}", with: entry) }
        #expect(error { _ = try KeyFile.load(path: path) }?.path == "keys")
    }

    @Test func `A damaged file is refused, and never ends the program`() throws {
        _ = try KeyFile.create(path: path)
        let text = Array(try String(contentsOfFile: path, encoding: .utf8).utf8)
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededNumbers(state: seed)
        for _ in 0..<300 {
            var changed = text
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                changed[Int.random(in: 0..<changed.count, using: &generator)] = .random(
                    in: 0x09...0x7e, using: &generator)
            }
            _ = try? KeyFile.parse(String(decoding: changed, as: UTF8.self))
        }
    }

    @Test func `Two commands do not change one file at the same time`() throws {
        _ = try KeyFile.create(path: path)
        let lock = try KeyFileLock(path)
        #expect(error { _ = try KeyFile.addMaster(path: path, placement: .keyFile) }?.code == .unreadable)
        _ = consume lock
        #expect(try KeyFile.addMaster(path: path, placement: .keyFile) == "m2")
    }

    @Test func `The status shows places and public keys, and no secret`() throws {
        let ring = try KeyFile.create(path: path)
        _ = try KeyFile.addMaster(path: path, placement: .file("\(folder.path)/two.key"))
        let status = try KeyFile.status(path: path)
        #expect(status.masters.map(\.id) == ["m1", "m2"])
        #expect(status.masters.map(\.place) == ["key file", "file \(folder.path)/two.key"])
        #expect(!"\(status)".contains(secret(ring)))
    }
}

struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
