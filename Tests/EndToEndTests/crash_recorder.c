/* Writes down, in the order in which they take effect, what a process does to files below some folders: for replaying a
 * power cut at any moment. Loaded with LD_PRELOAD.
 *
 *   CRASH_RECORDER_JOURNAL  file to append to
 *   CRASH_RECORDER_FOLDERS  folders to watch, separated by ':'
 *
 * An entry is: op (1 byte), number (8), begin (8), offset (8), length of the path (4), length of the data (8), path,
 * data; numbers in little endian. Bytes sent to a socket are written down before they are sent, when they hold an HL7 v2
 * acknowledgment. Memory-mapped files (SQLite's -shm) are not seen: they are rebuilt. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 'w', TRUNCATE = 't', SYNC = 's', RENAME = 'r', UNLINK = 'u', CREATE = 'c', FOLDER = 'd', SENT = 'a' };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t number;
static int journal = -1;
static char folders[8][PATH_MAX];
static int folder_count;

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("CRASH_RECORDER_JOURNAL"), *list = getenv("CRASH_RECORDER_FOLDERS");
    if (!path || !list) return;
    journal = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    while (*list && folder_count < 8) {
        size_t length = strcspn(list, ":");
        snprintf(folders[folder_count++], PATH_MAX, "%.*s", (int)length, list);
        list += length + (list[length] == ':');
    }
}

static int watched(const char *path) {
    if (journal < 0 || strstr(path, "-shm")) return 0;
    for (int i = 0; i < folder_count; i++) {
        size_t length = strlen(folders[i]);
        if (!strncmp(path, folders[i], length) && (path[length] == '/' || !path[length])) return 1;
    }
    return 0;
}

static int path_of(int fd, char *path) {
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return watched(path);
}

/* The caller holds the lock. */
static void put(char op, uint64_t from, uint64_t offset, const char *path, const struct iovec *parts, int count) {
    uint32_t path_length = (uint32_t)strlen(path);
    uint64_t length = 0, own = number++;
    char head[37];
    for (int i = 0; i < count; i++) length += parts[i].iov_len;
    head[0] = op;
    memcpy(head + 1, &own, 8), memcpy(head + 9, &from, 8), memcpy(head + 17, &offset, 8);
    memcpy(head + 25, &path_length, 4), memcpy(head + 29, &length, 8);
    struct iovec all[2] = {{head, sizeof head}, {(void *)path, path_length}};
    syscall(SYS_writev, journal, all, 2);
    for (int i = 0; i < count; i++)
        for (size_t done = 0; done < parts[i].iov_len;) {
            long n = syscall(SYS_write, journal, (char *)parts[i].iov_base + done, parts[i].iov_len - done);
            if (n <= 0) abort();
            done += (size_t)n;
        }
}

static void put_one(char op, uint64_t offset, const char *path, const void *data, size_t length) {
    struct iovec part = {(void *)data, length};
    put(op, 0, offset, path, &part, 1);
}

static void sent(int fd, const struct iovec *parts, int count) {
    int type;
    socklen_t length = sizeof type;
    if (journal < 0 || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length)) return;
    for (int i = 0; i < count; i++)
        if (memmem(parts[i].iov_base, parts[i].iov_len, "MSA|", 4)) {
            pthread_mutex_lock(&lock);
            put(SENT, 0, 0, "", parts, count);
            pthread_mutex_unlock(&lock);
            return;
        }
}

static ssize_t written(int fd, const struct iovec *parts, int count, off_t offset) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) {
        if (offset < 0) sent(fd, parts, count);
        return offset < 0 ? syscall(SYS_writev, fd, parts, count)
                          : syscall(SYS_pwritev, fd, parts, count, (long)offset, 0L);
    }
    pthread_mutex_lock(&lock);
    off_t place = offset >= 0 ? offset
        : fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    ssize_t result = offset < 0 ? syscall(SYS_writev, fd, parts, count)
                                : syscall(SYS_pwritev, fd, parts, count, (long)offset, 0L);
    int error = errno;
    ssize_t rest = result;
    for (int i = 0; i < count && rest > 0; i++) {
        size_t length = (size_t)rest < parts[i].iov_len ? (size_t)rest : parts[i].iov_len;
        put_one(WRITE, (uint64_t)place, path, parts[i].iov_base, length);
        place += (off_t)length, rest -= (ssize_t)length;
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

ssize_t write(int fd, const void *data, size_t length) {
    struct iovec part = {(void *)data, length};
    return written(fd, &part, 1, -1);
}
ssize_t writev(int fd, const struct iovec *parts, int count) { return written(fd, parts, count, -1); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    struct iovec part = {(void *)data, length};
    return written(fd, &part, 1, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return pwrite(fd, data, length, offset); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) { return written(fd, parts, count, offset); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    return written(fd, parts, count, offset);
}
ssize_t send(int fd, const void *data, size_t length, int flags) {
    REAL(send);
    struct iovec part = {(void *)data, length};
    sent(fd, &part, 1);
    return real(fd, data, length, flags);
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    REAL(sendmsg);
    sent(fd, message->msg_iov, (int)message->msg_iovlen);
    return real(fd, message, flags);
}

/* What a sync covers is what was written before it began; it counts from when it is over. */
static int synced(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return real(fd);
    pthread_mutex_lock(&lock);
    uint64_t from = number;
    pthread_mutex_unlock(&lock);
    int result = real(fd), error = errno;
    if (!result) {
        pthread_mutex_lock(&lock);
        put(SYNC, from, 0, path, NULL, 0);
        pthread_mutex_unlock(&lock);
    }
    errno = error;
    return result;
}
int fsync(int fd) {
    REAL(fsync);
    return synced(fd, real);
}
int fdatasync(int fd) {
    REAL(fdatasync);
    return synced(fd, real);
}

int ftruncate(int fd, off_t length) {
    REAL(ftruncate);
    char path[PATH_MAX];
    if (!path_of(fd, path)) return real(fd, length);
    pthread_mutex_lock(&lock);
    int result = real(fd, length), error = errno;
    if (!result) put(TRUNCATE, 0, (uint64_t)length, path, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

static void absolute(const char *path, char *whole) {
    char here[PATH_MAX / 2];
    if (path[0] == '/' || !getcwd(here, sizeof here)) snprintf(whole, PATH_MAX, "%s", path);
    else snprintf(whole, PATH_MAX, "%s/%s", here, path[0] == '.' && path[1] == '/' ? path + 2 : path);
}

int rename(const char *old, const char *new) {
    REAL(rename);
    char from[PATH_MAX], to[PATH_MAX];
    absolute(old, from), absolute(new, to);
    if (!watched(from)) return real(old, new);
    pthread_mutex_lock(&lock);
    int result = real(old, new), error = errno;
    if (!result) put_one(RENAME, 0, from, to, strlen(to));
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}
int unlink(const char *name) {
    REAL(unlink);
    char path[PATH_MAX];
    absolute(name, path);
    if (!watched(path)) return real(name);
    pthread_mutex_lock(&lock);
    int result = real(name), error = errno;
    if (!result) put(UNLINK, 0, 0, path, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}
int mkdir(const char *name, mode_t mode) {
    REAL(mkdir);
    char path[PATH_MAX];
    absolute(name, path);
    int result = real(name, mode), error = errno;
    if (!result && watched(path)) {
        pthread_mutex_lock(&lock);
        put(FOLDER, 0, 0, path, NULL, 0);
        pthread_mutex_unlock(&lock);
    }
    errno = error;
    return result;
}

static int opened(int at, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    absolute(name, path);
    int creates = flags & (O_CREAT | O_TRUNC) && (at == AT_FDCWD || name[0] == '/') && watched(path);
    if (!creates) return (int)syscall(SYS_openat, at, name, flags, mode);
    pthread_mutex_lock(&lock);
    struct stat before;
    int is_new = stat(path, &before) != 0;
    int fd = (int)syscall(SYS_openat, at, name, flags, mode), error = errno;
    if (fd >= 0 && is_new) put(CREATE, 0, 0, path, NULL, 0);
    if (fd >= 0 && !is_new && flags & O_TRUNC) put(TRUNCATE, 0, 0, path, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return fd;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & O_CREAT) { \
        va_list list; \
        va_start(list, flags); \
        mode = (mode_t)va_arg(list, int); \
        va_end(list); \
    }
int open(const char *name, int flags, ...) { MODE(flags) return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return opened(AT_FDCWD, name, flags | O_LARGEFILE, mode); }
int openat(int at, const char *name, int flags, ...) { MODE(flags) return opened(at, name, flags, mode); }
int openat64(int at, const char *name, int flags, ...) { MODE(flags) return opened(at, name, flags | O_LARGEFILE, mode); }
