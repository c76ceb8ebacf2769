#include "clibxml2_grammar.h"

// libxml2 was built with ICU; its headers are not needed here and would clash with Foundation's.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <libxml/xmlschemastypes.h>
#include <pthread.h>
#include <stdlib.h>

static const size_t maximum_bytes = 8u << 20;
static const int options =
    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_COMPACT;

struct clibxml2_grammar {
    xmlRelaxNGPtr schema;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialise(void) {
    xmlInitParser();
    // Both are made once for the whole process, without a lock of their own.
    xmlRelaxNGInitTypes();
    xmlSchemaInitTypes();
}

static void ignore_error(void *context, xmlErrorPtr error) {
    (void)context;
    (void)error;
}

static xmlDocPtr parsed(const uint8_t *bytes, size_t count) {
    if (bytes == NULL || count == 0 || count > maximum_bytes) return NULL;
    xmlParserCtxtPtr context = xmlNewParserCtxt();
    if (context == NULL) return NULL;
    // Set on the context, because the process-wide handler belongs to no thread.
    context->sax->serror = ignore_error;
    xmlDocPtr document = xmlCtxtReadMemory(context, (const char *)bytes, (int)count, NULL, "UTF-8", options);
    if (document != NULL && (!context->wellFormed || document->intSubset != NULL || document->extSubset != NULL)) {
        xmlFreeDoc(document);
        document = NULL;
    }
    xmlFreeParserCtxt(context);
    return document;
}

struct clibxml2_grammar *clibxml2_grammar_open(const uint8_t *bytes, size_t count) {
    pthread_once(&once, initialise);
    xmlDocPtr document = parsed(bytes, count);
    if (document == NULL) return NULL;
    struct clibxml2_grammar *grammar = calloc(1, sizeof *grammar);
    xmlRelaxNGParserCtxtPtr parser = grammar == NULL ? NULL : xmlRelaxNGNewDocParserCtxt(document);
    if (parser != NULL) {
        xmlRelaxNGSetParserStructuredErrors(parser, ignore_error, NULL);
        grammar->schema = xmlRelaxNGParse(parser);
        xmlRelaxNGFreeParserCtxt(parser);
    }
    // xmlRelaxNGNewDocParserCtxt works on a copy.
    xmlFreeDoc(document);
    if (grammar != NULL && grammar->schema != NULL) return grammar;
    free(grammar);
    return NULL;
}

int clibxml2_grammar_check(struct clibxml2_grammar *grammar, const uint8_t *bytes, size_t count) {
    xmlDocPtr document = parsed(bytes, count);
    if (document == NULL) return CLIBXML2_NO_DOCUMENT;
    int verdict = CLIBXML2_FAULT;
    xmlRelaxNGValidCtxtPtr context = xmlRelaxNGNewValidCtxt(grammar->schema);
    if (context != NULL) {
        xmlRelaxNGSetValidStructuredErrors(context, ignore_error, NULL);
        int result = xmlRelaxNGValidateDoc(context, document);
        verdict = result == 0 ? CLIBXML2_VALID : result > 0 ? CLIBXML2_INVALID : CLIBXML2_FAULT;
        xmlRelaxNGFreeValidCtxt(context);
    }
    xmlFreeDoc(document);
    return verdict;
}

void clibxml2_grammar_close(struct clibxml2_grammar *grammar) {
    if (grammar == NULL) return;
    xmlRelaxNGFree(grammar->schema);
    free(grammar);
}
