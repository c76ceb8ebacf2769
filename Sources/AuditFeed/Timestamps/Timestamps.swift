internal import COpenSSL
internal import Sealing
public import Workflow

/// Time stamps by RFC 3161, made and checked by OpenSSL.
public enum Timestamps {
    /// When the bytes were stamped, by a stamp that is right: over these bytes, signed by a certificate with the
    /// extended key usage timeStamping that led to one of the authorities when the stamp was made.
    /// - Parameters:
    ///   - stamp: a TimeStampResp in DER, as `.tsr` files hold it.
    ///   - bytes: what was stamped.
    ///   - authorities: PEM file with the certificates that are believed.
    /// - Throws: `incorrect` `timestamp.malformed`, `timestamp.rejected`, `timestamp.digest`, `timestamp.nonce`,
    ///   `timestamp.untrusted`, `timestamp.expired`, `timestamp.signature`; `fault` `timestamp.authorities`.
    public static func verify(
        _ stamp: [UInt8], over bytes: [UInt8], authorities: String
    ) throws(AdapterError) -> Timestamp {
        try verify(stamp, digest: Digest.sha256(bytes).bytes, nonce: [], authorities: authorities, atItsTime: true)
    }

    static func verify(
        _ stamp: [UInt8], digest: [UInt8], nonce: [UInt8], authorities: String, atItsTime: Bool
    ) throws(AdapterError) -> Timestamp {
        var microseconds: Int64 = 0
        // Safe: the pointers do not leave the call, and the lengths are those of the arrays.
        let status = unsafe ig_timestamp_verify(
            stamp, stamp.count, digest, nonce, nonce.count, authorities, atItsTime ? 1 : 0, &microseconds)
        guard status == IG_OPENSSL_OK else { throw error(status) }
        return Timestamp(microseconds: microseconds)
    }

    /// A TimeStampReq in DER.
    static func request(digest: [UInt8], nonce: [UInt8]) throws(AdapterError) -> [UInt8] {
        var status = IG_OPENSSL_INTERNAL
        // Safe: the shim writes no more than the capacity that it is told, and says how much it wrote.
        let request = unsafe [UInt8](unsafeUninitializedCapacity: 256) { buffer, filled in
            unsafe status = ig_timestamp_request(
                digest, nonce, nonce.count, buffer.baseAddress, buffer.count, &filled)
            if status != IG_OPENSSL_OK { filled = 0 }
        }
        guard status == IG_OPENSSL_OK else { throw error(status) }
        return request
    }

    private static func error(_ status: ig_openssl_status) -> AdapterError {
        switch status {
        case IG_TIMESTAMP_AUTHORITIES: AdapterError(.fault, code: "timestamp.authorities")
        case IG_TIMESTAMP_MALFORMED, IG_OPENSSL_ARGUMENT: AdapterError(.incorrect, code: "timestamp.malformed")
        case IG_TIMESTAMP_REJECTED: AdapterError(.unavailable, code: "timestamp.rejected")
        case IG_TIMESTAMP_DIGEST: AdapterError(.incorrect, code: "timestamp.digest")
        case IG_TIMESTAMP_NONCE: AdapterError(.incorrect, code: "timestamp.nonce")
        case IG_TIMESTAMP_UNTRUSTED: AdapterError(.incorrect, code: "timestamp.untrusted")
        case IG_TIMESTAMP_EXPIRED: AdapterError(.incorrect, code: "timestamp.expired")
        case IG_TIMESTAMP_SIGNATURE: AdapterError(.incorrect, code: "timestamp.signature")
        default: AdapterError(.fault, code: "timestamp.openssl")
        }
    }
}
