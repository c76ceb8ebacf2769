#include "guard.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include <memory>

namespace {

void insertAttributes(DcmDataset &dataset, const cdcmtk_pixel_attributes &from, const char *photometric) {
    dataset.putAndInsertUint16(DCM_Rows, from.rows);
    dataset.putAndInsertUint16(DCM_Columns, from.columns);
    dataset.putAndInsertUint16(DCM_SamplesPerPixel, from.samples_per_pixel);
    dataset.putAndInsertUint16(DCM_BitsAllocated, from.bits_allocated);
    dataset.putAndInsertUint16(DCM_BitsStored, from.bits_stored);
    dataset.putAndInsertUint16(DCM_HighBit, from.high_bit);
    dataset.putAndInsertUint16(DCM_PixelRepresentation, from.pixel_representation);
    if (from.samples_per_pixel > 1) dataset.putAndInsertUint16(DCM_PlanarConfiguration, from.planar);
    dataset.putAndInsertString(DCM_PhotometricInterpretation, photometric);
    dataset.putAndInsertString(DCM_NumberOfFrames, "1");
    // The codecs look at the SOP Class to decide what they may write back.
    dataset.putAndInsertString(DCM_SOPClassUID, "1.2.840.10008.5.1.4.1.1.7");
}

void readAttributes(DcmDataset &dataset, cdcmtk_pixel_attributes *to, char *photometric) {
    dataset.findAndGetUint16(DCM_Rows, to->rows);
    dataset.findAndGetUint16(DCM_Columns, to->columns);
    dataset.findAndGetUint16(DCM_SamplesPerPixel, to->samples_per_pixel);
    dataset.findAndGetUint16(DCM_BitsAllocated, to->bits_allocated);
    dataset.findAndGetUint16(DCM_BitsStored, to->bits_stored);
    dataset.findAndGetUint16(DCM_HighBit, to->high_bit);
    dataset.findAndGetUint16(DCM_PixelRepresentation, to->pixel_representation);
    to->planar = 0;
    dataset.findAndGetUint16(DCM_PlanarConfiguration, to->planar);
    OFString interpretation;
    dataset.findAndGetOFString(DCM_PhotometricInterpretation, interpretation);
    std::memset(photometric, 0, CDCMTK_PHOTOMETRIC_SIZE);
    std::strncpy(photometric, interpretation.c_str(), CDCMTK_PHOTOMETRIC_SIZE - 1);
}

/// The fragments as the encapsulated representation of a fresh pixel data element, which the dataset then owns.
bool insertPixelData(DcmDataset &dataset, E_TransferSyntax syntax, const uint8_t *bytes, const size_t *lengths,
                     size_t fragments) {
    auto pixelData = std::make_unique<DcmPixelData>(DCM_PixelData);
    auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelSequenceTag));
    auto offsets = std::make_unique<DcmPixelItem>(DcmTag(DCM_PixelItemTag));
    if (sequence->insert(offsets.get()).bad()) return false;
    offsets.release();
    for (size_t index = 0; index < fragments; ++index) {
        auto item = std::make_unique<DcmPixelItem>(DcmTag(DCM_PixelItemTag));
        if (item->putUint8Array(bytes, static_cast<unsigned long>(lengths[index])).bad()) return false;
        if (sequence->insert(item.get()).bad()) return false;
        item.release();
        bytes += lengths[index];
    }
    pixelData->putOriginalRepresentation(syntax, nullptr, sequence.release());
    if (dataset.insert(pixelData.get()).bad()) return false;
    pixelData.release();
    return true;
}

}  // namespace

int32_t cdcmtk_decode(const char *transfer_syntax, cdcmtk_pixel_attributes *attributes, char *photometric,
                      const uint8_t *bytes, const size_t *lengths, size_t fragments, size_t limit,
                      cdcmtk_buffer *result) {
    return cdcmtk::guarded([&]() -> int32_t {
        *result = {nullptr, 0};
        const DcmXfer syntax(transfer_syntax);
        if (syntax.getXfer() == EXS_Unknown || !syntax.isEncapsulated()) return CDCMTK_UNSUPPORTED;
        DcmDataset dataset;
        insertAttributes(dataset, *attributes, photometric);
        if (!insertPixelData(dataset, syntax.getXfer(), bytes, lengths, fragments)) return CDCMTK_FAULT;
        if (!DcmCodecList::canChangeCoding(syntax.getXfer(), EXS_LittleEndianExplicit)) return CDCMTK_UNSUPPORTED;
        if (dataset.chooseRepresentation(EXS_LittleEndianExplicit, nullptr).bad()) return CDCMTK_INVALID;
        readAttributes(dataset, attributes, photometric);

        const size_t samples = static_cast<size_t>(attributes->rows) * attributes->columns *
                               attributes->samples_per_pixel;
        const size_t width = attributes->bits_allocated / 8;
        if (samples * width > limit) return CDCMTK_TOO_LARGE;
        unsigned long count = 0;
        if (attributes->bits_allocated == 8) {
            const Uint8 *pixels = nullptr;
            if (dataset.findAndGetUint8Array(DCM_PixelData, pixels, &count).bad()) return CDCMTK_INVALID;
            // An odd number of bytes is padded to even.
            if (count < samples) return CDCMTK_INVALID;
            return cdcmtk::copy(pixels, samples, result);
        }
        if (attributes->bits_allocated == 16) {
            const Uint16 *pixels = nullptr;
            if (dataset.findAndGetUint16Array(DCM_PixelData, pixels, &count).bad()) return CDCMTK_INVALID;
            if (count < samples) return CDCMTK_INVALID;
            return cdcmtk::copy(pixels, samples * 2, result);
        }
        return CDCMTK_UNSUPPORTED;
    });
}
