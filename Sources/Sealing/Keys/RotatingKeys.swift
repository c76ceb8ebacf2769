/// The seed of an Ed25519 key that signs checkpoints, and from where in the log's life it signs.
public struct SigningSeed: Sendable, Equatable {
    /// 32 bytes of RFC 8032.
    public let seed: Secret
    /// How often the log's end was lost in a restore, plus one, when this key took over (`MerkleLog.LogOrigin.epoch`).
    public let epoch: UInt64
    /// The smallest size of the log that this key signs; 0 for the first key. Only rotation makes others.
    public let from: UInt64

    /// A seed and where its reign begins.
    public init(seed: Secret, epoch: UInt64 = 1, from: UInt64 = 0) {
        self.seed = seed
        self.epoch = epoch
        self.from = from
    }

    func begins(before epoch: UInt64, _ size: UInt64) -> Bool { (self.epoch, from) <= (epoch, size) }
}

/// The keys of an installation that are exchanged while it runs: master keys and signing keys.
public struct RotatingKeys: Sendable, Equatable {
    /// Oldest first; the last one wraps new data keys.
    public let masters: [MasterKey]
    /// Oldest first, each from a later place in the log on.
    public let signing: [SigningSeed]

    /// - Throws: `masterKeys` for none or two of one id, `signingKeys` for none or an order that is none.
    public init(masters: [MasterKey], signing: [SigningSeed]) throws(SealingError) {
        guard !masters.isEmpty, Set(masters.map(\.id)).count == masters.count else {
            throw SealingError(.masterKeys)
        }
        guard !signing.isEmpty,
            zip(signing, signing.dropFirst()).allSatisfy({ ($0.epoch, $0.from) < ($1.epoch, $1.from) })
        else {
            throw SealingError(.signingKeys)
        }
        self.masters = masters
        self.signing = signing
    }
}

/// Where rotating keys are read again: the key file, as this module sees it.
public struct RotatingKeySource: Sendable {
    let state: @Sendable () -> [Int]?
    let read: @Sendable () throws -> RotatingKeys

    /// - Parameters:
    ///   - state: differs after every change, and costs next to nothing; nil where the file cannot be seen. It is asked
    ///     whenever a data key is wrapped or opened.
    ///   - read: the keys as they are now.
    public init(state: @escaping @Sendable () -> [Int]?, read: @escaping @Sendable () throws -> RotatingKeys) {
        self.state = state
        self.read = read
    }
}
