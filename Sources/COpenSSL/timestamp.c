#include "include/copenssl.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>
#include <string.h>
#include <time.h>

enum { digest_length = 32, maximum_nonce = 20, maximum_response = 1 << 20 };

static TS_REQ *request(const uint8_t *digest, const uint8_t *nonce, size_t nonce_length)
{
    TS_REQ *request = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    BIGNUM *number = NULL;
    ASN1_INTEGER *integer = NULL;
    int good = request != NULL && imprint != NULL && algorithm != NULL
        && X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1
        && TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1
        && TS_MSG_IMPRINT_set_msg(imprint, (unsigned char *)digest, digest_length) == 1
        && TS_REQ_set_version(request, 1) == 1 && TS_REQ_set_msg_imprint(request, imprint) == 1
        && TS_REQ_set_cert_req(request, 1) == 1;
    if (good && nonce_length > 0) {
        number = BN_bin2bn(nonce, (int)nonce_length, NULL);
        integer = number == NULL ? NULL : BN_to_ASN1_INTEGER(number, NULL);
        good = integer != NULL && TS_REQ_set_nonce(request, integer) == 1;
    }
    ASN1_INTEGER_free(integer);
    BN_free(number);
    X509_ALGOR_free(algorithm);
    TS_MSG_IMPRINT_free(imprint);
    if (good) return request;
    TS_REQ_free(request);
    return NULL;
}

ig_openssl_status ig_timestamp_request(
    const uint8_t digest[32], const uint8_t *nonce, size_t nonce_length,
    uint8_t *output, size_t capacity, size_t *output_length)
{
    if (digest == NULL || nonce == NULL || output == NULL || output_length == NULL || nonce_length == 0
        || nonce_length > maximum_nonce)
        return IG_OPENSSL_ARGUMENT;
    ERR_set_mark();
    TS_REQ *made = request(digest, nonce, nonce_length);
    int length = made == NULL ? -1 : i2d_TS_REQ(made, NULL);
    ig_openssl_status status = IG_OPENSSL_OK;
    if (length <= 0) {
        status = IG_OPENSSL_INTERNAL;
    } else if ((size_t)length > capacity) {
        status = IG_OPENSSL_BUFFER;
    } else {
        unsigned char *end = output;
        i2d_TS_REQ(made, &end);
        *output_length = (size_t)length;
    }
    TS_REQ_free(made);
    ERR_pop_to_mark();
    return status;
}

// The time of a stamp, with its fraction of a second (RFC 3161 §2.4.2: as many digits as the authority likes).
static int generation_time(const ASN1_GENERALIZEDTIME *time, int64_t *seconds, int64_t *microseconds)
{
    struct tm parts;
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    *seconds = (int64_t)timegm(&parts);
    *microseconds = 0;
    const unsigned char *text = ASN1_STRING_get0_data(time);
    const unsigned char *point = memchr(text, '.', (size_t)ASN1_STRING_length(time));
    if (point == NULL) return 1;
    int64_t unit = 100000;
    for (const unsigned char *digit = point + 1;
         digit < text + ASN1_STRING_length(time) && *digit >= '0' && *digit <= '9' && unit > 0; digit++, unit /= 10)
        *microseconds += (*digit - '0') * unit;
    return 1;
}

static _Thread_local int chain_error;

static int note_chain_error(int good, X509_STORE_CTX *context)
{
    if (!good) chain_error = X509_STORE_CTX_get_error(context);
    return good;
}

static ig_openssl_status reason(void)
{
    switch (chain_error) {
    case X509_V_OK: break;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID: return IG_TIMESTAMP_EXPIRED;
    default: return IG_TIMESTAMP_UNTRUSTED;
    }
    unsigned long error = ERR_peek_last_error();
    if (ERR_GET_LIB(error) != ERR_LIB_TS) return IG_TIMESTAMP_SIGNATURE;
    switch (ERR_GET_REASON(error)) {
    case TS_R_MESSAGE_IMPRINT_MISMATCH: return IG_TIMESTAMP_DIGEST;
    case TS_R_NONCE_MISMATCH:
    case TS_R_NONCE_NOT_RETURNED: return IG_TIMESTAMP_NONCE;
    case TS_R_NO_TIME_STAMP_TOKEN: return IG_TIMESTAMP_REJECTED;
    case TS_R_CERTIFICATE_VERIFY_ERROR:
    case TS_R_ESS_SIGNING_CERTIFICATE_ERROR: return IG_TIMESTAMP_UNTRUSTED;
    case TS_R_UNSUPPORTED_VERSION: return IG_TIMESTAMP_MALFORMED;
    default: return IG_TIMESTAMP_SIGNATURE;
    }
}

static ig_openssl_status verify(
    TS_RESP *response, TS_REQ *asked, const char *authorities, int at_its_time, int64_t *microseconds)
{
    long granted = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response)));
    if (granted != TS_STATUS_GRANTED && granted != TS_STATUS_GRANTED_WITH_MODS) return IG_TIMESTAMP_REJECTED;
    TS_TST_INFO *stamp = TS_RESP_get_tst_info(response);
    int64_t seconds, fraction;
    if (stamp == NULL || !generation_time(TS_TST_INFO_get_time(stamp), &seconds, &fraction))
        return IG_TIMESTAMP_MALFORMED;

    X509_STORE *store = X509_STORE_new();
    TS_VERIFY_CTX *context = asked == NULL ? NULL : TS_REQ_to_TS_VERIFY_CTX(asked, NULL);
    ig_openssl_status status;
    if (store == NULL || context == NULL) {
        status = IG_OPENSSL_INTERNAL;
        X509_STORE_free(store);
    } else if (X509_STORE_load_file(store, authorities) != 1) {
        status = IG_TIMESTAMP_AUTHORITIES;
        X509_STORE_free(store);
    } else {
        X509_STORE_set_verify_cb(store, note_chain_error);
        if (at_its_time) X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)seconds);
        TS_VERIFY_CTX_set_store(context, store);  // The context owns the store from here on.
        TS_VERIFY_CTX_add_flags(context, TS_VFY_SIGNATURE);
        chain_error = X509_V_OK;
        status = TS_RESP_verify_response(context, response) == 1 ? IG_OPENSSL_OK : reason();
    }
    TS_VERIFY_CTX_free(context);
    if (status == IG_OPENSSL_OK) *microseconds = seconds * 1000000 + fraction;
    return status;
}

ig_openssl_status ig_timestamp_verify(
    const uint8_t *bytes, size_t length, const uint8_t digest[32],
    const uint8_t *nonce, size_t nonce_length, const char *authorities, int at_its_time, int64_t *microseconds)
{
    if (bytes == NULL || length == 0 || length > maximum_response || digest == NULL || nonce_length > maximum_nonce
        || (nonce == NULL && nonce_length > 0) || authorities == NULL || microseconds == NULL)
        return IG_OPENSSL_ARGUMENT;
    ERR_set_mark();
    const unsigned char *end = bytes;
    TS_RESP *response = d2i_TS_RESP(NULL, &end, (long)length);
    ig_openssl_status status = IG_TIMESTAMP_MALFORMED;
    if (response != NULL && end == bytes + length) {
        TS_REQ *asked = request(digest, nonce, nonce_length);
        status = verify(response, asked, authorities, at_its_time, microseconds);
        TS_REQ_free(asked);
    }
    TS_RESP_free(response);
    ERR_pop_to_mark();
    return status;
}
