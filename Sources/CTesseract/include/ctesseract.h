#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What became of a call.
enum ctesseract_status {
    CTESSERACT_OK = 0,
    /// libtesseract.so.5 is not installed, or lacks a function of its documented C interface.
    CTESSERACT_NO_LIBRARY = 1,
    /// The data of the language are not installed.
    CTESSERACT_NO_LANGUAGE = 2,
    /// A side is zero or above 32,767.
    CTESSERACT_INVALID = 3,
    /// Recognition did not end within the time given.
    CTESSERACT_TIMEOUT = 4,
    /// The library or the allocator gave up.
    CTESSERACT_FAILED = 5,
};

/// How the picture is laid out: numbers of TessPageSegMode.
enum ctesseract_layout {
    CTESSERACT_BLOCK = 6,
    CTESSERACT_LINE = 7,
    CTESSERACT_SPARSE = 11,
};

/// One engine with its language; used by one thread at a time.
typedef struct ctesseract_engine ctesseract_engine;

/// One word: UTF-8 text ending in NUL, confidence 0…100, box in pixels of the picture, right and bottom exclusive.
typedef struct {
    char *text;
    float confidence;
    int32_t left, top, right, bottom;
} ctesseract_word;

/// Opens the library (found when first asked, so that nothing else needs it) and loads `language`.
///
/// On CTESSERACT_OK `*engine` is to be closed with `ctesseract_close`, otherwise NULL. Never prints.
int32_t ctesseract_open(const char *language, ctesseract_engine **engine);

void ctesseract_close(ctesseract_engine *engine);

/// Reads the words of an 8-bit grey picture, rows from top to bottom without padding.
///
/// `resolution` is in dots per inch; `milliseconds` bounds the time. On CTESSERACT_OK `*words` holds `*count` words,
/// to be given back with `ctesseract_free`; otherwise NULL and 0. Never prints; what the library throws is a status.
int32_t ctesseract_recognise(ctesseract_engine *engine, const uint8_t *pixels, int32_t width, int32_t height,
                             int32_t resolution, enum ctesseract_layout layout, int32_t milliseconds,
                             ctesseract_word **words, size_t *count);

void ctesseract_free(ctesseract_word *words, size_t count);

#ifdef __cplusplus
}
#endif
