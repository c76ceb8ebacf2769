#define _GNU_SOURCE
#include "cconfinement.h"
#include "filter.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

/// Address space of this process when it was confined, and the most it may have after.
static uint64_t at_entry, ceiling;

static uint64_t address_space(void) {
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    const int read = fscanf(file, "%llu", &pages);
    fclose(file);
    return read == 1 ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static int limit(int resource, rlim_t soft, rlim_t hard) {
    const struct rlimit wanted = {soft, hard};
    return setrlimit(resource, &wanted) == 0 ? 0 : errno;
}

int32_t cconfinement_enter(uint64_t more) {
    at_entry = address_space();
    if (at_entry == 0) return EIO;
    ceiling = at_entry + more;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno;
    int error = limit(RLIMIT_CORE, 0, 0);
    if (!error) error = limit(RLIMIT_FSIZE, 0, 0);
    if (!error) error = limit(RLIMIT_NOFILE, 16, 16);
    if (!error) error = limit(RLIMIT_NPROC, 0, 0);
    if (!error) error = limit(RLIMIT_AS, ceiling, ceiling);
    if (!error) error = cconfinement_filter();
    return error;
}

int32_t cconfinement_bound(uint64_t more, uint32_t processor_seconds, uint32_t seconds) {
    const uint64_t wanted = at_entry + more;
    int error = limit(RLIMIT_AS, wanted < ceiling ? wanted : ceiling, ceiling);
    if (error) return error;
    struct rusage used;
    if (getrusage(RUSAGE_SELF, &used) != 0) return errno;
    const rlim_t spent = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1);
    error = limit(RLIMIT_CPU, spent + processor_seconds, RLIM_INFINITY);
    if (error) return error;
    const struct itimerval clock = {{0, 0}, {seconds, 0}};
    return setitimer(ITIMER_REAL, &clock, NULL) == 0 ? 0 : errno;
}
