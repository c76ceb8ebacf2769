// The border to OpenJPEG: plain C. Foreign bytes reach it in one place only, a codestream whose header the caller has
// read and found to be what the data set says.
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Answers of every function that can fail.
static const int32_t COPENJPEG_OK = 0;
static const int32_t COPENJPEG_INVALID = 1;   // the bytes are not what they claim to be
static const int32_t COPENJPEG_MISMATCH = 2;  // the image in the stream is not of the shape expected
static const int32_t COPENJPEG_FAULT = 3;     // no memory

/// The image that is expected in the stream, and the cells that its samples are written to.
typedef struct {
    uint32_t columns, rows, components;
    /// Bits of a sample in the stream, and whether they are signed there.
    uint32_t precision, is_signed;
    /// Bits Stored, Pixel Representation and bytes of a cell (1 or 2) of the data set.
    uint32_t bits_stored, is_cell_signed, cell_bytes;
} copenjpeg_shape;

/// Decodes a codestream (ISO 15444-1 Annex A, or ISO 15444-15) without a file format around it, whole or not at all.
/// `cells` gets columns × rows × components cells, little endian, colour by pixel: the bits of each sample, taken as a
/// number of the data set's Pixel Representation. COPENJPEG_INVALID also where one does not fit into Bits Stored.
int32_t copenjpeg_decode(const uint8_t *bytes, size_t count, const copenjpeg_shape *shape, uint8_t *cells,
                         size_t cells_count);

#pragma clang assume_nonnull end
