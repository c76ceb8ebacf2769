import Synchronization
import Testing

@testable import Sealing

/// A key file that tests change.
final class KeyStand: Sendable {
    struct Unreadable: Error {}

    private let box: Mutex<(state: Int, keys: RotatingKeys, isReadable: Bool, reads: Int)>

    init(_ keys: RotatingKeys) { box = Mutex((1, keys, true, 0)) }

    var reads: Int { box.withLock { $0.reads } }

    func put(_ keys: RotatingKeys, isReadable: Bool = true) {
        box.withLock { $0 = ($0.state + 1, keys, isReadable, $0.reads) }
    }

    func makeReadable() { box.withLock { $0.isReadable = true } }

    var source: RotatingKeySource {
        RotatingKeySource(
            state: { [self] in [box.withLock { $0.state }] },
            read: { [self] in
                try box.withLock { box in
                    box.reads += 1
                    guard box.isReadable else { throw Unreadable() }
                    return box.keys
                }
            })
    }
}

@Suite struct RotatingKeysTests {
    let first: MasterKey
    let second: MasterKey
    let seed = SigningSeed(seed: .random())
    let stand: KeyStand
    let ring: KeyRing

    init() throws {
        first = try MasterKey(id: "m1", key: .random())
        second = try MasterKey(id: "m2", key: .random())
        let keys = try RotatingKeys(masters: [first], signing: [seed])
        stand = KeyStand(keys)
        ring = try KeyRing(
            installation: randomUUID(), rotating: keys, index: .random(), naming: .random(), pseudonym: .random(),
            source: stand.source, seen: [1])
    }

    private func both() throws -> RotatingKeys { try RotatingKeys(masters: [first, second], signing: [seed]) }

    @Test func `Every copy of a ring wraps with the new master key from the moment it is in the file`() throws {
        let (copy, key) = (ring, DataKey.random())
        let old = try copy.wrap(key)
        #expect(copy.isCurrent(old))
        stand.put(try both())
        #expect(try copy.wrap(key).masterID == "m2")
        #expect(try ring.wrap(key).masterID == "m2")
        #expect(!copy.isCurrent(old))
        #expect(try copy.unwrap(old) == key)
        #expect(try ring.rewrap(old).masterID == "m2")
    }

    @Test func `A file that did not change is read once`() throws {
        stand.put(try both())
        for _ in 0..<10 { _ = try ring.wrap(.random()) }
        #expect(stand.reads == 1)
    }

    @Test
    func `What cannot be read opens as before, wraps nothing, and is tried again for a master key that is missing`()
        throws
    {
        let key = DataKey.random()
        let other = try KeyRing(
            installation: ring.installation, rotating: both(), index: .random(), naming: .random(),
            pseudonym: .random())
        let wrapped = try other.wrap(key)
        let old = try ring.wrap(key)
        stand.put(try both(), isReadable: false)
        // What is wrapped with m1 now would be lost when m1 leaves the file.
        #expect(throws: SealingError(.keysUnreadable)) { try ring.wrap(key) }
        #expect(throws: SealingError(.keysUnreadable)) { try ring.confirm() }
        #expect(!ring.isCurrent(old))
        #expect(try ring.unwrap(old) == key)
        #expect(throws: SealingError(.unknownMaster)) { try ring.unwrap(wrapped) }
        #expect(throws: KeyStand.Unreadable.self) { try ring.reload() }
        stand.makeReadable()
        #expect(try ring.unwrap(wrapped) == key)
        #expect(ring.currentMasterID == "m2")
        #expect(try ring.wrap(key).masterID == "m2")
    }

    @Test func `A master key that left the file opens nothing any more`() throws {
        let wrapped = try ring.wrap(.random())
        stand.put(try RotatingKeys(masters: [second], signing: [seed]))
        #expect(throws: SealingError(.unknownMaster)) { try ring.unwrap(wrapped) }
    }

    @Test func `Each size of the log has one signing key, the later one from its size on, restores counted first`()
        throws
    {
        let later = [
            SigningSeed(seed: .random(), from: 100), SigningSeed(seed: .random(), epoch: 2, from: 50),
        ]
        stand.put(try RotatingKeys(masters: [first], signing: [seed] + later))
        #expect(ring.signingSeed(epoch: 1, size: 99) == seed.seed)
        #expect(ring.signingSeed(epoch: 1, size: 100) == later[0].seed)
        #expect(ring.signingSeed(epoch: 2, size: 49) == later[0].seed)
        #expect(ring.signingSeed(epoch: 2, size: 50) == later[1].seed)
        #expect(ring.signingSeed == later[1].seed)
    }

    @Test func `Keys that are none, twins or in no order are refused`() {
        #expect(throws: SealingError(.masterKeys)) { try RotatingKeys(masters: [], signing: [seed]) }
        #expect(throws: SealingError(.masterKeys)) { try RotatingKeys(masters: [first, first], signing: [seed]) }
        #expect(throws: SealingError(.signingKeys)) { try RotatingKeys(masters: [first], signing: []) }
        #expect(throws: SealingError(.signingKeys)) {
            try RotatingKeys(masters: [first], signing: [seed, SigningSeed(seed: .random())])
        }
    }
}
