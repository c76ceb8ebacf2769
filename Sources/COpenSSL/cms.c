#include "include/copenssl.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

enum { minimum_bits = 2048, minimum_curve_bits = 224, maximum_certificates = 64, maximum_pem = 1 << 20 };

// No passphrase is ever asked for.
static int no_passphrase(char *buffer, int size, int is_write, void *context)
{
    (void)buffer, (void)size, (void)is_write, (void)context;
    return -1;
}

static BIO *view(const uint8_t *bytes, size_t length)
{
    return length > 0 && length <= INT_MAX ? BIO_new_mem_buf(bytes, (int)length) : NULL;
}

static int is_fit(X509 *certificate)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    if (key == NULL) return 0;
    switch (EVP_PKEY_base_id(key)) {
    case EVP_PKEY_RSA: return EVP_PKEY_bits(key) >= minimum_bits;
    case EVP_PKEY_EC: return EVP_PKEY_bits(key) >= minimum_curve_bits;
    default: return 0;
    }
}

static ig_openssl_status certificates(const uint8_t *pem, size_t length, STACK_OF(X509) **result)
{
    *result = NULL;
    BIO *text = length <= maximum_pem ? view(pem, length) : NULL;
    STACK_OF(X509) *found = sk_X509_new_null();
    ig_openssl_status status = text == NULL || found == NULL ? IG_CMS_CERTIFICATE : IG_OPENSSL_OK;
    while (status == IG_OPENSSL_OK) {
        X509 *certificate = PEM_read_bio_X509(text, NULL, no_passphrase, NULL);
        if (certificate == NULL) {
            // The end of the text is no error; a certificate that is broken is one.
            if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) status = IG_CMS_CERTIFICATE;
            break;
        }
        if (sk_X509_num(found) >= maximum_certificates || sk_X509_push(found, certificate) <= 0) {
            X509_free(certificate);
            status = IG_CMS_CERTIFICATE;
        } else if (!is_fit(certificate)) {
            status = IG_CMS_KIND;
        }
    }
    BIO_free(text);
    if (status == IG_OPENSSL_OK && sk_X509_num(found) == 0) status = IG_CMS_CERTIFICATE;
    if (status == IG_OPENSSL_OK) {
        *result = found;
    } else {
        sk_X509_pop_free(found, X509_free);
    }
    return status;
}

ig_openssl_status ig_cms_recipients(const uint8_t *pem, size_t length, size_t *count)
{
    if (pem == NULL || count == NULL) return IG_OPENSSL_ARGUMENT;
    ERR_set_mark();
    STACK_OF(X509) *found;
    ig_openssl_status status = certificates(pem, length, &found);
    if (status == IG_OPENSSL_OK) *count = (size_t)sk_X509_num(found);
    sk_X509_pop_free(found, X509_free);
    ERR_pop_to_mark();
    return status;
}

// RSA-OAEP with SHA-256 for RSA (RFC 8017 §7.1), ephemeral-static ECDH with the SHA-256 key derivation for EC.
static int add(CMS_ContentInfo *envelope, X509 *certificate)
{
    CMS_RecipientInfo *recipient = CMS_add1_recipient_cert(envelope, certificate, CMS_KEY_PARAM);
    if (recipient == NULL) return 0;
    EVP_PKEY_CTX *context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
    if (context == NULL) return 0;
    if (EVP_PKEY_base_id(X509_get0_pubkey(certificate)) == EVP_PKEY_RSA)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1
            && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1;
    return EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) == 1;
}

ig_openssl_status ig_cms_seal(
    const uint8_t *pem, size_t pem_length, const uint8_t *content, size_t content_length,
    uint8_t *sealed, size_t capacity, size_t *sealed_length)
{
    if (pem == NULL || content == NULL || content_length == 0 || content_length > INT_MAX / 2 || sealed == NULL
        || sealed_length == NULL)
        return IG_OPENSSL_ARGUMENT;
    ERR_set_mark();
    STACK_OF(X509) *recipients;
    ig_openssl_status status = certificates(pem, pem_length, &recipients);
    BIO *plain = status == IG_OPENSSL_OK ? view(content, content_length) : NULL;
    unsigned int flags = CMS_BINARY | CMS_PARTIAL;
    CMS_ContentInfo *envelope = plain == NULL ? NULL : CMS_encrypt(NULL, NULL, EVP_aes_256_cbc(), flags);
    if (status == IG_OPENSSL_OK) {
        int good = envelope != NULL;
        for (int index = 0; good && index < sk_X509_num(recipients); index++)
            good = add(envelope, sk_X509_value(recipients, index));
        good = good && CMS_final(envelope, plain, NULL, flags) == 1;
        int length = good ? i2d_CMS_ContentInfo(envelope, NULL) : -1;
        if (length <= 0) {
            status = IG_OPENSSL_INTERNAL;
        } else if ((size_t)length > capacity) {
            status = IG_OPENSSL_BUFFER;
        } else {
            unsigned char *end = sealed;
            i2d_CMS_ContentInfo(envelope, &end);
            *sealed_length = (size_t)length;
        }
    }
    CMS_ContentInfo_free(envelope);
    BIO_free(plain);
    sk_X509_pop_free(recipients, X509_free);
    ERR_pop_to_mark();
    return status;
}

static ig_openssl_status opened(
    CMS_ContentInfo *envelope, EVP_PKEY *key, X509 *certificate, uint8_t *content, size_t capacity, size_t *length)
{
    if (OBJ_obj2nid(CMS_get0_type(envelope)) != NID_pkcs7_enveloped) return IG_CMS_MALFORMED;
    BIO *plain = BIO_new(BIO_s_mem());
    if (plain == NULL) return IG_OPENSSL_INTERNAL;
    ig_openssl_status status = IG_CMS_OPEN;
    if (CMS_decrypt(envelope, key, certificate, NULL, plain, CMS_BINARY) == 1) {
        char *bytes;
        long count = BIO_get_mem_data(plain, &bytes);
        if (count < 0) {
            status = IG_OPENSSL_INTERNAL;
        } else if ((size_t)count > capacity) {
            status = IG_OPENSSL_BUFFER;
        } else {
            memcpy(content, bytes, (size_t)count);
            *length = (size_t)count;
            status = IG_OPENSSL_OK;
        }
        if (count > 0) OPENSSL_cleanse(bytes, (size_t)count);
    }
    BIO_free(plain);
    return status;
}

ig_openssl_status ig_cms_open(
    const uint8_t *key_pem, size_t key_length, const uint8_t *certificate_pem, size_t certificate_length,
    const uint8_t *sealed, size_t sealed_length, uint8_t *content, size_t capacity, size_t *content_length)
{
    if (key_pem == NULL || certificate_pem == NULL || sealed == NULL || sealed_length == 0 || sealed_length > INT_MAX
        || content == NULL || content_length == NULL)
        return IG_OPENSSL_ARGUMENT;
    ERR_set_mark();
    BIO *key_text = view(key_pem, key_length);
    BIO *certificate_text = view(certificate_pem, certificate_length);
    EVP_PKEY *key = key_text == NULL ? NULL : PEM_read_bio_PrivateKey(key_text, NULL, no_passphrase, NULL);
    X509 *certificate =
        certificate_text == NULL ? NULL : PEM_read_bio_X509(certificate_text, NULL, no_passphrase, NULL);
    const unsigned char *end = sealed;
    CMS_ContentInfo *envelope = d2i_CMS_ContentInfo(NULL, &end, (long)sealed_length);
    // The value of a data element has an even length: one byte may follow.
    size_t rest = envelope == NULL ? 0 : (size_t)(sealed + sealed_length - end);
    ig_openssl_status status;
    if (key == NULL) {
        status = IG_CMS_KEY;
    } else if (certificate == NULL) {
        status = IG_CMS_CERTIFICATE;
    } else if (X509_check_private_key(certificate, key) != 1) {
        status = IG_CMS_KEY;
    } else if (envelope == NULL || rest > 1 || (rest == 1 && *end != 0)) {
        status = IG_CMS_MALFORMED;
    } else {
        status = opened(envelope, key, certificate, content, capacity, content_length);
    }
    CMS_ContentInfo_free(envelope);
    X509_free(certificate);
    EVP_PKEY_free(key);
    BIO_free(certificate_text);
    BIO_free(key_text);
    ERR_pop_to_mark();
    return status;
}
