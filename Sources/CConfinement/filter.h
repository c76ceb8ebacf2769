// Inside CConfinement only.
#pragma once

#include <stdint.h>

/// From now on this process has only the system calls that computing with an open socket needs; others answer EPERM.
/// 0 also where the kernel knows no filters; else an errno.
int32_t cconfinement_filter(void);
