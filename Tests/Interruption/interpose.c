// A library for LD_PRELOAD that makes one system call of a program fail, chosen by its number: what
// Scripts/check-interruption.py counts through. Calls are counted from the start of the process, over all threads.
//
// ALBIT_CALL: the number of the call, from 1; 0 fails none. ALBIT_FAULT: kill, term, enospc, eio, eintr or short.
// ALBIT_COUNT: a file that gets the number of calls at the end.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long count;
static long wanted = -1;
static const char *fault = "";

// The first call may come before any constructor.
static void begin(void) {
    const char *number = getenv("ALBIT_CALL"), *kind = getenv("ALBIT_FAULT");
    if (kind) fault = kind;
    wanted = number ? atol(number) : 0;
    // Programs that this one starts are left alone.
    unsetenv("LD_PRELOAD");
}

// What kind of fault the call at hand gets: 0 none, an errno, or -1 for half of what was asked.
static int next(int can_be_short) {
    if (wanted < 0) begin();
    if (atomic_fetch_add(&count, 1) + 1 != wanted) return 0;
    if (!strcmp(fault, "kill")) kill(getpid(), SIGKILL);
    if (!strcmp(fault, "term")) kill(getpid(), SIGTERM);
    if (!strcmp(fault, "enospc")) return ENOSPC;
    if (!strcmp(fault, "eio")) return EIO;
    if (!strcmp(fault, "eintr")) return can_be_short ? EINTR : 0;
    if (!strcmp(fault, "short")) return can_be_short ? -1 : 0;
    return 0;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("ALBIT_COUNT");
    if (!path) return;
    FILE *file = fopen(path, "w");
    if (!file) return;
    fprintf(file, "%ld\n", atomic_load(&count));
    fclose(file);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAIL(result, can_be_short)           \
    int code = next(can_be_short);           \
    if (code > 0) {                          \
        errno = code;                        \
        return result;                       \
    }

#define OPEN(name, prefix, arguments)                                                  \
    int name prefix {                                                                  \
        mode_t mode = 0;                                                               \
        if (flags & (O_CREAT | O_TMPFILE)) {                                           \
            va_list list;                                                              \
            va_start(list, flags);                                                     \
            mode = (mode_t)va_arg(list, int);                                          \
            va_end(list);                                                              \
        }                                                                              \
        REAL(name);                                                                    \
        FAIL(-1, 1)                                                                    \
        return real arguments;                                                         \
    }
OPEN(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
OPEN(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))

#define TRANSFER(name, types, arguments)     \
    ssize_t name types {                     \
        REAL(name);                          \
        FAIL(-1, 1)                          \
        if (code < 0 && size > 1) size /= 2; \
        return real arguments;               \
    }
TRANSFER(read, (int file, void *bytes, size_t size), (file, bytes, size))
TRANSFER(write, (int file, const void *bytes, size_t size), (file, bytes, size))
TRANSFER(pread, (int file, void *bytes, size_t size, off_t place), (file, bytes, size, place))
TRANSFER(pread64, (int file, void *bytes, size_t size, off64_t place), (file, bytes, size, place))
TRANSFER(pwrite, (int file, const void *bytes, size_t size, off_t place), (file, bytes, size, place))
TRANSFER(pwrite64, (int file, const void *bytes, size_t size, off64_t place), (file, bytes, size, place))

#define CALL(type, failed, name, types, arguments) \
    type name types {                              \
        REAL(name);                                \
        FAIL(failed, 0)                            \
        return real arguments;                     \
    }
CALL(int, -1, fsync, (int file), (file))
CALL(int, -1, fdatasync, (int file), (file))
CALL(int, -1, ftruncate, (int file, off_t size), (file, size))
CALL(int, -1, ftruncate64, (int file, off64_t size), (file, size))
CALL(int, -1, rename, (const char *from, const char *to), (from, to))
CALL(int, -1, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
CALL(int, -1, linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags))
CALL(int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
CALL(int, -1, fstat, (int file, struct stat *status), (file, status))
CALL(int, -1, stat, (const char *path, struct stat *status), (path, status))
CALL(int, -1, lstat, (const char *path, struct stat *status), (path, status))
CALL(DIR *, NULL, opendir, (const char *path), (path))
CALL(void *, MAP_FAILED, mmap, (void *place, size_t size, int protection, int flags, int file, off_t offset),
     (place, size, protection, flags, file, offset))
