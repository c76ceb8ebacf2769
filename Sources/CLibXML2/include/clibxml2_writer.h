#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Writes one document in UTF-8 to memory; libxml2 does all escaping. No line break stands in it that was not asked for.
struct clibxml2_writer;

/// A document with its declaration and nothing else. NULL where memory is short. Free it with `clibxml2_writer_close`.
struct clibxml2_writer *clibxml2_writer_open(void);

/// Each of these returns 0, or -1 where libxml2 refuses. Names and values are UTF-8 with a NUL at the end, of characters
/// that XML 1.0 allows: libxml2 does not look.
int clibxml2_writer_start(struct clibxml2_writer *writer, const char *name);
int clibxml2_writer_attribute(struct clibxml2_writer *writer, const char *name, const char *value);
int clibxml2_writer_text(struct clibxml2_writer *writer, const char *text);
int clibxml2_writer_end(struct clibxml2_writer *writer);

/// Ends the document. The bytes belong to the writer and hold until it is closed. NULL where an element is missing.
const uint8_t *clibxml2_writer_finish(struct clibxml2_writer *writer, size_t *count);

void clibxml2_writer_close(struct clibxml2_writer *writer);

#ifdef __cplusplus
}
#endif
