#include "ctesseract.h"

#include "library.h"

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

using ctesseract::Library;

struct ctesseract_engine {
    const Library *library;
    void *api;
};

namespace {

/// RIL_WORD of TessPageIteratorLevel.
constexpr int word_level = 3;

int64_t now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return int64_t(time.tv_sec) * 1000 + time.tv_nsec / 1000000;
}

void release(std::vector<ctesseract_word> &words) {
    for (ctesseract_word &word : words) std::free(word.text);
    words.clear();
}

/// Frees what one recognition took, however it ends.
struct Recognition {
    ctesseract_engine *engine;
    void *monitor = nullptr;
    void *iterator = nullptr;
    std::vector<ctesseract_word> words;

    explicit Recognition(ctesseract_engine *engine) : engine(engine) {}

    ~Recognition() {
        const Library &f = *engine->library;
        release(words);
        if (iterator) f.delete_iterator(iterator);
        if (monitor) f.delete_monitor(monitor);
        f.clear(engine->api);
    }

    int32_t run(int32_t milliseconds) {
        const Library &f = *engine->library;
        monitor = f.create_monitor();
        if (!monitor) return CTESSERACT_FAILED;
        f.set_deadline(monitor, milliseconds);
        const int64_t end = now() + milliseconds;
        if (f.recognise(engine->api, monitor) != 0) return now() >= end ? CTESSERACT_TIMEOUT : CTESSERACT_FAILED;
        // After its deadline the library answers what it has, as if that were all.
        if (now() >= end) return CTESSERACT_TIMEOUT;
        iterator = f.iterator(engine->api);
        if (iterator) do append(); while (f.next(iterator, word_level));
        return CTESSERACT_OK;
    }

    void append() {
        const Library &f = *engine->library;
        ctesseract_word word{};
        const void *page = f.page_iterator(iterator);
        if (!page || !f.box(page, word_level, &word.left, &word.top, &word.right, &word.bottom)) return;
        char *text = f.text(iterator, word_level);
        if (!text) return;
        word.text = strdup(text);
        f.delete_text(text);
        if (!word.text) throw std::bad_alloc();
        word.confidence = f.confidence(iterator, word_level);
        words.push_back(word);
    }
};

}  // namespace

int32_t ctesseract_open(const char *language, ctesseract_engine **engine) {
    *engine = nullptr;
    try {
        const Library *library = ctesseract::library();
        if (!library) return CTESSERACT_NO_LIBRARY;
        void *api = library->create();
        if (!api) return CTESSERACT_FAILED;
        // Before the start, which would print where it looked for the language.
        library->set_variable(api, "debug_file", "/dev/null");
        if (library->init(api, nullptr, language) != 0) {
            library->destroy(api);
            return CTESSERACT_NO_LANGUAGE;
        }
        // Names and numbers are in no dictionary, and light text on dark is turned before it comes here.
        library->set_variable(api, "load_system_dawg", "0");
        library->set_variable(api, "load_freq_dawg", "0");
        library->set_variable(api, "tessedit_do_invert", "0");
        *engine = new ctesseract_engine{library, api};
        return CTESSERACT_OK;
    } catch (...) {
        return CTESSERACT_FAILED;
    }
}

void ctesseract_close(ctesseract_engine *engine) {
    if (!engine) return;
    try {
        engine->library->destroy(engine->api);
    } catch (...) {
        // Nothing is left to be done for it.
    }
    delete engine;
}

int32_t ctesseract_recognise(ctesseract_engine *engine, const uint8_t *pixels, int32_t width, int32_t height,
                             int32_t resolution, enum ctesseract_layout layout, int32_t milliseconds,
                             ctesseract_word **words, size_t *count) {
    *words = nullptr;
    *count = 0;
    if (!engine || !pixels || width < 1 || height < 1 || width > 32767 || height > 32767) return CTESSERACT_INVALID;
    try {
        const Library &f = *engine->library;
        f.set_layout(engine->api, layout);
        f.set_image(engine->api, pixels, width, height, 1, width);
        f.set_resolution(engine->api, resolution);
        Recognition recognition(engine);
        const int32_t status = recognition.run(milliseconds);
        if (status != CTESSERACT_OK) return status;
        const size_t found = recognition.words.size();
        auto *answer = static_cast<ctesseract_word *>(std::malloc((found ? found : 1) * sizeof(ctesseract_word)));
        if (!answer) return CTESSERACT_FAILED;
        if (found) std::memcpy(answer, recognition.words.data(), found * sizeof(ctesseract_word));
        recognition.words.clear();
        *words = answer;
        *count = found;
        return CTESSERACT_OK;
    } catch (...) {
        return CTESSERACT_FAILED;
    }
}

void ctesseract_free(ctesseract_word *words, size_t count) {
    for (size_t index = 0; index < count; index++) std::free(words[index].text);
    std::free(words);
}
