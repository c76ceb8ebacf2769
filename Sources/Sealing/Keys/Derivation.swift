internal import Crypto

extension Secret {
    /// HKDF-SHA256 (RFC 5869) with the purpose label as info: keys of different purposes say nothing about each other.
    func derived(for purpose: String) -> Secret {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: symmetricKey, info: Array("imaging-gateway/v1/\(purpose)".utf8),
            outputByteCount: Self.length)
        return Secret(trusted: key.copiedBytes)
    }

    /// HMAC-SHA256 (RFC 2104).
    func authenticationCode(for bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: symmetricKey))
    }

    /// HMAC-SHA256 with the key already worked in, for keys that are used all the time.
    var preparedAuthentication: PreparedAuthentication { PreparedAuthentication(self) }

    var symmetricKey: SymmetricKey { SymmetricKey(data: exposedBytes) }
}

extension SymmetricKey {
    fileprivate var copiedBytes: [UInt8] {
        // Safe: the pointer does not leave the closure and every byte of the key is initialised.
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}

/// HMAC-SHA256 (RFC 2104) under one key: both keyed states are kept, so that each code costs two blocks less.
struct PreparedAuthentication: Sendable {
    private let state: HMAC<SHA256>

    init(_ secret: Secret) { state = HMAC<SHA256>(key: secret.symmetricKey) }

    func code(for bytes: [UInt8]) -> [UInt8] {
        var state = state
        state.update(data: bytes)
        return Array(state.finalize())
    }
}
