#ifndef COPENSSL_H
#define COPENSSL_H

/// The version of the linked OpenSSL, such as "OpenSSL 3.0.22 25 Aug 2026".
const char *ig_openssl_version(void);

#endif
