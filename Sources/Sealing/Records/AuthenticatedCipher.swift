internal import Crypto

/// AES-256-GCM (NIST SP 800-38D) with a 96-bit nonce and a 128-bit tag.
struct AuthenticatedCipher: Sendable {
    static let nonceLength = 12
    static let tagLength = 16
    private let key: SymmetricKey

    init(_ secret: Secret) { key = secret.symmetricKey }

    /// nonce ‖ ciphertext ‖ tag under a random nonce.
    func seal(_ plain: [UInt8], associatedData: [UInt8]) throws(SealingError) -> [UInt8] {
        let nonce = randomBytes(Self.nonceLength)
        return try nonce + seal(plain[...], nonce: nonce, associatedData: associatedData)
    }

    /// The inverse of `seal`.
    func open(_ sealed: ArraySlice<UInt8>, associatedData: [UInt8]) throws(SealingError) -> [UInt8] {
        guard sealed.count >= Self.nonceLength + Self.tagLength else { throw SealingError(.malformed) }
        return try open(
            sealed.dropFirst(Self.nonceLength), nonce: Array(sealed.prefix(Self.nonceLength)),
            associatedData: associatedData)
    }

    /// ciphertext ‖ tag under a nonce that the caller never uses twice.
    func seal(_ plain: ArraySlice<UInt8>, nonce: [UInt8], associatedData: [UInt8]) throws(SealingError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(
                plain, using: key, nonce: AES.GCM.Nonce(data: nonce), authenticating: associatedData)
            return Array(box.ciphertext) + Array(box.tag)
        } catch {
            throw SealingError(.cipher)
        }
    }

    /// The inverse: `notAuthentic` whatever the reason, so that it tells an attacker nothing.
    func open(_ sealed: ArraySlice<UInt8>, nonce: [UInt8], associatedData: [UInt8]) throws(SealingError) -> [UInt8] {
        guard sealed.count >= Self.tagLength else { throw SealingError(.malformed) }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: nonce), ciphertext: sealed.dropLast(Self.tagLength),
                tag: sealed.suffix(Self.tagLength))
            return Array(try AES.GCM.open(box, using: key, authenticating: associatedData))
        } catch {
            throw SealingError(.notAuthentic)
        }
    }
}
