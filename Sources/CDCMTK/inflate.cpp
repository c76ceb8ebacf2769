#include "guard.h"

#include <zlib.h>

#include <vector>

namespace {
// Ends the stream on every way out.
struct Inflating {
    z_stream stream = {};
    bool isReady = inflateInit2(&stream, -MAX_WBITS) == Z_OK;
    ~Inflating() { if (isReady) inflateEnd(&stream); }
};
} // namespace

// By zlib itself: DCMTK's filter takes bytes that run out for the end of the stream.
int32_t cdcmtk_inflate(const uint8_t *bytes, size_t count, size_t limit, cdcmtk_buffer *result) {
    return cdcmtk::guarded([&]() -> int32_t {
        *result = {nullptr, 0};
        Inflating inflating;
        if (!inflating.isReady) return CDCMTK_UNSUPPORTED;
        z_stream &stream = inflating.stream;
        std::vector<uint8_t> inflated;
        uint8_t chunk[65536];
        size_t taken = 0;
        int status = Z_OK;
        while (status != Z_STREAM_END) {
            if (stream.avail_in == 0) {
                // zlib counts in 32 bits.
                const size_t piece = count - taken < (1u << 30) ? count - taken : (1u << 30);
                stream.next_in = const_cast<Bytef *>(bytes + taken);
                stream.avail_in = static_cast<uInt>(piece);
                taken += piece;
            }
            stream.next_out = chunk;
            stream.avail_out = sizeof chunk;
            status = inflate(&stream, Z_NO_FLUSH);
            // Z_BUF_ERROR: nothing is left to read, and the end was not met.
            if (status != Z_OK && status != Z_STREAM_END) return CDCMTK_INVALID;
            const size_t read = sizeof chunk - stream.avail_out;
            if (inflated.size() + read > limit) return CDCMTK_TOO_LARGE;
            inflated.insert(inflated.end(), chunk, chunk + read);
        }
        return cdcmtk::copy(inflated.data(), inflated.size(), result);
    });
}
