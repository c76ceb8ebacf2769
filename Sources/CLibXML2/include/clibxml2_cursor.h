#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a document cannot be walked.
enum clibxml2_status {
    CLIBXML2_OK = 0,
    /// Over 8 MiB.
    CLIBXML2_TOO_LARGE = 1,
    /// More than 200,000 elements, or a tag of more than 4 KiB.
    CLIBXML2_TOO_MANY = 2,
    /// Not well-formed XML in UTF-8, or deeper than libxml2's limit of 256.
    CLIBXML2_MALFORMED = 3,
    /// A document type declaration or a processing instruction.
    CLIBXML2_DECLARATION = 4,
};

/// What stands at the place that a walk has reached.
enum clibxml2_kind {
    CLIBXML2_END_OF_DOCUMENT = 0,
    CLIBXML2_START = 1,
    CLIBXML2_END = 2,
    CLIBXML2_TEXT = 3,
};

/// One step of a walk; the pointers hold until the cursor is closed.
struct clibxml2_event {
    /// One of `clibxml2_kind`.
    int32_t kind;
    /// START and END: whether the element is in no namespace.
    int32_t has_no_namespace;
    /// START and END: whether the element is in the namespace that the cursor was opened with.
    int32_t is_in_namespace;
    /// START and END: the local name in UTF-8. TEXT: the text.
    const uint8_t *bytes;
    size_t count;
    /// START: the value of the attribute `V`; NULL where it has none.
    const uint8_t *value;
    size_t value_count;
};

/// A parsed document and a place in it.
struct clibxml2_cursor;

/// Parses one document for a walk from its root: nothing is loaded, expanded or printed; comments are dropped.
///
/// - Returns: NULL with `*status` set where it cannot be walked. Close it with `clibxml2_close`.
struct clibxml2_cursor *clibxml2_open(const uint8_t *bytes, size_t count, const char *name_space, int32_t *status);

/// Takes one step in document order; without recursion.
struct clibxml2_event clibxml2_next(struct clibxml2_cursor *cursor);

void clibxml2_close(struct clibxml2_cursor *cursor);

#ifdef __cplusplus
}
#endif
