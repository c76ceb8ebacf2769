import Testing

@testable import Sealing

/// Randomness that repeats: byte n is n.
func counted(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }

@Suite struct KeyRingTests {
    let ring: KeyRing

    init() throws { ring = try KeyRing.generate(randomness: counted) }

    @Test func `HKDF-SHA256 and HMAC-SHA256 give the values computed independently (RFC 5869, RFC 2104)`() throws {
        // Computed with Python's hmac: PRK = HMAC(0³², key), OKM = HMAC(PRK, info ‖ 01), key = bytes 00…1f.
        let secret = try Secret(counted(32))
        #expect(
            Hex.encode(secret.derived(for: "naming").exposedBytes)
                == "f2db27d084e9b9af4b6c26ba3ca4587d02820c005444bafc72b63c5bb1f1622e")
        #expect(
            Hex.encode(ring.indexValue(.patient, "hospital|4711"))
                == "85e6fdc20df25acebb66f208d1fbabaea4d49efb165a146f814bb28c04df236c")
    }

    @Test func `An index value depends on purpose, value and key`() throws {
        let value = ring.indexValue(.patient, "hospital|4711")
        #expect(value.count == 32)
        #expect(value == ring.indexValue(.patient, "hospital|4711"))
        #expect(value != ring.indexValue(.subject, "hospital|4711"))
        #expect(value != ring.indexValue(.patient, "hospital|4712"))
        #expect(value != (try KeyRing.generate()).indexValue(.patient, "hospital|4711"))
    }

    @Test func `A derived name is a version 8 UUID that no other list of parts gets (RFC 9562 §5.8)`() {
        let name = ring.derivedName(["A1", "1.2.3"])
        #expect(isUUID(name))
        #expect(Array(name)[14] == "8")
        #expect("89ab".contains(Array(name)[19]))
        #expect(name == ring.derivedName(["A1", "1.2.3"]))
        #expect(name != ring.derivedName(["A11", ".2.3"]))
        #expect(name != ring.derivedName(["A1", "1.2.3", ""]))
    }

    @Test func `Rotation of the master key leaves names, index values and pseudonyms as they are`() throws {
        let rotated = try ring.adding(MasterKey(id: "m2", key: .random()))
        #expect(rotated.derivedName(["x"]) == ring.derivedName(["x"]))
        #expect(rotated.indexValue(.study, "1.2") == ring.indexValue(.study, "1.2"))
        #expect(rotated.pseudonyms.uid(for: "1.2") == ring.pseudonyms.uid(for: "1.2"))
    }

    @Test func `A wrapped data key opens only with its master key, id and installation`() throws {
        let key = DataKey.random()
        let wrapped = try ring.wrap(key)
        #expect(try ring.unwrap(wrapped) == key)
        let renamed = WrappedKey(dataKeyID: DataKey.random().id, masterID: "m1", bytes: wrapped.bytes)
        #expect(throws: SealingError(.notAuthentic)) { try ring.unwrap(renamed) }
        let other = try KeyRing.generate()
        #expect(throws: SealingError(.notAuthentic)) { try other.unwrap(wrapped) }
        let unknown = WrappedKey(dataKeyID: key.id, masterID: "m9", bytes: wrapped.bytes)
        #expect(throws: SealingError(.unknownMaster)) { try ring.unwrap(unknown) }
        #expect(throws: SealingError(.malformed, at: "wrapped key")) {
            try ring.unwrap(WrappedKey(dataKeyID: key.id, masterID: "m1", bytes: []))
        }
    }

    @Test func `Rewrapping moves a data key to the current master key`() throws {
        let key = DataKey.random()
        let rotated = try ring.adding(MasterKey(id: "m2", key: .random()))
        let rewrapped = try rotated.rewrap(ring.wrap(key))
        #expect(rewrapped.masterID == "m2")
        #expect(try rotated.unwrap(rewrapped) == key)
        #expect(throws: SealingError(.unknownMaster)) { try ring.unwrap(rewrapped) }
    }

    @Test func `A ring without master keys, with twins or without an installation is refused`() throws {
        let secret = Secret.random()
        let master = try MasterKey(id: "m1", key: secret)
        func ring(_ installation: String, _ masters: [MasterKey]) throws -> KeyRing {
            try KeyRing(
                installation: installation, masters: masters, index: secret, naming: secret, pseudonym: secret,
                signing: secret)
        }
        let id = randomUUID()
        #expect(throws: SealingError(.masterKeys)) { try ring(id, []) }
        #expect(throws: SealingError(.masterKeys)) { try ring(id, [master, master]) }
        #expect(throws: SealingError(.identifier, at: "installation")) { try ring("Hospital", [master]) }
        #expect(throws: SealingError(.keyLength)) { try Secret([1, 2, 3]) }
        #expect(throws: SealingError(.identifier, at: "master key id")) { try MasterKey(id: "a b", key: secret) }
    }

    @Test func `A key file can be written from a ring and read back`() throws {
        let exported = ring.exportedSecrets()
        let again = try KeyRing(
            installation: exported.installation, rotating: exported.rotating, index: exported.index,
            naming: exported.naming, pseudonym: exported.pseudonym)
        #expect(again.exportedSecrets() == exported)
    }

    @Test func `Nothing that holds a secret prints it`() throws {
        let bytes = [UInt8](repeating: 0xab, count: 32)
        let secret = try Secret(bytes)
        let ring = try KeyRing.generate { [UInt8](repeating: 0xab, count: $0) }
        let key = DataKey(id: try DataKeyID(bytes: [UInt8](repeating: 1, count: 16)), secret: secret)
        var text = ""
        for value: Any in [secret, ring, ring.exportedSecrets(), ring.masters, key, ring.pseudonyms] {
            dump(value, to: &text)
            text += "\(value)" + String(reflecting: value)
        }
        #expect(text.contains("<redacted>"))
        #expect(!text.contains("171"))
        // The installation of this ring is made of the same bytes; it is not a secret.
        #expect(!text.replacing(ring.installation, with: "").contains("abab"))
    }
}
