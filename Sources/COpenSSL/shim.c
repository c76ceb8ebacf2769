#include "include/copenssl.h"

#include <openssl/crypto.h>

const char *ig_openssl_version(void) { return OpenSSL_version(OPENSSL_VERSION); }
