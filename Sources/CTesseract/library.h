// Inside CTesseract only.
#pragma once

namespace ctesseract {

/// The documented C interface of libtesseract 5 (capi.h), as far as it is used: our own prototypes, so that building
/// needs no header of the library.
struct Library {
    void *(*create)();
    void (*destroy)(void *);
    int (*set_variable)(void *, const char *, const char *);
    int (*init)(void *, const char *, const char *);
    void (*set_layout)(void *, int);
    void (*set_image)(void *, const unsigned char *, int, int, int, int);
    void (*set_resolution)(void *, int);
    int (*recognise)(void *, void *);
    void (*clear)(void *);
    void *(*iterator)(void *);
    void (*delete_iterator)(void *);
    const void *(*page_iterator)(const void *);
    int (*next)(void *, int);
    char *(*text)(const void *, int);
    float (*confidence)(const void *, int);
    int (*box)(const void *, int, int *, int *, int *, int *);
    void (*delete_text)(const char *);
    void *(*create_monitor)();
    void (*delete_monitor)(void *);
    void (*set_deadline)(void *, int);
};

/// The library, opened once; null where it is not installed.
const Library *library();

}  // namespace ctesseract
