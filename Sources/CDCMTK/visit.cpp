#include "file.h"

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>

#include <memory>

namespace {

using Level = cdcmtk_file::Level;

int32_t show(cdcmtk_file &file, cdcmtk_event *event, cdcmtk_kind kind, DcmObject &object) {
    *event = {};
    event->kind = kind;
    for (const Level &level : file.visited) {
        if (level.kind == Level::Kind::sequence || level.kind == Level::Kind::fragments) event->depth += 1;
    }
    event->group = object.getGTag();
    event->element = object.getETag();
    std::strncpy(event->vr, object.getTag().getVR().getVRName(), sizeof event->vr - 1);
    return CDCMTK_OK;
}

int32_t showValue(cdcmtk_file &file, cdcmtk_event *event, cdcmtk_kind kind, DcmElement &element) {
    show(file, event, kind, element);
    const Uint32 length = element.getLengthField();
    file.value.resize(length);
    if (length > 0) {
        if (element.getPartialValue(file.value.data(), 0, length, nullptr, EBO_LittleEndian).bad()) {
            return CDCMTK_INVALID;
        }
        event->bytes = file.value.data();
        event->count = length;
    }
    return CDCMTK_OK;
}

/// The fragments of encapsulated Pixel Data; null for native.
DcmPixelSequence *fragments(DcmObject &object) {
    DcmPixelData *pixelData = dynamic_cast<DcmPixelData *>(&object);
    if (!pixelData) return nullptr;
    E_TransferSyntax syntax = EXS_Unknown;
    const DcmRepresentationParameter *parameter = nullptr;
    pixelData->getOriginalRepresentationKey(syntax, parameter);
    DcmPixelSequence *sequence = nullptr;
    if (!DcmXfer(syntax).isEncapsulated()) return nullptr;
    return pixelData->getEncapsulatedRepresentation(syntax, parameter, sequence).good() ? sequence : nullptr;
}

void enter(cdcmtk_file &file, Level::Kind kind, DcmObject *container) {
    file.visited.push_back({kind, container, nullptr});
}

int32_t meet(cdcmtk_file &file, cdcmtk_event *event, DcmObject &object) {
    int32_t status;
    if (dynamic_cast<DcmItem *>(&object)) {
        status = show(file, event, CDCMTK_ITEM, object);
        enter(file, Level::Kind::item, &object);
    } else if (DcmPixelSequence *sequence = fragments(object)) {
        status = show(file, event, CDCMTK_SEQUENCE, object);
        enter(file, Level::Kind::fragments, sequence);
    } else if (dynamic_cast<DcmSequenceOfItems *>(&object)) {
        status = show(file, event, CDCMTK_SEQUENCE, object);
        enter(file, Level::Kind::sequence, &object);
    } else if (DcmElement *element = dynamic_cast<DcmElement *>(&object)) {
        const bool isFragment = file.visited.back().kind == Level::Kind::fragments;
        status = showValue(file, event, isFragment ? CDCMTK_FRAGMENT : CDCMTK_ELEMENT, *element);
    } else {
        status = CDCMTK_INVALID;
    }
    return status;
}

/// Leaves the innermost level; false where that is not worth an event.
bool leave(cdcmtk_file &file, cdcmtk_event *event) {
    const Level left = file.visited.back();
    file.visited.pop_back();
    switch (left.kind) {
    case Level::Kind::item: show(file, event, CDCMTK_ITEM_END, *left.container); return true;
    case Level::Kind::sequence:
    case Level::Kind::fragments: show(file, event, CDCMTK_SEQUENCE_END, *left.container); return true;
    default: return false;
    }
}

int32_t next(cdcmtk_file &file, cdcmtk_event *event) {
    if (!file.isVisited) {
        file.isVisited = true;
        enter(file, Level::Kind::dataSet, file.content.getDataset());
        enter(file, Level::Kind::metaInformation, file.content.getMetaInfo());
    }
    while (!file.visited.empty()) {
        Level &level = file.visited.back();
        // In order this takes one step: a list knows where it was.
        level.current = level.container->nextInContainer(level.current);
        if (level.current) return meet(file, event, *level.current);
        if (leave(file, event)) return CDCMTK_OK;
    }
    *event = {};
    event->kind = CDCMTK_END_OF_FILE;
    return CDCMTK_OK;
}

}  // namespace

int32_t cdcmtk_file_read(const uint8_t *bytes, size_t count, cdcmtk_file **result) {
    return cdcmtk::guarded([&]() -> int32_t {
        *result = nullptr;
        auto file = std::make_unique<cdcmtk_file>();
        DcmInputBufferStream stream;
        stream.setBuffer(bytes, static_cast<offile_off_t>(count));
        stream.setEos();
        file->content.transferInit();
        const OFCondition status = file->content.read(stream);
        const bool isWhole = file->content.transferState() == ERW_ready;
        file->content.transferEnd();
        if (status.bad() || !isWhole) return CDCMTK_INVALID;
        // `bytes` is the caller's: nothing may still be waiting in it.
        if (file->content.loadAllDataIntoMemory().bad()) return CDCMTK_INVALID;
        *result = file.release();
        return CDCMTK_OK;
    });
}

int32_t cdcmtk_file_next(cdcmtk_file *file, cdcmtk_event *event) {
    return cdcmtk::guarded([&]() -> int32_t { return next(*file, event); });
}

void cdcmtk_file_free(cdcmtk_file *file) {
    cdcmtk::guarded([&]() -> int32_t {
        delete file;
        return CDCMTK_OK;
    });
}
