// The border to DCMTK: plain C, no exception passes it, nothing of C++ is seen from Swift.
// Foreign bytes reach DCMTK in four places only: text of a character set, a deflated stream, encoded pixel data, and a
// file that the reader in Swift has accepted.
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

/// EUC-JP (ASCII, JIS X 0208, JIS X 0212, half-width katakana) in UTF-8.
int32_t cdcmtk_euc_jp_utf8(const uint8_t *_Nullable bytes, size_t count, cdcmtk_buffer *result);

/// Inflates a raw deflate stream (PS3.5 §A.5) that must have its end, at most `limit` bytes.
int32_t cdcmtk_inflate(const uint8_t *_Nullable bytes, size_t count, size_t limit, cdcmtk_buffer *result);

/// A DICOM file (PS3.10 §7) in memory: read and visited, or built and written. Not thread safe.
typedef struct cdcmtk_file cdcmtk_file;

/// Reads a file. DCMTK reads sequences recursively and dies on some thousands inside one another: the caller has
/// counted the item tags in `bytes`, wherever they stand, and passes at most some 2,000.
int32_t cdcmtk_file_read(const uint8_t *_Nullable bytes, size_t count, cdcmtk_file *_Nullable *_Nonnull result);

/// An empty file, to be built.
int32_t cdcmtk_file_create(cdcmtk_file *_Nullable *_Nonnull result);
void cdcmtk_file_free(cdcmtk_file *file);

/// What a visit meets. A fragment is the content of an item of encapsulated Pixel Data (PS3.5 §A.4), which begins and
/// ends like a sequence.
typedef enum __attribute__((enum_extensibility(closed))) {
    CDCMTK_END_OF_FILE = 0,
    CDCMTK_ELEMENT = 1,
    CDCMTK_SEQUENCE = 2,
    CDCMTK_SEQUENCE_END = 3,
    CDCMTK_ITEM = 4,
    CDCMTK_ITEM_END = 5,
    CDCMTK_FRAGMENT = 6,
} cdcmtk_kind;

typedef struct {
    cdcmtk_kind kind;
    /// Sequences that enclose what is met.
    uint32_t depth;
    uint16_t group, element;
    /// Two characters and NUL; lower-case letters and question marks where DCMTK knows no single VR.
    char vr[3];
    /// The value of an element or fragment in little endian, until the next call.
    const uint8_t *_Nullable bytes;
    size_t count;
} cdcmtk_event;

/// The next element, item or end, in the order of the file, group 0002 first; CDCMTK_END_OF_FILE when all were met.
int32_t cdcmtk_file_next(cdcmtk_file *file, cdcmtk_event *event);

/// Appends an element to the innermost item begun, or to the data set. `vr`: two characters; `bytes`: little endian.
int32_t cdcmtk_file_put(cdcmtk_file *file, uint16_t group, uint16_t element, const char *vr,
                        const uint8_t *_Nullable bytes, size_t count);

/// Appends a sequence, and items to the innermost sequence begun. CDCMTK_INVALID where the call does not fit.
int32_t cdcmtk_file_begin_sequence(cdcmtk_file *file, uint16_t group, uint16_t element);
int32_t cdcmtk_file_begin_item(cdcmtk_file *file);
int32_t cdcmtk_file_end_item(cdcmtk_file *file);
int32_t cdcmtk_file_end_sequence(cdcmtk_file *file);

/// The file in explicit VR little endian, with a group 0002 made from the data set. CDCMTK_INVALID where SOP Class or
/// Instance UID is missing, or an item is still open.
int32_t cdcmtk_file_write(cdcmtk_file *file, cdcmtk_buffer *result);

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
