#include "guard.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcspchrs.h>
#include <dcmtk/ofstd/ofchrenc.h>

struct cdcmtk_charset {
    DcmSpecificCharacterSet converter;
};

int32_t cdcmtk_charset_create(const char *defined_terms, cdcmtk_charset **result) {
    return cdcmtk::guarded([&]() -> int32_t {
        *result = nullptr;
        cdcmtk_charset *charset = new cdcmtk_charset;
        if (charset->converter.selectCharacterSet(defined_terms, "ISO_IR 192").bad()) {
            delete charset;
            return CDCMTK_UNSUPPORTED;
        }
        *result = charset;
        return CDCMTK_OK;
    });
}

void cdcmtk_charset_free(cdcmtk_charset *charset) { delete charset; }

int32_t cdcmtk_charset_utf8(cdcmtk_charset *charset, const uint8_t *bytes, size_t count, const char *delimiters,
                            cdcmtk_buffer *result) {
    return cdcmtk::guarded([&]() -> int32_t {
        *result = {nullptr, 0};
        OFString converted;
        const OFCondition status = charset->converter.convertString(
            reinterpret_cast<const char *>(bytes), count, converted, delimiters);
        if (status.bad()) return CDCMTK_INVALID;
        return cdcmtk::copy(converted.data(), converted.size(), result);
    });
}

int32_t cdcmtk_euc_jp_utf8(const uint8_t *bytes, size_t count, cdcmtk_buffer *result) {
    return cdcmtk::guarded([&]() -> int32_t {
        *result = {nullptr, 0};
        OFCharacterEncoding encoding;
        if (encoding.selectEncoding("EUC-JP", "UTF-8").bad()) return CDCMTK_UNSUPPORTED;
        OFString converted;
        const OFCondition status = encoding.convertString(reinterpret_cast<const char *>(bytes), count, converted);
        if (status.bad()) return CDCMTK_INVALID;
        return cdcmtk::copy(converted.data(), converted.size(), result);
    });
}
