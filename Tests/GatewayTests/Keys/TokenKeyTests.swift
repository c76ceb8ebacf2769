import Foundation
import Sealing
import Testing

@testable import Gateway

/// A token of SoftHSM with an RSA key, made by OpenSC: for the whole run, since a process can load one module only.
/// `make test` says where its configuration shall lie: it cannot be said while other tests read the environment.
enum TestToken {
    static let module = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"]
        .first(where: FileManager.default.fileExists)
    static let pin = "1234"
    static let uri = "pkcs11:token=gateway;object=master"

    /// Nil where the programs are not installed.
    static let folder: TemporaryFolder? = {
        guard let module, let file = ProcessInfo.processInfo.environment["SOFTHSM2_CONF"],
            let folder = try? TemporaryFolder()
        else { return nil }
        let configuration = "directories.tokendir = \(folder.path)\nobjectstore.backend = file\nlog.level = ERROR\n"
        guard (try? configuration.write(toFile: file, atomically: true, encoding: .utf8)) != nil else { return nil }
        let commands = [
            "softhsm2-util --init-token --free --label gateway --so-pin 12345678 --pin \(pin)",
            "pkcs11-tool --module \(module) --login --pin \(pin) --token-label gateway --keypairgen --key-type rsa:2048"
                + " --label master --id 01",
            "pkcs11-tool --module \(module) --login --pin \(pin) --token-label gateway --keypairgen --key-type rsa:1024"
                + " --label short --id 02",
        ]
        return commands.allSatisfy(run) ? folder : nil
    }()

    private static func run(_ command: String) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "\(command) >/dev/null 2>&1"]
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

@Suite(
    "A master key in a PKCS#11 token", .serialized,
    .enabled(if: TestToken.folder != nil, "softhsm2, opensc, libengine-pkcs11-openssl or SOFTHSM2_CONF is missing"))
struct TokenKeyTests {
    let folder: TemporaryFolder
    let key: TokenKey

    init() throws {
        folder = try TemporaryFolder()
        key = try TokenKey(
            uri: TestToken.uri, pinFile: folder.file("pin", "\(TestToken.pin)\n"), module: TestToken.module)
    }

    private func code(_ body: () throws -> Void) -> ConfigurationError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ConfigurationError)?.code
        }
    }

    @Test func `A key file holds the master key sealed for the token, and is opened through it`() throws {
        let path = "\(folder.path)/keys.yaml"
        let ring = try KeyFile.create(path: path, master: .token(key))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(!text.contains(Base64URL.encode(ring.masters[0].key.exposedBytes)))
        #expect(!text.contains(TestToken.pin + "\n"))
        let data = DataKey.random()
        #expect(try KeyFile.load(path: path).unwrap(ring.wrap(data)) == data)
        // From the token to a key of the file's own, and back.
        _ = try KeyFile.addMaster(path: path, placement: .keyFile)
        _ = try KeyFile.addMaster(path: path, placement: .token(key))
        #expect(ring.masters.map(\.id) == ["m1", "m2", "m3"])
        #expect(try ring.unwrap(ring.wrap(data)) == data)
    }

    @Test func `Envelopes differ each time, are 2048 bits, and open to what was sealed`() throws {
        let first = try key.wrap([1, 2, 3], at: "", folder: "")
        #expect(first.count == 256)
        #expect(try first != key.wrap([1, 2, 3], at: "", folder: ""))
        #expect(try key.unwrap(first, at: "", folder: "") == [1, 2, 3])
    }

    @Test func `An envelope that was altered, cut or made for another key does not open`() throws {
        let envelope = try key.wrap([UInt8](repeating: 7, count: 32), at: "", folder: "")
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededNumbers(state: seed)
        for _ in 0..<20 {
            var altered = envelope
            altered[Int.random(in: 0..<256, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            #expect(code { _ = try key.unwrap(altered, at: "", folder: "") } == .invalidValue, "seed \(seed)")
        }
        #expect(code { _ = try key.unwrap(Array(envelope.dropLast()), at: "", folder: "") } == .invalidValue)
        #expect(code { _ = try key.unwrap([], at: "", folder: "") } == .invalidValue)
    }

    @Test func `A key that is not there, a short one, another module and a PIN that others can read are refused`()
        throws
    {
        func other(_ uri: String = TestToken.uri, pinFile: String? = nil, module: String? = TestToken.module) throws
            -> TokenKey
        {
            try TokenKey(uri: uri, pinFile: pinFile ?? key.pinFile, module: module)
        }
        #expect(
            code { _ = try other("pkcs11:token=gateway;object=none").wrap([1], at: "", folder: "") } == .invalidValue)
        #expect(
            code { _ = try other("pkcs11:token=none;object=master").wrap([1], at: "", folder: "") } == .invalidValue)
        #expect(
            code { _ = try other("pkcs11:token=gateway;object=short").wrap([1], at: "", folder: "") } == .invalidValue)
        #expect(code { _ = try other(module: "/nowhere.so").wrap([1], at: "", folder: "") } == .fileMissing)
        #expect(code { _ = try other(pinFile: "/nowhere").wrap([1], at: "", folder: "") } == .fileMissing)
        let open = try folder.file("open-pin", TestToken.pin, mode: 0o644)
        #expect(code { _ = try other(pinFile: open).wrap([1], at: "", folder: "") } == .unsafe)
    }
}
