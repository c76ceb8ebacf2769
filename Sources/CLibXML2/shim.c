#include "clibxml2.h"

// libxml2 was built with ICU; its headers are not needed here and would clash with Foundation's.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

static const size_t maximum_bytes = 8u << 20;
static const size_t maximum_nodes = 1000000;
static const char *const xhtml = "http://www.w3.org/1999/xhtml";

// R4 §2.4.0: the formatting of HTML 4.0 chapters 7-11 (without section 4 of 9) and 15, links and images.
static const char *const allowed_elements[] = {
    "a",   "abbr", "acronym", "address", "b",    "bdo",  "big",    "blockquote", "br",     "caption", "cite",  "code",
    "col", "colgroup", "dd",  "dfn",     "div",  "dl",   "dt",     "em",         "h1",     "h2",      "h3",    "h4",
    "h5",  "h6",   "hr",      "i",       "img",  "kbd",  "li",     "ol",         "p",      "pre",     "q",     "samp",
    "small", "span", "strong", "sub",    "sup",  "table", "tbody", "td",         "tfoot",  "th",      "thead", "tr",
    "tt",  "ul",   "var",     NULL,
};

static const char *const allowed_attributes[] = {
    "abbr", "align", "alt", "axis", "border", "cellpadding", "cellspacing", "char", "charoff", "cite", "class",
    "colspan", "dir", "frame", "headers", "height", "href", "id", "lang", "longdesc", "name", "rowspan", "rules",
    "scope", "span", "src", "style", "summary", "title", "valign", "width", NULL,
};

static const char *const link_attributes[] = {"cite", "href", "longdesc", "src", NULL};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialise(void) {
    xmlInitParser();
}

static void ignore_error(void *context, xmlErrorPtr error) {
    (void)context;
    (void)error;
}

static int is_one_of(const xmlChar *name, const char *const *names) {
    for (; *names != NULL; names++)
        if (strcmp((const char *)name, *names) == 0) return 1;
    return 0;
}

static int is_blank(const xmlChar *text) {
    for (; text != NULL && *text != 0; text++)
        if (*text != ' ' && *text != '\t' && *text != '\n' && *text != '\r') return 0;
    return 1;
}

static int starts_with(const xmlChar *text, const char *prefix) {
    return text != NULL && strncasecmp((const char *)text, prefix, strlen(prefix)) == 0;
}

static int is_safe_link(const xmlChar *text) {
    return starts_with(text, "#") || starts_with(text, "http://") || starts_with(text, "https://")
        || starts_with(text, "mailto:");
}

static int attribute_is_allowed(xmlDocPtr document, xmlAttrPtr attribute) {
    if (attribute->ns != NULL)
        return strcmp((const char *)attribute->ns->href, (const char *)XML_XML_NAMESPACE) == 0
            && strcmp((const char *)attribute->name, "lang") == 0;
    if (!is_one_of(attribute->name, allowed_attributes)) return 0;
    int is_link = is_one_of(attribute->name, link_attributes);
    int is_style = strcmp((const char *)attribute->name, "style") == 0;
    if (!is_link && !is_style) return 1;
    xmlChar *value = xmlNodeListGetString(document, attribute->children, 0);
    int allowed = 0;
    if (is_link) allowed = is_safe_link(value);
    // Style may place and colour; it may not fetch or compute, nor hide that behind an escape.
    if (is_style) allowed = value != NULL && strpbrk((const char *)value, "\\(@") == NULL;
    xmlFree(value);
    return allowed;
}

static int check_element(xmlDocPtr document, xmlNodePtr node) {
    if (node->ns == NULL || strcmp((const char *)node->ns->href, xhtml) != 0) return CLIBXML2_NARRATIVE_ELEMENT;
    if (!is_one_of(node->name, allowed_elements)) return CLIBXML2_NARRATIVE_ELEMENT;
    for (xmlAttrPtr attribute = node->properties; attribute != NULL; attribute = attribute->next)
        if (!attribute_is_allowed(document, attribute)) return CLIBXML2_NARRATIVE_ATTRIBUTE;
    return CLIBXML2_NARRATIVE_OK;
}

static int check_node(xmlDocPtr document, xmlNodePtr node, int *has_content) {
    switch (node->type) {
    case XML_ELEMENT_NODE:
        if (strcmp((const char *)node->name, "img") == 0) *has_content = 1;
        return check_element(document, node);
    case XML_TEXT_NODE:
    case XML_CDATA_SECTION_NODE:
        if (!is_blank(node->content)) *has_content = 1;
        return CLIBXML2_NARRATIVE_OK;
    case XML_COMMENT_NODE:
        return CLIBXML2_NARRATIVE_OK;
    default:
        return CLIBXML2_NARRATIVE_DECLARATION;
    }
}

static xmlNodePtr next_in_document(xmlNodePtr node, xmlNodePtr root) {
    if (node->type == XML_ELEMENT_NODE && node->children != NULL) return node->children;
    while (node != root && node->next == NULL) node = node->parent;
    return node == root ? NULL : node->next;
}

static int check_document(xmlDocPtr document) {
    if (document->intSubset != NULL || document->extSubset != NULL) return CLIBXML2_NARRATIVE_DECLARATION;
    xmlNodePtr root = xmlDocGetRootElement(document);
    if (root == NULL) return CLIBXML2_NARRATIVE_MALFORMED;
    for (xmlNodePtr node = document->children; node != NULL; node = node->next)
        if (node != root && node->type != XML_COMMENT_NODE) return CLIBXML2_NARRATIVE_DECLARATION;
    if (strcmp((const char *)root->name, "div") != 0 || root->ns == NULL
        || strcmp((const char *)root->ns->href, xhtml) != 0)
        return CLIBXML2_NARRATIVE_ROOT;
    int has_content = 0;
    size_t nodes = 0;
    for (xmlNodePtr node = root; node != NULL; node = next_in_document(node, root)) {
        if (++nodes > maximum_nodes) return CLIBXML2_NARRATIVE_TOO_LARGE;
        int status = check_node(document, node, &has_content);
        if (status != CLIBXML2_NARRATIVE_OK) return status;
    }
    return has_content ? CLIBXML2_NARRATIVE_OK : CLIBXML2_NARRATIVE_EMPTY;
}

int clibxml2_check_narrative(const uint8_t *bytes, size_t count) {
    if (count > maximum_bytes) return CLIBXML2_NARRATIVE_TOO_LARGE;
    if (bytes == NULL || count == 0) return CLIBXML2_NARRATIVE_MALFORMED;
    pthread_once(&once, initialise);
    xmlParserCtxtPtr context = xmlNewParserCtxt();
    if (context == NULL) return CLIBXML2_NARRATIVE_MALFORMED;
    // Set on the context, because the process-wide handler belongs to no thread.
    context->sax->serror = ignore_error;
    // No NOENT, DTDLOAD, DTDATTR, DTDVALID, XINCLUDE, HUGE or RECOVER: nothing is loaded and nothing is expanded.
    const int options =
        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_COMPACT;
    xmlDocPtr document = xmlCtxtReadMemory(context, (const char *)bytes, (int)count, NULL, "UTF-8", options);
    // A document with a declaration is refused as such, even where its body is broken too.
    int declared = document == NULL && context->myDoc != NULL && context->myDoc->intSubset != NULL;
    int status = declared ? CLIBXML2_NARRATIVE_DECLARATION : CLIBXML2_NARRATIVE_MALFORMED;
    if (document != NULL) status = context->wellFormed ? check_document(document) : CLIBXML2_NARRATIVE_MALFORMED;
    xmlFreeDoc(document);
    xmlFreeParserCtxt(context);
    return status;
}
