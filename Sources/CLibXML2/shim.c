#include "clibxml2.h"
