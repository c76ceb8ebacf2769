#ifndef COPENSSL_H
#define COPENSSL_H

#include <stddef.h>
#include <stdint.h>

// OpenSSL for what swift-crypto has not: keys in a PKCS#11 token, RFC 3161 time stamps, and CMS envelopes. No type of
// OpenSSL's appears here. Every function returns a status; no text of OpenSSL's leaves, and nothing secret is kept or
// printed. Functions may be called from any thread; those on a token run one after the other.

typedef enum {
    IG_OPENSSL_OK = 0,
    // An argument that cannot be right, such as an empty path or a length out of range.
    IG_OPENSSL_ARGUMENT = 1,
    // The output does not fit into the buffer.
    IG_OPENSSL_BUFFER = 2,
    // OpenSSL itself failed: no memory, no randomness.
    IG_OPENSSL_INTERNAL = 3,

    // The engine `pkcs11` is not installed (Debian: libengine-pkcs11-openssl).
    IG_TOKEN_ENGINE = 10,
    // The token's module cannot be loaded, or another one is loaded already: there is one for each process.
    IG_TOKEN_MODULE = 11,
    // The key was not found: another token, another label, or a PIN that is wrong.
    IG_TOKEN_KEY = 12,
    // The key is not RSA, or is shorter than 2048 bits.
    IG_TOKEN_KIND = 13,
    // The token did not open the envelope: it was made for another key, or altered, or the key may not decrypt.
    IG_TOKEN_UNWRAP = 14,

    // The file of trusted authorities cannot be read, or holds none.
    IG_TIMESTAMP_AUTHORITIES = 20,
    // The bytes are no RFC 3161 answer.
    IG_TIMESTAMP_MALFORMED = 21,
    // The authority refused: a status other than granted.
    IG_TIMESTAMP_REJECTED = 22,
    // The stamp is over other bytes.
    IG_TIMESTAMP_DIGEST = 23,
    // The stamp answers another question.
    IG_TIMESTAMP_NONCE = 24,
    // The signer's certificate leads to none of the trusted authorities, or may not sign time stamps.
    IG_TIMESTAMP_UNTRUSTED = 25,
    // The signer's certificate, or one above it, was not valid then.
    IG_TIMESTAMP_EXPIRED = 26,
    // The signature is wrong.
    IG_TIMESTAMP_SIGNATURE = 27,

    // The text holds no certificate in PEM, or one that cannot be read, or more than 64.
    IG_CMS_CERTIFICATE = 30,
    // A certificate's key is neither RSA of at least 2048 bits nor EC of at least 224.
    IG_CMS_KIND = 31,
    // The private key cannot be read (PEM, without a passphrase), or is not the certificate's.
    IG_CMS_KEY = 32,
    // The bytes are no CMS EnvelopedData.
    IG_CMS_MALFORMED = 33,
    // The envelope was made for others, or was altered.
    IG_CMS_OPEN = 34,
} ig_openssl_status;

/// The version of the linked OpenSSL, such as "OpenSSL 3.0.22 25 Aug 2026".
const char *ig_openssl_version(void);

/// Seals `secret` (1…190 bytes) for an RSA key of a token: RSA-OAEP (RFC 8017 §7.1) with SHA-256 for both, by the
/// public half that lies in the token. `uri` is RFC 7512, without a PIN; `module` is the path of the PKCS#11 module, or
/// NULL for the engine's own; `pin` ends with 0; a token that is logged in already does not ask for
/// it again.
ig_openssl_status ig_token_wrap(
    const char *module, const char *uri, const char *pin, const uint8_t *secret, size_t secret_length,
    uint8_t *envelope, size_t capacity, size_t *envelope_length);

/// Opens such an envelope inside the token: the private key never leaves it.
ig_openssl_status ig_token_unwrap(
    const char *module, const char *uri, const char *pin, const uint8_t *envelope, size_t envelope_length,
    uint8_t *secret, size_t capacity, size_t *secret_length);

/// A TimeStampReq (RFC 3161 §2.4.1) in DER: SHA-256, this nonce, certificates asked for.
ig_openssl_status ig_timestamp_request(
    const uint8_t digest[32], const uint8_t *nonce, size_t nonce_length,
    uint8_t *request, size_t capacity, size_t *request_length);

/// Checks a TimeStampResp (RFC 3161 §2.4.2): status, imprint, nonce where one is given, signature, and a chain of
/// certificates with the critical extended key usage timeStamping up to one of `authorities` (a PEM file). With
/// `at_its_time` the chain must have been valid when the stamp was made, else it must be valid now.
/// `microseconds`: the stamp's time since 1970, in UTC.
ig_openssl_status ig_timestamp_verify(
    const uint8_t *response, size_t response_length, const uint8_t digest[32],
    const uint8_t *nonce, size_t nonce_length, const char *authorities, int at_its_time, int64_t *microseconds);

/// Checks certificates in PEM, one after another: each is one recipient. `count`: how many there are.
ig_openssl_status ig_cms_recipients(const uint8_t *pem, size_t length, size_t *count);

/// CMS EnvelopedData in DER (RFC 5652 §6) with AES-256-CBC for the holders of all these certificates: RSA-OAEP with
/// SHA-256, or ephemeral-static ECDH. It is longer than the content by some 300 bytes and 700 for each recipient.
ig_openssl_status ig_cms_seal(
    const uint8_t *certificates, size_t certificates_length, const uint8_t *content, size_t content_length,
    uint8_t *sealed, size_t capacity, size_t *sealed_length);

/// Opens such an envelope with the private key (PEM, no passphrase) of one recipient's certificate. One zero byte may
/// follow the envelope. `capacity` = `sealed_length` is always enough.
ig_openssl_status ig_cms_open(
    const uint8_t *key, size_t key_length, const uint8_t *certificate, size_t certificate_length,
    const uint8_t *sealed, size_t sealed_length, uint8_t *content, size_t capacity, size_t *content_length);

#endif
