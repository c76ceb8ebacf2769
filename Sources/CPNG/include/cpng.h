#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What became of an encoding.
enum cpng_status {
    CPNG_OK = 0,
    /// A side is zero or above 65,535, channels are neither 1 nor 3, or the pixels are not width*height*channels bytes.
    CPNG_INVALID = 1,
    /// The file would be larger than the caller allows.
    CPNG_TOO_LARGE = 2,
    /// libpng or the allocator gave up.
    CPNG_FAILED = 3,
};

/// Encodes 8-bit grey (1 channel) or RGB (3 channels) pixels, rows from top to bottom without padding, as PNG.
///
/// Same input, same bytes: fixed filter and compression level, no time chunk. On CPNG_OK `*output` holds
/// `*output_count` bytes, to be given back with `cpng_free`; otherwise `*output` is NULL. Never prints, never exits.
int cpng_encode(const uint8_t *pixels, size_t pixel_count, uint32_t width, uint32_t height, uint32_t channels,
                size_t maximum_count, uint8_t **output, size_t *output_count);

/// Decodes a PNG to 8-bit RGB, rows from top to bottom without padding; transparency is laid over black.
///
/// On CPNG_OK `*output` holds 3 * `*width` * `*height` bytes, to be given back with `cpng_free`. An image with a side
/// above `maximum_side` is CPNG_TOO_LARGE, what is no PNG is CPNG_FAILED. Never prints, never exits.
int cpng_decode(const uint8_t *bytes, size_t count, uint32_t maximum_side, uint8_t **output, uint32_t *width,
                uint32_t *height);

void cpng_free(uint8_t *output);

#ifdef __cplusplus
}
#endif
