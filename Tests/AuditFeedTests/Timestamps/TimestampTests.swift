import COpenSSL
import Foundation
import NIOSSL
import OutboundHTTP
import Testing
import Workflow

@testable import AuditFeed

@Suite struct TimestampTests {
    private let note = Array("imaging-gateway/0\n7\nroot\n".utf8)

    private func stamp(_ authority: StampingAuthority, trusting file: String? = nil) async throws -> [UInt8] {
        let client = try OutboundClient(
            peer: Peer(name: "timestamps", base: "http://127.0.0.1:\(authority.port)"))
        let outcome: Result<[UInt8], any Error>
        do {
            outcome = .success(
                try await TimestampAuthority(client: client, authorities: file ?? authority.authorities).stamp(note))
        } catch {
            outcome = .failure(error)
        }
        await client.shutdown()
        return try outcome.get()
    }

    private func code(_ mode: StampingAuthority.Mode, trustingOther: Bool = false) async throws -> String? {
        let authority = try StampingAuthority(mode)
        do {
            _ = try await stamp(authority, trusting: trustingOther ? authority.otherAuthorities : nil)
            return nil
        } catch let error as AdapterError {
            return error.code
        }
    }

    @Test
    func `A stamp of openssl's authority is taken, gives its time, and verifies by openssl ts -verify (RFC 3161)`()
        async throws
    {
        let authority = try StampingAuthority(.right)
        let before = Date().timeIntervalSince1970
        let stamp = try await stamp(authority)
        let time = try Timestamps.verify(stamp, over: note, authorities: authority.authorities)
        #expect(abs(Double(time.microseconds) / 1_000_000 - before) < 60)
        try Data(note).write(to: URL(fileURLWithPath: "\(authority.folder)/note"))
        try Data(stamp).write(to: URL(fileURLWithPath: "\(authority.folder)/7.tsr"))
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.currentDirectoryURL = URL(fileURLWithPath: authority.folder)
        openssl.arguments = ["openssl", "ts", "-verify", "-in", "7.tsr", "-data", "note", "-CAfile", "ca.pem"]
        openssl.standardOutput = FileHandle.nullDevice
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        #expect(openssl.terminationStatus == 0)
    }

    @Test func `A stamp is one over these bytes, whole, and under these authorities`() async throws {
        let authority = try StampingAuthority(.right)
        let stamp = try await stamp(authority)
        func code(_ stamp: [UInt8], _ bytes: [UInt8], _ file: String) -> String? {
            do throws(AdapterError) {
                _ = try Timestamps.verify(stamp, over: bytes, authorities: file)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(stamp, note + [1], authority.authorities) == "timestamp.digest")
        #expect(code(stamp, note, authority.otherAuthorities) == "timestamp.untrusted")
        #expect(code(stamp, note, "/nowhere.pem") == "timestamp.authorities")
        #expect(code(Array(stamp.dropLast()), note, authority.authorities) == "timestamp.malformed")
        #expect(code([], note, authority.authorities) == "timestamp.malformed")
        var altered = stamp
        altered[altered.count - 20] ^= 1
        #expect(code(altered, note, authority.authorities) == "timestamp.signature")
    }

    @Test func `No bit of a stamp can be changed unseen but in what it does not sign`() async throws {
        let authority = try StampingAuthority(.right)
        let stamp = try await stamp(authority)
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix(state: seed)
        let time = try Timestamps.verify(stamp, over: note, authorities: authority.authorities)
        for _ in 0..<300 {
            var altered = stamp
            let place = Int.random(in: 0..<altered.count, using: &generator)
            altered[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            // Never a crash; where it is taken it says the same.
            let read = try? Timestamps.verify(altered, over: note, authorities: authority.authorities)
            #expect(read == nil || read == time, "seed \(seed), byte \(place)")
        }
    }

    @Test func `The wrong nonce, the wrong digest, a refusal and another media type are refused`() async throws {
        #expect(try await code(.wrongNonce) == "timestamp.nonce")
        #expect(try await code(.wrongDigest) == "timestamp.digest")
        #expect(try await code(.rejected) == "timestamp.rejected")
        #expect(try await code(.wrongType) == "timestamp.malformed")
    }

    @Test func `Another authority, an expired certificate, and one that is not for time stamps are refused`()
        async throws
    {
        #expect(try await code(.right, trustingOther: true) == "timestamp.untrusted")
        #expect(try await code(.expired) == "timestamp.expired")
        #expect(try await code(.noUsage) != nil)
    }

    @Test func `OpenSSL and the BoringSSL of swift-nio-ssl and swift-crypto live in one process`() throws {
        // Safe: a constant text of OpenSSL's.
        let version = unsafe String(cString: ig_openssl_version())
        #expect(version.hasPrefix("OpenSSL 3."))
        for _ in 0..<50 {
            _ = try NIOSSLContext(configuration: .makeClientConfiguration())
            #expect(try Timestamps.request(digest: .init(repeating: 7, count: 32), nonce: [0x41, 2]).count > 40)
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
