// The engine interface is deprecated in OpenSSL 3, and is what reaches PKCS#11 tokens on Debian 12.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "include/copenssl.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { minimum_bits = 2048, maximum_envelope = 1024 };

// One session at a time, and one module for the life of the process: libp11 keeps the module loaded and the token logged
// in, and neither it nor most modules can be loaded a second time.
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static ENGINE *engine;
static char module_path[PATH_MAX];
static int has_worked;

static ig_openssl_status begin(const char *module, const char *pin)
{
    const char *path = module == NULL ? "" : module;
    if (strlen(path) >= sizeof module_path) return IG_OPENSSL_ARGUMENT;
    if (*path != 0 && access(path, R_OK) != 0) return IG_TOKEN_MODULE;
    if (engine == NULL) {
        ENGINE_load_dynamic();
        ENGINE *found = ENGINE_by_id("pkcs11");
        if (found == NULL) return IG_TOKEN_ENGINE;
        // It writes to standard error by itself.
        ENGINE_ctrl_cmd_string(found, "QUIET", NULL, 0);
        if (*path != 0 && ENGINE_ctrl_cmd_string(found, "MODULE_PATH", path, 0) != 1) {
            ENGINE_free(found);
            return IG_TOKEN_MODULE;
        }
        engine = found;
        strcpy(module_path, path);
    }
    if (strcmp(path, module_path) != 0) return IG_TOKEN_MODULE;
    if (ENGINE_ctrl_cmd_string(engine, "PIN", pin, 0) != 1 || ENGINE_init(engine) != 1) {
        // What never worked is no reason to refuse another module, or this one when it is there.
        if (!has_worked) {
            ENGINE_free(engine);
            engine = NULL;
            module_path[0] = 0;
        }
        return IG_TOKEN_MODULE;
    }
    has_worked = 1;
    return IG_OPENSSL_OK;
}

static ig_openssl_status context(EVP_PKEY *key, int opens, EVP_PKEY_CTX **result)
{
    if (EVP_PKEY_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_bits(key) < minimum_bits) return IG_TOKEN_KIND;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, opens ? engine : NULL);
    if (context == NULL) return IG_OPENSSL_INTERNAL;
    if ((opens ? EVP_PKEY_decrypt_init(context) : EVP_PKEY_encrypt_init(context)) != 1
        || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1
        || EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) != 1
        || EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) != 1) {
        EVP_PKEY_CTX_free(context);
        return IG_OPENSSL_INTERNAL;
    }
    *result = context;
    return IG_OPENSSL_OK;
}

static ig_openssl_status within(
    const char *module, const char *uri, const char *pin, int opens, const uint8_t *input, size_t input_length,
    uint8_t *output, size_t capacity, size_t *output_length)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *state = NULL;
    uint8_t buffer[maximum_envelope];
    size_t length = sizeof buffer;

    ig_openssl_status status = begin(module, pin);
    if (status != IG_OPENSSL_OK) return status;
    key = opens ? ENGINE_load_private_key(engine, uri, NULL, NULL) : ENGINE_load_public_key(engine, uri, NULL, NULL);
    status = key == NULL ? IG_TOKEN_KEY : context(key, opens, &state);
    if (status == IG_OPENSSL_OK) {
        int done = opens ? EVP_PKEY_decrypt(state, buffer, &length, input, input_length)
                         : EVP_PKEY_encrypt(state, buffer, &length, input, input_length);
        if (done != 1) {
            status = opens ? IG_TOKEN_UNWRAP : IG_OPENSSL_INTERNAL;
        } else if (length > capacity) {
            status = IG_OPENSSL_BUFFER;
        } else {
            memcpy(output, buffer, length);
            *output_length = length;
        }
    }
    OPENSSL_cleanse(buffer, sizeof buffer);
    EVP_PKEY_CTX_free(state);
    EVP_PKEY_free(key);
    ENGINE_finish(engine);
    return status;
}

static ig_openssl_status alone(
    const char *module, const char *uri, const char *pin, int opens, const uint8_t *input, size_t input_length,
    uint8_t *output, size_t capacity, size_t *output_length)
{
    if (uri == NULL || pin == NULL || input == NULL || output == NULL || output_length == NULL || *uri == 0
        || input_length == 0 || input_length > (opens ? maximum_envelope : 190))
        return IG_OPENSSL_ARGUMENT;
    pthread_mutex_lock(&one_at_a_time);
    ERR_set_mark();
    ig_openssl_status status =
        within(module, uri, pin, opens, input, input_length, output, capacity, output_length);
    // What OpenSSL and the engine noted may quote the URI.
    ERR_pop_to_mark();
    pthread_mutex_unlock(&one_at_a_time);
    return status;
}

ig_openssl_status ig_token_wrap(
    const char *module, const char *uri, const char *pin, const uint8_t *secret, size_t secret_length,
    uint8_t *envelope, size_t capacity, size_t *envelope_length)
{
    return alone(module, uri, pin, 0, secret, secret_length, envelope, capacity, envelope_length);
}

ig_openssl_status ig_token_unwrap(
    const char *module, const char *uri, const char *pin, const uint8_t *envelope, size_t envelope_length,
    uint8_t *secret, size_t capacity, size_t *secret_length)
{
    return alone(module, uri, pin, 1, envelope, envelope_length, secret, capacity, secret_length);
}
