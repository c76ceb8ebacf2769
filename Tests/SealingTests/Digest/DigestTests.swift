import Testing

@testable import Sealing

@Suite struct DigestTests {
    @Test func `SHA-256 of "abc" and of nothing (FIPS 180-4 examples)`() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Digest.sha256(Array("abc".utf8)).hex == abc)
        #expect(Digest.sha256([]).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest(hex: abc) == Digest.sha256(Array("abc".utf8)))
        #expect(Digest(hex: "ba78") == nil)
    }

    @Test func `Pieces give the digest of the whole`() {
        var hasher = SHA256Hasher()
        hasher.update([0x61])
        hasher.update([0x00, 0x62, 0x63][1...])
        #expect(hasher.finalize() == Digest.sha256(Array("abc".utf8)))
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("foobar", "Zm9vYmFy"),
    ])
    func `base64url as in RFC 4648 §10, without padding`(plain: String, text: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == text)
        #expect(Base64URL.decode(text) == Array(plain.utf8))
    }

    @Test func `Each byte string has one base64url text`() {
        #expect(Base64URL.encode([0xfb, 0xff]) == "-_8")
        for wrong in ["Zg==", "Zh", "Z", "Zg ", "+/8", "ZZZZZ"] { #expect(Base64URL.decode(wrong) == nil) }
        for length in 0..<70 {
            let bytes = randomBytes(length)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        }
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode("012") == nil)
    }

    @Test func `A random UUID is of version 4 and never the same`() {
        let ids = (0..<100).map { _ in randomUUID() }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { isUUID($0) && Array($0)[14] == "4" })
    }
}
