// memmem
#define _GNU_SOURCE
#include "clibxml2_cursor.h"

// libxml2 was built with ICU; its headers are not needed here and would clash with Foundation's.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const size_t maximum_bytes = 8u << 20;
static const size_t maximum_elements = 200000;
/// libxml2 compares each attribute of a tag with every other: the length of a tag bounds that.
static const size_t maximum_tag = 4096;

struct clibxml2_cursor {
    xmlDocPtr document;
    xmlNodePtr node;
    /// Whether the next step leaves `node` instead of entering it.
    int leaves;
    char *name_space;
};

/// What the parser's callbacks note about one document.
struct notes {
    size_t elements;
    int status;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static xmlParserInputPtr deny(const char *url, const char *identifier, xmlParserCtxtPtr context) {
    (void)url;
    (void)identifier;
    (void)context;
    return NULL;
}

static void initialise(void) {
    xmlInitParser();
    xmlSetExternalEntityLoader(deny);
}

static void ignore_error(void *context, xmlErrorPtr error) {
    (void)context;
    (void)error;
}

static void stop(void *parser, int status) {
    xmlParserCtxtPtr context = parser;
    struct notes *notes = context->_private;
    if (notes->status == CLIBXML2_OK) notes->status = status;
    xmlStopParser(context);
}

static void refuse_subset(void *parser, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
    (void)name;
    (void)external;
    (void)system;
    stop(parser, CLIBXML2_DECLARATION);
}

static void refuse_instruction(void *parser, const xmlChar *target, const xmlChar *data) {
    (void)target;
    (void)data;
    stop(parser, CLIBXML2_DECLARATION);
}

static void count_element(
    void *parser, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
    const xmlChar **namespace_list, int attributes, int defaulted, const xmlChar **attribute_list) {
    xmlParserCtxtPtr context = parser;
    struct notes *notes = context->_private;
    if (++notes->elements > maximum_elements) {
        stop(parser, CLIBXML2_TOO_MANY);
        return;
    }
    xmlSAX2StartElementNs(
        parser, name, prefix, uri, namespaces, namespace_list, attributes, defaulted, attribute_list);
}

/// The place after `end`, or NULL where it does not come.
static const uint8_t *after(const uint8_t *place, const uint8_t *limit, const char *end) {
    const uint8_t *found = memmem(place, (size_t)(limit - place), end, strlen(end));
    return found == NULL ? NULL : found + strlen(end);
}

static int starts(const uint8_t *place, const uint8_t *limit, const char *text) {
    size_t count = strlen(text);
    return (size_t)(limit - place) >= count && memcmp(place, text, count) == 0;
}

/// Before libxml2 sees anything: no tag is long. What is not closed is left to the parser, but for a long tag.
static int scan(const uint8_t *bytes, size_t count) {
    const uint8_t *place = bytes, *limit = bytes + count;
    while (place < limit) {
        place = memchr(place, '<', (size_t)(limit - place));
        if (place == NULL) return CLIBXML2_OK;
        if (starts(place, limit, "<!--")) place = after(place + 4, limit, "-->");
        else if (starts(place, limit, "<![CDATA[")) place = after(place, limit, "]]>");
        else if (starts(place, limit, "<!")) return CLIBXML2_DECLARATION;
        else {
            const uint8_t *start = place;
            uint8_t quote = 0;
            for (place++; place < limit && (quote != 0 || *place != '>'); place++) {
                if ((size_t)(place - start) > maximum_tag) return CLIBXML2_TOO_MANY;
                if (quote == 0 && (*place == '"' || *place == '\'')) quote = *place;
                else if (*place == quote) quote = 0;
            }
        }
        if (place == NULL) return CLIBXML2_OK;
    }
    return CLIBXML2_OK;
}

static xmlDocPtr parse(const uint8_t *bytes, size_t count, int *status) {
    xmlParserCtxtPtr context = xmlNewParserCtxt();
    if (context == NULL) {
        *status = CLIBXML2_MALFORMED;
        return NULL;
    }
    struct notes notes = {0, CLIBXML2_OK};
    context->_private = &notes;
    // Set on the context, because the process-wide handler belongs to no thread.
    context->sax->serror = ignore_error;
    context->sax->internalSubset = refuse_subset;
    context->sax->externalSubset = refuse_subset;
    context->sax->processingInstruction = refuse_instruction;
    context->sax->startElementNs = count_element;
    context->sax->comment = NULL;
    // No NOENT, DTDLOAD, DTDATTR, DTDVALID, XINCLUDE, HUGE or RECOVER: nothing is loaded and nothing is expanded.
    const int options =
        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_COMPACT;
    xmlDocPtr document = xmlCtxtReadMemory(context, (const char *)bytes, (int)count, NULL, "UTF-8", options);
    int is_whole = document != NULL && context->wellFormed && notes.status == CLIBXML2_OK;
    // Refused by a subset, should one ever come past `refuse_subset`.
    int declared = is_whole && (document->intSubset != NULL || document->extSubset != NULL);
    if (notes.status != CLIBXML2_OK) *status = notes.status;
    else if (declared) *status = CLIBXML2_DECLARATION;
    else *status = is_whole ? CLIBXML2_OK : CLIBXML2_MALFORMED;
    xmlFreeParserCtxt(context);
    if (*status == CLIBXML2_OK) return document;
    xmlFreeDoc(document);
    return NULL;
}

struct clibxml2_cursor *clibxml2_open(const uint8_t *bytes, size_t count, const char *name_space, int32_t *status) {
    pthread_once(&once, initialise);
    *status = CLIBXML2_MALFORMED;
    if (bytes == NULL || count == 0) return NULL;
    *status = count > maximum_bytes ? CLIBXML2_TOO_LARGE : scan(bytes, count);
    if (*status != CLIBXML2_OK) return NULL;
    int parsed = CLIBXML2_OK;
    xmlDocPtr document = parse(bytes, count, &parsed);
    *status = parsed;
    if (document == NULL) return NULL;
    struct clibxml2_cursor *cursor = malloc(sizeof *cursor);
    char *copy = strdup(name_space);
    if (cursor == NULL || copy == NULL || xmlDocGetRootElement(document) == NULL) {
        free(cursor);
        free(copy);
        xmlFreeDoc(document);
        *status = CLIBXML2_MALFORMED;
        return NULL;
    }
    *cursor = (struct clibxml2_cursor){document, xmlDocGetRootElement(document), 0, copy};
    return cursor;
}

static const xmlChar *v_attribute(xmlNodePtr node) {
    for (xmlAttrPtr attribute = node->properties; attribute != NULL; attribute = attribute->next)
        if (attribute->ns == NULL && strcmp((const char *)attribute->name, "V") == 0) {
            xmlNodePtr text = attribute->children;
            return text != NULL && text->next == NULL && text->type == XML_TEXT_NODE ? text->content : NULL;
        }
    return NULL;
}

static struct clibxml2_event event_at(const struct clibxml2_cursor *cursor, xmlNodePtr node, int kind) {
    struct clibxml2_event event = {.kind = kind};
    const xmlChar *text = kind == CLIBXML2_TEXT ? node->content : node->name;
    event.bytes = text;
    event.count = text == NULL ? 0 : strlen((const char *)text);
    if (kind == CLIBXML2_TEXT) return event;
    event.has_no_namespace = node->ns == NULL;
    event.is_in_namespace =
        node->ns != NULL && node->ns->href != NULL && strcmp((const char *)node->ns->href, cursor->name_space) == 0;
    const xmlChar *value = kind == CLIBXML2_START ? v_attribute(node) : NULL;
    event.value = value;
    event.value_count = value == NULL ? 0 : strlen((const char *)value);
    return event;
}

/// Moves to what follows `node` on its level, or out of its parent.
static void leave(struct clibxml2_cursor *cursor, xmlNodePtr node) {
    xmlNodePtr root = xmlDocGetRootElement(cursor->document);
    if (node == root) {
        cursor->node = NULL;
    } else if (node->next != NULL) {
        cursor->node = node->next;
        cursor->leaves = 0;
    } else {
        cursor->node = node->parent;
        cursor->leaves = 1;
    }
}

struct clibxml2_event clibxml2_next(struct clibxml2_cursor *cursor) {
    while (cursor->node != NULL) {
        xmlNodePtr node = cursor->node;
        if (node->type == XML_ELEMENT_NODE && !cursor->leaves) {
            if (node->children != NULL) cursor->node = node->children;
            else cursor->leaves = 1;
            return event_at(cursor, node, CLIBXML2_START);
        }
        leave(cursor, node);
        if (node->type == XML_ELEMENT_NODE) return event_at(cursor, node, CLIBXML2_END);
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
            return event_at(cursor, node, CLIBXML2_TEXT);
    }
    return (struct clibxml2_event){.kind = CLIBXML2_END_OF_DOCUMENT};
}

void clibxml2_close(struct clibxml2_cursor *cursor) {
    if (cursor == NULL) return;
    xmlFreeDoc(cursor->document);
    free(cursor->name_space);
    free(cursor);
}
