#include "file.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <memory>

namespace {

/// Opens the maker that DCMTK's own parser uses: an element that expects a value of a given length.
struct Maker : DcmItem {
    using DcmItem::newDicomElement;
};

/// The item to append to; null inside a sequence without an open item.
DcmItem *innermostItem(cdcmtk_file &file) {
    return file.begun.empty() ? file.content.getDataset() : dynamic_cast<DcmItem *>(file.begun.back());
}

DcmSequenceOfItems *innermostSequence(cdcmtk_file &file) {
    return file.begun.empty() ? nullptr : dynamic_cast<DcmSequenceOfItems *>(file.begun.back());
}

int32_t put(cdcmtk_file &file, DcmTag tag, const uint8_t *bytes, Uint32 count) {
    DcmItem *item = innermostItem(file);
    if (!item || tag.getEVR() == EVR_SQ) return CDCMTK_INVALID;
    DcmElement *made = nullptr;
    OFBool isReadAsUN = OFFalse;
    if (Maker::newDicomElement(made, tag, count, nullptr, isReadAsUN).bad()) return CDCMTK_UNSUPPORTED;
    std::unique_ptr<DcmElement> element(made);
    DcmInputBufferStream stream;
    stream.setBuffer(bytes, count);
    stream.setEos();
    element->transferInit();
    const OFCondition status = element->read(stream, EXS_LittleEndianExplicit);
    element->transferEnd();
    if (status.bad() || item->insert(element.get(), OFFalse).bad()) return CDCMTK_INVALID;
    element.release();
    return CDCMTK_OK;
}

int32_t write(cdcmtk_file &file, cdcmtk_buffer *result) {
    if (!file.begun.empty()) return CDCMTK_INVALID;
    DcmDataset &dataset = *file.content.getDataset();
    if (!dataset.tagExistsWithValue(DCM_SOPClassUID) || !dataset.tagExistsWithValue(DCM_SOPInstanceUID)) {
        return CDCMTK_INVALID;
    }
    const E_TransferSyntax syntax = EXS_LittleEndianExplicit;
    if (file.content.validateMetaInfo(syntax, EWM_createNewMeta).bad()) return CDCMTK_INVALID;
    // Headers of group 0002, preamble and delimiters are not in the length calculated.
    std::vector<uint8_t> written(file.content.calcElementLength(syntax, EET_ExplicitLength) + 4096);
    DcmOutputBufferStream stream(written.data(), static_cast<offile_off_t>(written.size()));
    file.content.transferInit();
    const OFCondition status = file.content.write(stream, syntax, EET_ExplicitLength, nullptr);
    file.content.transferEnd();
    if (status.bad()) return CDCMTK_INVALID;
    void *start = nullptr;
    offile_off_t count = 0;
    stream.flushBuffer(start, count);
    return cdcmtk::copy(start, static_cast<size_t>(count), result);
}

}  // namespace

int32_t cdcmtk_file_create(cdcmtk_file **result) {
    return cdcmtk::guarded([&]() -> int32_t {
        *result = nullptr;
        *result = new cdcmtk_file;
        return CDCMTK_OK;
    });
}

int32_t cdcmtk_file_put(cdcmtk_file *file, uint16_t group, uint16_t element, const char *vr, const uint8_t *bytes,
                        size_t count) {
    return cdcmtk::guarded([&]() -> int32_t {
        const DcmVR representation(vr);
        // Even lengths only (PS3.5 §7.1.1), and none that reads as undefined.
        if (!representation.isStandard() || count % 2 == 1 || count >= DCM_UndefinedLength) return CDCMTK_INVALID;
        return put(*file, DcmTag(group, element, representation), bytes, static_cast<Uint32>(count));
    });
}

int32_t cdcmtk_file_begin_sequence(cdcmtk_file *file, uint16_t group, uint16_t element) {
    return cdcmtk::guarded([&]() -> int32_t {
        DcmItem *item = innermostItem(*file);
        if (!item) return CDCMTK_INVALID;
        auto sequence = std::make_unique<DcmSequenceOfItems>(DcmTag(group, element, DcmVR(EVR_SQ)));
        file->begun.reserve(file->begun.size() + 1);
        if (item->insert(sequence.get(), OFFalse).bad()) return CDCMTK_INVALID;
        file->begun.push_back(sequence.release());
        return CDCMTK_OK;
    });
}

int32_t cdcmtk_file_begin_item(cdcmtk_file *file) {
    return cdcmtk::guarded([&]() -> int32_t {
        DcmSequenceOfItems *sequence = innermostSequence(*file);
        if (!sequence) return CDCMTK_INVALID;
        auto item = std::make_unique<DcmItem>();
        file->begun.reserve(file->begun.size() + 1);
        if (sequence->append(item.get()).bad()) return CDCMTK_INVALID;
        file->begun.push_back(item.release());
        return CDCMTK_OK;
    });
}

int32_t cdcmtk_file_end_item(cdcmtk_file *file) {
    return cdcmtk::guarded([&]() -> int32_t {
        if (file->begun.empty() || !innermostItem(*file)) return CDCMTK_INVALID;
        file->begun.pop_back();
        return CDCMTK_OK;
    });
}

int32_t cdcmtk_file_end_sequence(cdcmtk_file *file) {
    return cdcmtk::guarded([&]() -> int32_t {
        if (!innermostSequence(*file)) return CDCMTK_INVALID;
        file->begun.pop_back();
        return CDCMTK_OK;
    });
}

int32_t cdcmtk_file_write(cdcmtk_file *file, cdcmtk_buffer *result) {
    return cdcmtk::guarded([&]() -> int32_t {
        *result = {nullptr, 0};
        return write(*file, result);
    });
}
