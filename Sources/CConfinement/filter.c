#define _GNU_SOURCE
#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

/// Memory, the socket, signals to oneself, clocks, limits of oneself, the end.
static const uint32_t allowed[] = {
    SYS_read, SYS_write, SYS_sendto, SYS_recvfrom, SYS_close, SYS_lseek, SYS_fstat, SYS_ppoll,
    SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk,
    SYS_futex, SYS_sched_yield, SYS_sched_getaffinity, SYS_getcpu, SYS_membarrier, SYS_rseq, SYS_set_robust_list,
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall,
    SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_setitimer,
    SYS_getrusage, SYS_getrlimit, SYS_setrlimit, SYS_times, SYS_sysinfo, SYS_uname,
    SYS_getpid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getrandom, SYS_exit, SYS_exit_group,
#ifdef SYS_poll
    SYS_poll,
#endif
#ifdef SYS_time
    SYS_time,
#endif
};

enum { allowed_count = sizeof allowed / sizeof allowed[0] };

#define FIELD(name) offsetof(struct seccomp_data, name)
/// The lower half of an argument, which is all that a process id or a protection has.
#define ARGUMENT(index) (uint32_t)(offsetof(struct seccomp_data, args) + 8 * (index))

int32_t cconfinement_filter(void) {
    struct sock_filter code[allowed_count * 2 + 32];
    unsigned short length = 0;
#define ADD(...) code[length++] = (struct sock_filter)__VA_ARGS__
#define ANSWER(value) ADD(BPF_STMT(BPF_RET | BPF_K, value))
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(arch)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
    ANSWER(SECCOMP_RET_KILL_PROCESS);
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(nr)));
    for (int index = 0; index < allowed_count; ++index) {
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[index], 0, 1));
        ANSWER(SECCOMP_RET_ALLOW);
    }
    // Memory becomes no code (PROT_EXEC).
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 4));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(2)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x4, 1, 0));
    ANSWER(SECCOMP_RET_ALLOW);
    ANSWER(SECCOMP_RET_ERRNO | EPERM);
    // abort() signals itself, and setrlimit() of glibc is prlimit64() of oneself.
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(0)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1));
    ANSWER(SECCOMP_RET_ALLOW);
    ANSWER(SECCOMP_RET_ERRNO | EPERM);
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 4));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(0)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1));
    ANSWER(SECCOMP_RET_ALLOW);
    ANSWER(SECCOMP_RET_ERRNO | EPERM);
    ANSWER(SECCOMP_RET_ERRNO | EPERM);
    const struct sock_fprog program = {length, code};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0) return 0;
    return errno == EINVAL || errno == ENOSYS ? 0 : errno;
}

#else

int32_t cconfinement_filter(void) { return 0; }

#endif
