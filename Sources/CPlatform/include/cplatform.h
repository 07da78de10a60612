// The operating system, as far as Albit needs it: what Embedded Swift cannot import.
// Functions that can fail return 0 or an errno value; nothing here prints or exits unless its name says so.
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Values of errno that Swift looks at; Embedded Swift cannot import the macros.
static const int platform_error_out_of_memory = ENOMEM;
static const int platform_error_file_too_big = EFBIG;
static const int platform_error_closed_pipe = EPIPE;

// Files ---------------------------------------------------------------------------------------

typedef struct {
    const void *base;
    uint64_t size;
    int fd;     // stays open for platform_read_at; -1 when nothing is open
    int error;  // errno of the step that failed, 0 when open
} platform_file;

/// Opens a regular file for reading and maps it read-only. An empty file has a null base. Where only the mapping
/// fails (ENOMEM, EFBIG), size is set.
platform_file platform_open_mapped(const char *path);
/// Opens without mapping: base is null, size is set; read with platform_read_at.
platform_file platform_open(const char *path);
void platform_close(platform_file *file);
/// Reads exactly count bytes at offset; EIO where the file ends before.
int platform_read_at(int fd, void *into, size_t count, uint64_t offset);
/// Bytes of the mapping between offset and offset + count will not be needed soon.
void platform_discard(const void *base, size_t offset, size_t count);

/// What a path leads to, with all links followed.
typedef enum {
    PLATFORM_KIND_NOTHING = 0,  // or nothing that this process may see
    PLATFORM_KIND_FILE = 1,     // a regular file
    PLATFORM_KIND_DIRECTORY = 2,
    PLATFORM_KIND_OTHER = 3  // a device, FIFO or socket
} platform_path_kind;
platform_path_kind platform_kind(const char *path);
/// Whether path, with all links followed, lies in the directory of the file besides, with all links followed, or below.
bool platform_lies_beside(const char *path, const char *besides);
/// Calls visit for every name in a directory except . and .. until it returns false.
int platform_list(const char *path, bool (*visit)(void *context, const char *name), void *context);

/// Creates path for writing; fails with EEXIST where it is there and overwrite is false.
int platform_create(const char *path, bool overwrite, int *fd);
/// Creates a file without a name in a directory: it is gone with the process, even one that is killed. Where the file
/// system has no such files, an errno value such as EOPNOTSUPP or EISDIR.
int platform_create_unnamed(const char *directory, int *fd);
/// Gives such a file its name. Without overwrite, EEXIST where the name is taken; with it, by way of temporary.
int platform_name_file(int fd, const char *temporary, const char *path, bool overwrite);
/// Writes all of it, whatever the kernel's chunks.
int platform_write(int fd, const void *bytes, size_t count);
/// Overwrites bytes at an offset.
int platform_write_at(int fd, const void *bytes, size_t count, uint64_t offset);
int platform_sync(int fd);
int platform_sync_close(int fd);
int platform_rename(const char *from, const char *to);
int platform_remove(const char *path);
int platform_make_directory(const char *path);
/// Removed when SIGINT, SIGTERM or SIGHUP ends the process; null forgets it. The string is copied; one path at a time.
void platform_remove_on_signal(const char *path);
/// Reads up to count bytes from a descriptor (0: standard input); -1 on error, 0 at the end. After
/// platform_watch_signals, a SIGTERM or SIGINT ends the wait for bytes with 0.
long platform_read(int fd, void *into, size_t count);
bool platform_is_terminal(int fd);
const char *platform_error_text(int error);

/// Whether the CPU has instructions for SHA-256.
bool platform_has_sha256(void);
/// Takes `count` blocks of 64 bytes into the state a ... h (FIPS 180-4), where the CPU has them; `constants` are the
/// standard's 64 words.
void platform_sha256(uint32_t state[8], const uint32_t constants[64], const void *blocks, size_t count);

/// Whether the CPU has instructions for CRC-32C.
bool platform_has_crc32c(void);
/// The remainder (reflected, not inverted) after more bytes, where the CPU has them.
uint32_t platform_crc32c(uint32_t remainder, const void *bytes, size_t count);

// Process -------------------------------------------------------------------------------------

int platform_argument_count(void);
const char *platform_argument(int index);
/// Value of an environment variable, or null.
const char *platform_environment(const char *name);
/// The program's own file with all links followed; false where it is unknown or longer than size.
bool platform_executable_path(char *into, size_t size);
/// Monotonic seconds.
double platform_now(void);
/// CPUs that this process may use.
int platform_cpu_count(void);
/// KiB from /proc/self/status; field such as "VmHWM:", "RssAnon:", "VmRSS:"; -1 where it is missing.
long platform_memory_kib(const char *field);
/// Seconds between the start of the process and now (resolution of a clock tick).
double platform_seconds_since_start(void);
/// Bytes of address space this process may still map (RLIMIT_AS), UINT64_MAX where unlimited.
uint64_t platform_address_space_left(void);
_Noreturn void platform_exit(int code);
/// Ignores SIGPIPE so that a closed pipe shows as EPIPE in platform_write.
void platform_quiet_pipes(void);
/// From now on SIGTERM and SIGINT do not end the process: the first makes platform_stopped true and ends a waiting
/// platform_read; a second one kills as usual. Returns 0 or an errno value.
int platform_watch_signals(void);
bool platform_stopped(void);

/// Only with ALBIT_EMBEDDED (see embedded.c): true where the mended parts of Swift's Embedded runtime are linked in.
/// A board build that calls it can't be linked without them.
bool platform_embedded_runtime_is_mended(void);

// Memory --------------------------------------------------------------------------------------

/// 64-byte aligned zeroed memory, or null. Large blocks take no memory before they are written.
void *platform_allocate(size_t count);
/// Takes the count that was given to platform_allocate; null is fine.
void platform_free(void *memory, size_t count);

// Threads -------------------------------------------------------------------------------------

/// Something that runs on a thread of its own; null where no thread can be made.
typedef struct platform_task platform_task;
platform_task *platform_task_start(void (*body)(void *context), void *context);
/// Waits for its end and frees it. What the body wrote is visible then.
void platform_task_join(platform_task *task);

typedef struct platform_pool platform_pool;
/// A pool of count - 1 sleeping threads (the caller is the remaining one); null when threads can't be made.
/// The threads have 1 MB of stack, and leave signals to the caller's.
platform_pool *platform_pool_make(int count);
void platform_pool_free(platform_pool *pool);
int platform_pool_count(const platform_pool *pool);
/// Runs body(context, index) on every thread of the pool, index 0 on the caller; returns when all are done.
/// One run at a time: not from two threads, not from inside a body. What bodies wrote is visible to the caller.
/// Idle threads sleep on a futex after a short bounded spin.
void platform_pool_run(platform_pool *pool, void (*body)(void *context, int index), void *context);
/// 0, 1, 2 ... to whichever thread asks next, from 0 again in every run: units of work that nobody waits for. Only
/// inside platform_pool_run, at most 2^32 - count times.
uint32_t platform_pool_claim(platform_pool *pool);
/// All threads of the pool meet here; only inside platform_pool_run.
void platform_pool_barrier(platform_pool *pool);
