// Inside CDCMTK only.
#pragma once

#include "guard.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcmetinf.h>

#include <vector>

struct cdcmtk_file {
    /// A container on the way to what a visit meets next. `current` is null before its first member.
    struct Level {
        enum class Kind { root, metaInformation, dataSet, sequence, item, fragments };
        Kind kind;
        DcmObject *container;
        DcmObject *current;
    };

    DcmFileFormat content;
    // A visit: the levels it is in, and the value it shows. Its depth is bounded by the heap, not by the stack.
    std::vector<Level> visited;
    bool isVisited = false;
    std::vector<uint8_t> value;
    // Building: sequences and items begun, from the outermost.
    std::vector<DcmObject *> begun;
};
