#include "guard.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcobject.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include <mutex>

int32_t cdcmtk_start(void) {
    return cdcmtk::guarded([]() -> int32_t {
        static std::once_flag once;
        static bool loaded = false;
        std::call_once(once, [] {
            // DCMTK logs values of elements: its log is switched off before anything is read.
            OFLog::configure(OFLogger::OFF_LOG_LEVEL);
            // The length of group 0002 is often wrong; the group ends where another one begins.
            dcmIgnoreFileMetaInformationGroupLength.set(OFTrue);
            DJDecoderRegistration::registerCodecs(EDC_photometricInterpretation, EUC_never, EPC_colorByPixel);
            DJLSDecoderRegistration::registerCodecs(EJLSUC_never, EJLSPC_colorByPixel);
            DcmRLEDecoderRegistration::registerCodecs();
            loaded = dcmDataDict.isDictionaryLoaded();
        });
        return loaded ? CDCMTK_OK : CDCMTK_FAULT;
    });
}

void cdcmtk_buffer_free(cdcmtk_buffer buffer) { std::free(buffer.bytes); }
