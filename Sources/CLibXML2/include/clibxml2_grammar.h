#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Verdict of a grammar on a document.
enum clibxml2_verdict {
    CLIBXML2_VALID = 0,
    CLIBXML2_INVALID = 1,
    /// No document that is looked at: over 8 MiB, not well-formed, with a document type declaration.
    CLIBXML2_NO_DOCUMENT = 2,
    /// libxml2 could not do its work.
    CLIBXML2_FAULT = 3,
};

/// A RELAX NG grammar, parsed. One thread at a time.
struct clibxml2_grammar;

/// Parses a grammar in XML syntax that refers to no other file. NULL where it is none. Free it with
/// `clibxml2_grammar_close`.
struct clibxml2_grammar *clibxml2_grammar_open(const uint8_t *bytes, size_t count);

/// One of `clibxml2_verdict`. Nothing is loaded, expanded, printed or kept.
int clibxml2_grammar_check(struct clibxml2_grammar *grammar, const uint8_t *bytes, size_t count);

void clibxml2_grammar_close(struct clibxml2_grammar *grammar);

#ifdef __cplusplus
}
#endif
