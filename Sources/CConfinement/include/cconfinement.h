// A child process that may do nothing but compute: how it is started, and what it takes from itself before it reads what
// strangers wrote. Linux only.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#pragma clang assume_nonnull begin

/// Starts `program` with `socket` as standard input, nothing as standard output and error, no other descriptor, no
/// signal blocked or ignored, in a process group of its own. `arguments` and `environment` end with NULL. Answers 0 and
/// the process id, or an errno.
int32_t cconfinement_start(const char *program, const char *_Nullable const *_Nonnull arguments,
                           const char *_Nullable const *_Nonnull environment, int32_t socket, pid_t *process);

/// Takes from this process, for good: new privileges, being read by others, core files, files that grow, descriptors
/// above 15, children, address space above what it has and `address_space` more, and every system call that computing
/// with an open socket does not need: no file is opened, no socket made, no process or thread started, none signalled.
/// Answers 0 or an errno. A kernel without system call filters does without the last.
int32_t cconfinement_enter(uint64_t address_space);

/// Bounds what comes next, until it is called again: address space above that at `cconfinement_enter`, seconds of
/// processor time, and seconds by the clock. A bound that is passed ends the process, or refuses the memory.
int32_t cconfinement_bound(uint64_t address_space, uint32_t processor_seconds, uint32_t seconds);

#pragma clang assume_nonnull end
