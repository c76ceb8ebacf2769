#include "guard.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcerror.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include <vector>

int32_t cdcmtk_inflate(const uint8_t *bytes, size_t count, size_t limit, cdcmtk_buffer *result) {
    return cdcmtk::guarded([&]() -> int32_t {
        *result = {nullptr, 0};
        DcmInputBufferStream stream;
        stream.setBuffer(bytes, static_cast<offile_off_t>(count));
        stream.setEos();
        if (stream.installCompressionFilter(ESC_zlib).bad()) return CDCMTK_UNSUPPORTED;
        std::vector<uint8_t> inflated;
        uint8_t chunk[65536];
        while (!stream.eos()) {
            const offile_off_t read = stream.read(chunk, sizeof chunk);
            if (stream.status().bad() && stream.status() != EC_EndOfStream) return CDCMTK_INVALID;
            if (read <= 0) break;
            if (inflated.size() + static_cast<size_t>(read) > limit) return CDCMTK_TOO_LARGE;
            inflated.insert(inflated.end(), chunk, chunk + read);
        }
        return cdcmtk::copy(inflated.data(), inflated.size(), result);
    });
}
