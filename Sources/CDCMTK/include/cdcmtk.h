// The border to DCMTK: plain C, no exception passes it, nothing of C++ is seen from Swift.
// Foreign bytes reach DCMTK in three places only: text of a character set, a deflated stream, encoded pixel data.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Answers of every function that can fail.
static const int32_t CDCMTK_OK = 0;
static const int32_t CDCMTK_UNSUPPORTED = 1;  // no codec or no such character set
static const int32_t CDCMTK_INVALID = 2;      // the bytes are not what they claim to be
static const int32_t CDCMTK_TOO_LARGE = 3;    // a limit given by the caller would be passed
static const int32_t CDCMTK_FAULT = 4;        // an exception was caught

/// Registers codecs and silences DCMTK's log, once; thread safe. CDCMTK_FAULT if DCMTK finds no data dictionary.
int32_t cdcmtk_start(void);

/// Bytes owned by the library until cdcmtk_buffer_free.
typedef struct {
    uint8_t *_Nullable bytes;
    size_t count;
} cdcmtk_buffer;

void cdcmtk_buffer_free(cdcmtk_buffer buffer);

/// A converter from one Specific Character Set (PS3.3 C.12.1.1.2) to UTF-8. Not thread safe.
typedef struct cdcmtk_charset cdcmtk_charset;

/// `defined_terms` is the value of (0008,0005) with its backslashes.
int32_t cdcmtk_charset_create(const char *defined_terms, cdcmtk_charset *_Nullable *_Nonnull result);
void cdcmtk_charset_free(cdcmtk_charset *charset);

/// `delimiters`: characters at which code extensions fall back to the first character set (PS3.5 §6.1.2.5.3).
int32_t cdcmtk_charset_utf8(cdcmtk_charset *charset, const uint8_t *_Nullable bytes, size_t count,
                            const char *delimiters, cdcmtk_buffer *result);

/// Inflates a raw deflate stream (PS3.5 §A.5), at most `limit` bytes.
int32_t cdcmtk_inflate(const uint8_t *_Nullable bytes, size_t count, size_t limit, cdcmtk_buffer *result);

/// Pixel attributes (PS3.3 C.7.6.3).
typedef struct {
    uint16_t rows, columns, samples_per_pixel, bits_allocated, bits_stored, high_bit, pixel_representation, planar;
} cdcmtk_pixel_attributes;

/// The size of a photometric interpretation with its end (CS: 16 characters).
static const size_t CDCMTK_PHOTOMETRIC_SIZE = 17;

/// Decodes one encapsulated frame. `bytes` holds the fragments one after another, `lengths` their sizes.
/// On success `attributes` and `photometric` (of CDCMTK_PHOTOMETRIC_SIZE) tell what the decoded pixels are, and `result`
/// holds them in little endian.
int32_t cdcmtk_decode(const char *transfer_syntax, cdcmtk_pixel_attributes *attributes, char *photometric,
                      const uint8_t *_Nullable bytes, const size_t *_Nullable lengths, size_t fragments, size_t limit,
                      cdcmtk_buffer *result);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
