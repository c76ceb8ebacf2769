import Foundation
import MerkleLog
import Testing

@testable import Audit

/// Every kind of tampering, refused with the same codes by this package's verifier and by the script of the
/// documentation, which shares no code with it.
@Suite struct BundleTamperingTests {
    @Test func `Every tampered bundle is refused with its codes`() throws {
        for bundle in try TamperedBundle.all(BundleFixture()) {
            let codes = Set(verifyBundle(bundle.bytes).problems.map(\.code.rawValue))
            #expect(codes == bundle.codes, "\(bundle.name)")
        }
    }

    @Test(.enabled(if: PythonVerifier.isThere, "python3 is not there: the other verifier was not asked"))
    func `The script of the documentation refuses them with the same codes, and accepts what is intact`() throws {
        let fixture = try BundleFixture()
        var bundles = try TamperedBundle.all(fixture).map { ($0.name, $0.bytes, $0.codes) }
        bundles.append(("some", try fixture.lines(of: [1, 4, 5], destroyed: [5]).flatMap { $0 }, []))
        bundles.append(("all", try fixture.lines(of: [1, 5, 9], allLeaves: true, whole: true).flatMap { $0 }, []))
        bundles.append(("none", try fixture.lines(of: []).flatMap { $0 }, []))
        for (name, bytes, codes) in bundles {
            let answer = try PythonVerifier.verify(bytes)
            #expect(answer.codes == codes, "\(name)")
            #expect(answer.status == (codes.isEmpty ? 0 : 1), "\(name)")
        }
    }

    @Test(.enabled(if: PythonVerifier.isThere, "python3 is not there: the other verifier was not asked"))
    func `Both compare the reader's key and ask for the witnesses that he names`() throws {
        let fixture = try BundleFixture()
        let bytes = try fixture.lines(of: [1]).flatMap { $0 }
        let stranger = try SigningKey(name: BundleFixture.origin, seed: [UInt8](repeating: 3, count: 32)).verifier
        let unknown = try WitnessSigningKey(name: "witness.example/w9", seed: [UInt8](repeating: 3, count: 32)).verifier
        let (key, witness) = (fixture.key.verifier, fixture.witness.verifier)
        let cases: [([String], [BundleProblem.Code])] = [
            (["--key", key.text, "--witness", witness.text], []),
            (["--key", stranger.text], [.key]),
            (["--key", key.text, "--witness", unknown.text], [.cosignature]),
            (["--witness", witness.text, "--witness", unknown.text, "--key", stranger.text], [.key, .cosignature]),
        ]
        for (arguments, codes) in cases {
            let ours = verifyBundle(
                bytes, trusted: arguments.contains(stranger.text) ? stranger : arguments.contains(key.text) ? key : nil,
                witnesses: [witness, unknown].filter { arguments.contains($0.text) })
            #expect(ours.problems.map(\.code) == codes)
            let answer = try PythonVerifier.verify(bytes, arguments)
            #expect(answer.codes == Set(codes.map(\.rawValue)) && answer.isKeyTrusted == ours.isKeyTrusted)
        }
        #expect(try PythonVerifier.verify(bytes, ["--key", "no key"]).status == 2)
    }

    @Test(.enabled(if: PythonVerifier.isThere, "python3 is not there: the other verifier was not asked"))
    func `Both say the same of randomly altered bundles (seeded)`() throws {
        let fixture = try BundleFixture()
        let bytes = try fixture.lines(of: [1, 4, 5], allLeaves: true, destroyed: [5]).flatMap { $0 }
        let seed = UInt64(20_261_156)
        var generator = SeededGenerator(state: seed)
        for round in 0..<60 {
            var mutated = bytes
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            if round.isMultiple(of: 2) {
                mutated[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            } else {
                mutated.removeSubrange(index..<min(index + Int.random(in: 1...9, using: &generator), bytes.count))
            }
            let ours = Set(verifyBundle(mutated).problems.map(\.code.rawValue))
            #expect(try PythonVerifier.verify(mutated).codes == ours, "seed \(seed), round \(round), byte \(index)")
        }
    }
}

extension BundleTamperingTests {
    @Test(.enabled(if: PythonVerifier.isThere, "python3 is not there: the other verifier was not asked"))
    func `The script's own Ed25519 takes the signatures of RFC 8032 and nothing near them`() throws {
        // §7.1, tests 1 to 3: public key, message, signature.
        let vectors = [
            [
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5"
                    + "f0595bbe24655141438e7a100b",
            ],
            [
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2e"
                    + "aeb4302aeeb00d291612bb0c00",
            ],
            [
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15"
                    + "e9716ed28dc027beceea1ec40a",
            ],
        ]
        let program = """
            import sys; from verify_bundle import is_signature, ORDER
            key, message, signature = (bytes.fromhex(word) for word in sys.argv[1:])
            assert is_signature(signature, message, key), "not accepted"
            s = int.from_bytes(signature[32:], "little") + ORDER
            wrong = [signature[:32] + s.to_bytes(32, "little"), signature[:63], signature + b"\\0", b"\\0" * 64]
            wrong += [bytes(b ^ (i == j) for j, b in enumerate(signature)) for i in range(64)]
            assert not any(is_signature(other, message, key) for other in wrong), "a wrong signature"
            assert not is_signature(signature, message + b"x", key), "another message"
            keys = [bytes(b ^ (i == j) for j, b in enumerate(key)) for i in range(32)] + [b"\\xff" * 32, key[:31]]
            assert not any(is_signature(signature, message, other) for other in keys), "another key"
            """
        for vector in vectors { #expect(try PythonVerifier.run(["-c", program] + vector).status == 0) }
    }
}

/// `docs/comply/verify_bundle.py`, run by the system's python3.
enum PythonVerifier {
    struct Answer {
        let status: Int32
        let codes: Set<String>
        let isKeyTrusted: Bool
    }

    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../docs/comply/verify_bundle.py").standardizedFileURL.path

    static var isThere: Bool { python != nil }

    static func verify(_ bundle: [UInt8], _ arguments: [String] = []) throws -> Answer {
        let file = FileManager.default.temporaryDirectory.appending(path: "bundle-\(UUID().uuidString).igaudit")
        try Data(bundle).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let (status, data) = try run([script, file.path, "--json"] + arguments)
        let object = try JSONSerialization.jsonObject(with: data.isEmpty ? Data("{}".utf8) : data) as? [String: Any]
        let problems = object?["problems"] as? [[String: Any]] ?? []
        return Answer(
            status: status, codes: Set(problems.compactMap { $0["code"] as? String }),
            isKeyTrusted: object?["keyTrusted"] as? Bool ?? false)
    }

    /// Runs python3 beside the script.
    static func run(_ arguments: [String]) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(filePath: python ?? "")
        process.arguments = ["-B"] + arguments
        process.currentDirectoryURL = URL(filePath: script).deletingLastPathComponent()
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }
}
