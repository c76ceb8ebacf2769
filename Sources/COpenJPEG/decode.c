#include "copenjpeg.h"

#include <openjpeg.h>
#include <stdbool.h>
#include <string.h>

// A stream over memory. OpenJPEG asks for (OPJ_SIZE_T)-1 at the end.

typedef struct {
    const uint8_t *bytes;
    size_t count, position;
} memory;

static OPJ_SIZE_T read_memory(void *buffer, OPJ_SIZE_T wanted, void *user) {
    memory *source = user;
    const size_t left = source->count - source->position;
    if (left == 0) return (OPJ_SIZE_T)-1;
    const size_t taken = wanted < left ? wanted : left;
    memcpy(buffer, source->bytes + source->position, taken);
    source->position += taken;
    return taken;
}

static OPJ_OFF_T skip_memory(OPJ_OFF_T wanted, void *user) {
    memory *source = user;
    if (wanted < 0) return -1;
    const size_t left = source->count - source->position;
    const size_t taken = (uint64_t)wanted < left ? (size_t)wanted : left;
    source->position += taken;
    return (OPJ_OFF_T)taken;
}

static OPJ_BOOL seek_memory(OPJ_OFF_T position, void *user) {
    memory *source = user;
    if (position < 0 || (uint64_t)position > source->count) return OPJ_FALSE;
    source->position = (size_t)position;
    return OPJ_TRUE;
}

static opj_stream_t *open_memory(memory *source) {
    opj_stream_t *stream = opj_stream_create(1 << 16, OPJ_TRUE);
    if (!stream) return NULL;
    opj_stream_set_user_data(stream, source, NULL);
    opj_stream_set_user_data_length(stream, source->count);
    opj_stream_set_read_function(stream, read_memory);
    opj_stream_set_skip_function(stream, skip_memory);
    opj_stream_set_seek_function(stream, seek_memory);
    return stream;
}

/// What the caller read in the header is what OpenJPEG read there.
static bool is_expected(const opj_image_t *image, const copenjpeg_shape *shape) {
    if (image->numcomps != shape->components || !image->comps) return false;
    if (image->x1 - image->x0 != shape->columns || image->y1 - image->y0 != shape->rows) return false;
    for (OPJ_UINT32 index = 0; index < image->numcomps; ++index) {
        const opj_image_comp_t *component = &image->comps[index];
        if (component->dx != 1 || component->dy != 1 || component->factor != 0) return false;
        if (component->w != shape->columns || component->h != shape->rows) return false;
        if (component->prec != shape->precision || (component->sgnd != 0) != (shape->is_signed != 0)) return false;
    }
    return true;
}

/// Writes the cells; false where a sample does not fit.
static bool write_cells(const opj_image_t *image, const copenjpeg_shape *shape, uint8_t *cells) {
    const size_t pixels = (size_t)shape->columns * shape->rows;
    const uint32_t mask = (uint32_t)((1ull << shape->precision) - 1);
    const uint32_t sign = 1u << (shape->precision - 1);
    const int64_t limit = 1ll << shape->bits_stored;
    const int64_t lowest = shape->is_cell_signed ? -(limit / 2) : 0;
    const int64_t highest = shape->is_cell_signed ? limit / 2 - 1 : limit - 1;
    for (uint32_t component = 0; component < shape->components; ++component) {
        const OPJ_INT32 *samples = image->comps[component].data;
        if (!samples) return false;
        uint8_t *cell = cells + (size_t)component * shape->cell_bytes;
        const size_t step = (size_t)shape->components * shape->cell_bytes;
        for (size_t pixel = 0; pixel < pixels; ++pixel, cell += step) {
            const uint32_t bits = (uint32_t)samples[pixel] & mask;
            const int64_t value =
                shape->is_cell_signed && (bits & sign) ? (int64_t)bits - ((int64_t)mask + 1) : (int64_t)bits;
            if (value < lowest || value > highest) return false;
            cell[0] = (uint8_t)value;
            if (shape->cell_bytes == 2) cell[1] = (uint8_t)((uint64_t)value >> 8);
        }
    }
    return true;
}

static int32_t decode(opj_codec_t *codec, opj_stream_t *stream, const copenjpeg_shape *shape, uint8_t *cells) {
    // No handler of messages is set: none is written anywhere.
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    if (!opj_setup_decoder(codec, &parameters)) return COPENJPEG_FAULT;
    // A stream that ends early is no image.
    if (!opj_decoder_set_strict_mode(codec, OPJ_TRUE)) return COPENJPEG_FAULT;
    opj_image_t *image = NULL;
    if (!opj_read_header(stream, codec, &image)) {
        opj_image_destroy(image);
        return COPENJPEG_INVALID;
    }
    int32_t status = COPENJPEG_MISMATCH;
    if (is_expected(image, shape)) {
        status = COPENJPEG_INVALID;
        if (opj_decode(codec, stream, image) && opj_end_decompress(codec, stream) && is_expected(image, shape) &&
            write_cells(image, shape, cells)) {
            status = COPENJPEG_OK;
        }
    }
    opj_image_destroy(image);
    return status;
}

int32_t copenjpeg_decode(const uint8_t *bytes, size_t count, const copenjpeg_shape *shape, uint8_t *cells,
                         size_t cells_count) {
    if (shape->precision < 1 || shape->precision > 16 || shape->bits_stored < 1 || shape->bits_stored > 16 ||
        shape->cell_bytes < 1 || shape->cell_bytes > 2 || shape->columns > 65535 || shape->rows > 65535 ||
        shape->components < 1 || shape->components > 4) {
        return COPENJPEG_MISMATCH;
    }
    if (cells_count != (uint64_t)shape->columns * shape->rows * shape->components * shape->cell_bytes) {
        return COPENJPEG_MISMATCH;
    }
    memory source = {bytes, count, 0};
    opj_stream_t *stream = open_memory(&source);
    opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);
    const int32_t status = stream && codec ? decode(codec, stream, shape, cells) : COPENJPEG_FAULT;
    opj_destroy_codec(codec);
    opj_stream_destroy(stream);
    return status;
}
