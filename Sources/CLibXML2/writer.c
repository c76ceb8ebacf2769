#include "clibxml2_writer.h"

// libxml2 was built with ICU; its headers are not needed here and would clash with Foundation's.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlwriter.h>
#include <pthread.h>
#include <stdlib.h>

struct clibxml2_writer {
    xmlBufferPtr buffer;
    xmlTextWriterPtr writer;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialise(void) {
    xmlInitParser();
}

static int succeeded(int written) {
    return written < 0 ? -1 : 0;
}

struct clibxml2_writer *clibxml2_writer_open(void) {
    pthread_once(&once, initialise);
    struct clibxml2_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) return NULL;
    writer->buffer = xmlBufferCreate();
    writer->writer = writer->buffer == NULL ? NULL : xmlNewTextWriterMemory(writer->buffer, 0);
    // By hand, because xmlTextWriterStartDocument puts a line break behind it, which syslog receivers rewrite.
    const xmlChar *declaration = BAD_CAST "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    if (writer->writer == NULL || xmlTextWriterWriteRaw(writer->writer, declaration) < 0) {
        clibxml2_writer_close(writer);
        return NULL;
    }
    return writer;
}

int clibxml2_writer_start(struct clibxml2_writer *writer, const char *name) {
    return succeeded(xmlTextWriterStartElement(writer->writer, BAD_CAST name));
}

int clibxml2_writer_attribute(struct clibxml2_writer *writer, const char *name, const char *value) {
    return succeeded(xmlTextWriterWriteAttribute(writer->writer, BAD_CAST name, BAD_CAST value));
}

int clibxml2_writer_text(struct clibxml2_writer *writer, const char *text) {
    return succeeded(xmlTextWriterWriteString(writer->writer, BAD_CAST text));
}

int clibxml2_writer_end(struct clibxml2_writer *writer) {
    return succeeded(xmlTextWriterEndElement(writer->writer));
}

const uint8_t *clibxml2_writer_finish(struct clibxml2_writer *writer, size_t *count) {
    if (xmlTextWriterFlush(writer->writer) < 0) return NULL;
    *count = (size_t)xmlBufferLength(writer->buffer);
    return xmlBufferContent(writer->buffer);
}

void clibxml2_writer_close(struct clibxml2_writer *writer) {
    if (writer == NULL) return;
    xmlFreeTextWriter(writer->writer);
    xmlBufferFree(writer->buffer);
    free(writer);
}
