internal import COpenSSL
internal import DICOM
internal import Sealing

/// Who may undo a de-identification: the certificates of those for whom the original attributes are sealed.
public struct EnvelopeRecipients: Sendable, Hashable {
    /// How many there are.
    public let count: Int
    let pem: [UInt8]

    /// - Parameter pem: one or more X.509 certificates, with RSA keys of at least 2048 bits or EC keys. Whether they
    /// have   expired, and who signed them, is not asked: whoever writes the list decides.
    /// - Throws: `recipientsUnusable`.
    public init(pem: [UInt8]) throws(DeidentificationError) {
        var count = 0
        let status = unsafe pem.withUnsafeBufferPointer { text in
            unsafe ig_cms_recipients(text.baseAddress, text.count, &count)
        }
        guard status == IG_OPENSSL_OK else { throw DeidentificationError(.recipientsUnusable) }
        self.count = count
        self.pem = pem
    }

    /// SHA-256 (hexadecimal) of the certificates as they were given: another list is another digest.
    public var digest: String { Digest.sha256(pem).hex }

    /// CMS EnvelopedData in DER. Throws `originalNotSealed`.
    func seal(_ content: [UInt8]) throws(DeidentificationError) -> [UInt8] {
        // What certificates add (issuer names, wrapped keys) is no more than they are long themselves.
        var sealed = [UInt8](repeating: 0, count: content.count + pem.count + 4096 * (count + 1))
        var length = 0
        let capacity = sealed.count
        let status = unsafe pem.withUnsafeBufferPointer { pem in
            unsafe content.withUnsafeBufferPointer { content in
                unsafe sealed.withUnsafeMutableBufferPointer { sealed in
                    unsafe ig_cms_seal(
                        pem.baseAddress, pem.count, content.baseAddress, content.count, sealed.baseAddress, capacity,
                        &length)
                }
            }
        }
        guard status == IG_OPENSSL_OK else { throw DeidentificationError(.originalNotSealed) }
        return Array(sealed[..<length])
    }
}

/// One recipient's private key, for opening. It prints nothing.
public struct EnvelopeKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: [UInt8]
    private let certificate: [UInt8]

    /// - Parameters:
    ///   - key: the private key in PEM, without a passphrase.
    ///   - certificate: the certificate it belongs to, in PEM.
    public init(key: [UInt8], certificate: [UInt8]) {
        self.key = key
        self.certificate = certificate
    }

    /// Always `EnvelopeKey`.
    public var description: String { "EnvelopeKey" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// The content of an envelope. Throws `envelopeUnreadable`.
    func open(_ sealed: [UInt8]) throws(DeidentificationError) -> [UInt8] {
        var content = [UInt8](repeating: 0, count: sealed.count)
        var length = 0
        let status = unsafe key.withUnsafeBufferPointer { key in
            unsafe certificate.withUnsafeBufferPointer { certificate in
                unsafe sealed.withUnsafeBufferPointer { sealed in
                    unsafe content.withUnsafeMutableBufferPointer { content in
                        unsafe ig_cms_open(
                            key.baseAddress, key.count, certificate.baseAddress, certificate.count,
                            sealed.baseAddress, sealed.count, content.baseAddress, content.count, &length)
                    }
                }
            }
        }
        guard status == IG_OPENSSL_OK else { throw DeidentificationError(.envelopeUnreadable) }
        return Array(content[..<length])
    }
}
