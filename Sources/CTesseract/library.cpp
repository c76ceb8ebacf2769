#include "library.h"

#include <cstdlib>

#include <dlfcn.h>

namespace ctesseract {

namespace {

template <class Function> bool find(void *handle, const char *name, Function &function) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
    return function != nullptr;
}

struct Opened {
    Library functions{};
    bool complete = false;

    Opened() {
        // One thread per recognition: the caller decides how many pictures are read beside each other.
        setenv("OMP_THREAD_LIMIT", "1", 0);
        void *handle = dlopen("libtesseract.so.5", RTLD_NOW | RTLD_LOCAL);
        if (!handle) return;
        Library &f = functions;
        complete = find(handle, "TessBaseAPICreate", f.create) && find(handle, "TessBaseAPIDelete", f.destroy) &&
                   find(handle, "TessBaseAPISetVariable", f.set_variable) &&
                   find(handle, "TessBaseAPIInit3", f.init) &&
                   find(handle, "TessBaseAPISetPageSegMode", f.set_layout) &&
                   find(handle, "TessBaseAPISetImage", f.set_image) &&
                   find(handle, "TessBaseAPISetSourceResolution", f.set_resolution) &&
                   find(handle, "TessBaseAPIRecognize", f.recognise) && find(handle, "TessBaseAPIClear", f.clear) &&
                   find(handle, "TessBaseAPIGetIterator", f.iterator) &&
                   find(handle, "TessResultIteratorDelete", f.delete_iterator) &&
                   find(handle, "TessResultIteratorGetPageIteratorConst", f.page_iterator) &&
                   find(handle, "TessResultIteratorNext", f.next) &&
                   find(handle, "TessResultIteratorGetUTF8Text", f.text) &&
                   find(handle, "TessResultIteratorConfidence", f.confidence) &&
                   find(handle, "TessPageIteratorBoundingBox", f.box) &&
                   find(handle, "TessDeleteText", f.delete_text) &&
                   find(handle, "TessMonitorCreate", f.create_monitor) &&
                   find(handle, "TessMonitorDelete", f.delete_monitor) &&
                   find(handle, "TessMonitorSetDeadlineMSecs", f.set_deadline);
    }
};

}  // namespace

const Library *library() {
    static const Opened opened;
    return opened.complete ? &opened.functions : nullptr;
}

}  // namespace ctesseract
