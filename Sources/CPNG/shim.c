#include "cpng.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct buffer {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    size_t maximum;
    int too_large;
};

// libpng reports errors by a jump; setjmp and longjmp stay in this file and no Swift frame lies between them.
static void on_error(png_structp png, png_const_charp message) {
    (void)message;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void append(png_structp png, png_bytep data, size_t count) {
    struct buffer *buffer = png_get_io_ptr(png);
    if (count > buffer->maximum - buffer->count) {
        buffer->too_large = 1;
        png_error(png, "");
    }
    if (count > buffer->capacity - buffer->count) {
        size_t capacity = buffer->capacity < 4096 ? 4096 : buffer->capacity;
        while (capacity < buffer->count + count) capacity *= 2;
        uint8_t *bytes = realloc(buffer->bytes, capacity);
        if (bytes == NULL) png_error(png, "");
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->count, data, count);
    buffer->count += count;
}

static void flush(png_structp png) {
    (void)png;
}

int cpng_encode(const uint8_t *pixels, size_t pixel_count, uint32_t width, uint32_t height, uint32_t channels,
                size_t maximum_count, uint8_t **output, size_t *output_count) {
    *output = NULL;
    *output_count = 0;
    if (pixels == NULL || width == 0 || height == 0 || width > 65535 || height > 65535) return CPNG_INVALID;
    if (channels != 1 && channels != 3) return CPNG_INVALID;
    if (pixel_count != (size_t)width * height * channels) return CPNG_INVALID;

    // Outside the jump's reach: what a longjmp may leave behind must be in memory, not in registers.
    struct buffer *buffer = calloc(1, sizeof *buffer);
    if (buffer == NULL) return CPNG_FAILED;
    buffer->maximum = maximum_count;

    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    png_infop volatile info = png == NULL ? NULL : png_create_info_struct(png);
    int status = CPNG_FAILED;
    if (info != NULL) {
        if (setjmp(png_jmpbuf(png)) == 0) {
            png_set_write_fn(png, buffer, append, flush);
            png_set_IHDR(png, info, width, height, 8, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                         PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
            png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_PAETH);
            png_set_compression_level(png, 6);
            png_write_info(png, info);
            for (uint32_t row = 0; row < height; row++)
                png_write_row(png, pixels + (size_t)row * width * channels);
            png_write_end(png, NULL);
            *output = buffer->bytes;
            *output_count = buffer->count;
            buffer->bytes = NULL;
            status = CPNG_OK;
        } else {
            status = buffer->too_large ? CPNG_TOO_LARGE : CPNG_FAILED;
        }
    }
    if (png != NULL) {
        png_infop made = info;
        png_destroy_write_struct(&png, made == NULL ? NULL : &made);
    }
    free(buffer->bytes);
    free(buffer);
    return status;
}

int cpng_decode(const uint8_t *bytes, size_t count, uint32_t maximum_side, uint8_t **output, uint32_t *width,
                uint32_t *height) {
    *output = NULL;
    *width = *height = 0;
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&image, bytes, count)) return CPNG_FAILED;
    if (image.width > maximum_side || image.height > maximum_side) {
        png_image_free(&image);
        return CPNG_TOO_LARGE;
    }
    image.format = PNG_FORMAT_RGB;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    if (pixels == NULL) {
        png_image_free(&image);
        return CPNG_FAILED;
    }
    const png_color black = {0, 0, 0};
    if (!png_image_finish_read(&image, &black, pixels, 0, NULL)) {
        free(pixels);
        return CPNG_FAILED;
    }
    *output = pixels;
    *width = image.width;
    *height = image.height;
    return CPNG_OK;
}

void cpng_free(uint8_t *output) {
    free(output);
}
