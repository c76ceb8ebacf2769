import COpenSSL
import Foundation

/// An RSA key in a PKCS#11 token, as the key file names it.
public struct TokenKey: Sendable, Equatable {
    /// RFC 7512, such as `pkcs11:token=gateway;object=master`, without a PIN.
    public let uri: String
    /// The file with the PIN, readable by its owner only.
    public let pinFile: String
    /// The token's PKCS#11 module; nil for the one that OpenSSL's engine is set to.
    public let module: String?

    /// - Throws: `invalidValue` for a URI of another kind, or one with a PIN: that is read from a file only.
    public init(uri: String, pinFile: String, module: String?) throws(ConfigurationError) {
        guard uri.hasPrefix("pkcs11:"), !uri.contains("pin-value"), !uri.contains("pin-source"),
            uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw ConfigurationError(
                .invalidValue, at: "pkcs11.uri", "expected pkcs11:… (RFC 7512) without a PIN; that is in pinFile")
        }
        self.uri = uri
        self.pinFile = pinFile
        self.module = module
    }

    private static let envelopeLimit = 1024

    func wrap(_ secret: [UInt8], at place: String, folder: String) throws(ConfigurationError) -> [UInt8] {
        try unsafe use(secret, at: place, folder: folder) { module, pin, input, output, length in
            unsafe ig_token_wrap(
                module, uri, pin, input.baseAddress, input.count, output.baseAddress, output.count, &length)
        }
    }

    func unwrap(_ envelope: [UInt8], at place: String, folder: String) throws(ConfigurationError) -> [UInt8] {
        try unsafe use(envelope, at: place, folder: folder) { module, pin, input, output, length in
            unsafe ig_token_unwrap(
                module, uri, pin, input.baseAddress, input.count, output.baseAddress, output.count, &length)
        }
    }

    private func use(
        _ bytes: [UInt8], at place: String, folder: String,
        _ body: (
            UnsafePointer<CChar>?, UnsafePointer<CChar>, UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>,
            inout Int
        ) -> ig_openssl_status
    ) throws(ConfigurationError) -> [UInt8] {
        let pin = SecretFile.secretText(
            try SecretFile.read(resolved(pinFile, in: folder), at: "\(place).pinFile", called: "file of the PIN"))
        var length = 0
        var status = IG_OPENSSL_INTERNAL
        // Safe: the pointers do not leave the closures; the shim writes no more than the capacity it is told.
        let output = unsafe [UInt8](unsafeUninitializedCapacity: Self.envelopeLimit) { buffer, filled in
            unsafe pin.withCString { pin in
                unsafe bytes.withUnsafeBufferPointer { input in
                    if let module {
                        unsafe module.withCString { status = unsafe body($0, pin, input, buffer, &length) }
                    } else {
                        status = unsafe body(nil, pin, input, buffer, &length)
                    }
                }
            }
            filled = status == IG_OPENSSL_OK ? length : 0
        }
        guard status == IG_OPENSSL_OK else { throw Self.failure(status, at: place) }
        return output
    }

    private static func failure(_ status: ig_openssl_status, at place: String) -> ConfigurationError {
        switch status {
        case IG_TOKEN_ENGINE:
            ConfigurationError(
                .fileMissing, at: place, "OpenSSL has no engine for PKCS#11: install libengine-pkcs11-openssl")
        case IG_TOKEN_MODULE:
            ConfigurationError(
                .fileMissing, at: "\(place).module", "the PKCS#11 module cannot be loaded (one for each process)")
        case IG_TOKEN_KEY:
            ConfigurationError(
                .invalidValue, at: "\(place).uri", "the token has no such key, is not there, or refuses the PIN")
        case IG_TOKEN_KIND:
            ConfigurationError(.invalidValue, at: "\(place).uri", "the key is not RSA of at least 2048 bits")
        case IG_TOKEN_UNWRAP:
            ConfigurationError(
                .invalidValue, at: place, "the token does not open the master key: another key, or damaged")
        default:
            ConfigurationError(.invalidValue, at: place, "OpenSSL failed at the token")
        }
    }
}
