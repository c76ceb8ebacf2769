// Inside CDCMTK only.
#pragma once

#include "cdcmtk.h"

#include <cstdlib>
#include <cstring>

namespace cdcmtk {

/// Runs `body` and turns every exception into CDCMTK_FAULT: none may unwind into Swift.
template <class Body> int32_t guarded(Body body) noexcept {
    try {
        return body();
    } catch (...) {
        return CDCMTK_FAULT;
    }
}

inline int32_t copy(const void *bytes, size_t count, cdcmtk_buffer *result) {
    uint8_t *copied = static_cast<uint8_t *>(std::malloc(count ? count : 1));
    if (!copied) return CDCMTK_FAULT;
    if (count) std::memcpy(copied, bytes, count);
    *result = {copied, count};
    return CDCMTK_OK;
}

}  // namespace cdcmtk
