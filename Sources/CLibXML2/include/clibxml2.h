#pragma once

#include <stddef.h>
#include <stdint.h>

#include "clibxml2_cursor.h"
#include "clibxml2_grammar.h"
#include "clibxml2_writer.h"

#ifdef __cplusplus
extern "C" {
#endif

// No header of libxml2 is seen from here: its ICU headers clash with Foundation's.

/// Verdict on a narrative.
enum clibxml2_narrative {
    CLIBXML2_NARRATIVE_OK = 0,
    CLIBXML2_NARRATIVE_TOO_LARGE = 1,
    /// Not well-formed XML in UTF-8, or deeper than libxml2's limit of 256.
    CLIBXML2_NARRATIVE_MALFORMED = 2,
    /// A document type declaration, a processing instruction or an entity reference.
    CLIBXML2_NARRATIVE_DECLARATION = 3,
    /// The root is not a div in the XHTML namespace.
    CLIBXML2_NARRATIVE_ROOT = 4,
    /// An element that R4 does not allow in a narrative, or one in another namespace.
    CLIBXML2_NARRATIVE_ELEMENT = 5,
    /// An attribute that is not on the list, an event handler, or a link that is no fragment, http, https or mailto.
    CLIBXML2_NARRATIVE_ATTRIBUTE = 6,
    /// No text and no image: R4 asks for some content (txt-2).
    CLIBXML2_NARRATIVE_EMPTY = 7,
};

/// Checks one narrative `div` (R4 §2.4, txt-1 and txt-2). Nothing is loaded, expanded, printed or kept.
int clibxml2_check_narrative(const uint8_t *bytes, size_t count);

#ifdef __cplusplus
}
#endif
