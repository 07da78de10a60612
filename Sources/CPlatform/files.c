#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64  // files above 2 GB on 32-bit boards too
#include "cplatform.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>  // rename
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

platform_file platform_open(const char *path) {
    platform_file file = {.fd = -1};
    // O_NONBLOCK: opening a FIFO must not hang; regular files ignore it.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) { file.error = errno; return file; }
    struct stat status;
    if (fstat(fd, &status) != 0) { file.error = errno; close(fd); return file; }
    if (!S_ISREG(status.st_mode)) {
        file.error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        close(fd);
        return file;
    }
    file.fd = fd;
    file.size = (uint64_t)status.st_size;
    return file;
}

platform_file platform_open_mapped(const char *path) {
    platform_file file = platform_open(path);
    if (file.error || file.size == 0) return file;
    uint64_t size = file.size;  // stays known where the mapping fails
    if (size > SIZE_MAX) { platform_close(&file); file.size = size; file.error = EFBIG; return file; }
    void *base = mmap(NULL, (size_t)file.size, PROT_READ, MAP_PRIVATE, file.fd, 0);
    if (base == MAP_FAILED) {
        int error = errno;
        platform_close(&file);
        file.size = size;
        file.error = error;
        return file;
    }
    file.base = base;
    return file;
}

void platform_close(platform_file *file) {
    if (file->base) munmap((void *)file->base, (size_t)file->size);
    if (file->fd >= 0) close(file->fd);
    *file = (platform_file){.fd = -1};
}

int platform_read_at(int fd, void *into, size_t count, uint64_t offset) {
    char *to = into;
    while (count > 0) {
        ssize_t got = pread(fd, to, count > INT_MAX ? INT_MAX : count, (off_t)offset);
        if (got < 0) { if (errno == EINTR) continue; return errno; }
        if (got == 0) return EIO;
        to += got; count -= (size_t)got; offset += (uint64_t)got;
    }
    return 0;
}

void platform_discard(const void *base, size_t offset, size_t count) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = ((uintptr_t)base + offset + page - 1) & ~(uintptr_t)(page - 1);
    uintptr_t end = ((uintptr_t)base + offset + count) & ~(uintptr_t)(page - 1);
    if (end > begin) madvise((void *)begin, end - begin, MADV_DONTNEED);
}

platform_path_kind platform_kind(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0) return PLATFORM_KIND_NOTHING;
    if (S_ISREG(status.st_mode)) return PLATFORM_KIND_FILE;
    return S_ISDIR(status.st_mode) ? PLATFORM_KIND_DIRECTORY : PLATFORM_KIND_OTHER;
}

bool platform_lies_beside(const char *path, const char *besides) {
    char *file = realpath(path, NULL);
    char *other = realpath(besides, NULL);
    bool inside = false;
    if (file && other) {
        char *slash = strrchr(other, '/');
        size_t length = slash ? (size_t)(slash - other) + 1 : 0;
        inside = length > 0 && strncmp(file, other, length) == 0;
    }
    free(file);
    free(other);
    return inside;
}

int platform_list(const char *path, bool (*visit)(void *, const char *), void *context) {
    DIR *directory = opendir(path);
    if (!directory) return errno;
    int error;
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(directory);
        error = entry ? 0 : errno;
        if (!entry) break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (!visit(context, entry->d_name)) break;
    }
    closedir(directory);
    return error;
}

int platform_create(const char *path, bool overwrite, int *fd) {
    *fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (overwrite ? O_TRUNC : O_EXCL), 0644);
    return *fd < 0 ? errno : 0;
}

int platform_create_unnamed(const char *directory, int *fd) {
    *fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
    return *fd < 0 ? errno : 0;
}

int platform_name_file(int fd, const char *temporary, const char *path, bool overwrite) {
    char unnamed[40];
    snprintf(unnamed, sizeof unnamed, "/proc/self/fd/%d", fd);
    // A link never replaces a file; a rename does.
    if (!overwrite) return linkat(AT_FDCWD, unnamed, AT_FDCWD, path, AT_SYMLINK_FOLLOW) ? errno : 0;
    if (linkat(AT_FDCWD, unnamed, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) != 0) {
        if (errno != EEXIST || unlink(temporary) != 0) return errno;
        if (linkat(AT_FDCWD, unnamed, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) != 0) return errno;
    }
    if (rename(temporary, path) == 0) return 0;
    int error = errno;
    unlink(temporary);
    return error;
}

int platform_write(int fd, const void *bytes, size_t count) {
    const char *from = bytes;
    while (count > 0) {
        ssize_t put = write(fd, from, count > INT_MAX ? INT_MAX : count);
        if (put < 0) { if (errno == EINTR && !platform_stopped()) continue; return errno; }
        from += put; count -= (size_t)put;
    }
    return 0;
}

int platform_write_at(int fd, const void *bytes, size_t count, uint64_t offset) {
    const char *from = bytes;
    while (count > 0) {
        ssize_t put = pwrite(fd, from, count > INT_MAX ? INT_MAX : count, (off_t)offset);
        if (put < 0) { if (errno == EINTR) continue; return errno; }
        from += put; count -= (size_t)put; offset += (uint64_t)put;
    }
    return 0;
}

int platform_sync(int fd) {
    // A file system that cannot sync (a pipe, some FUSE mounts) says EINVAL: nothing to be done about it.
    return fsync(fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
}

int platform_sync_close(int fd) {
    int error = platform_sync(fd);
    if (close(fd) != 0 && !error) error = errno;
    return error;
}

int platform_rename(const char *from, const char *to) { return rename(from, to) ? errno : 0; }
int platform_remove(const char *path) { return unlink(path) ? errno : 0; }
int platform_make_directory(const char *path) { return mkdir(path, 0755) ? errno : 0; }

bool platform_is_terminal(int fd) { return isatty(fd) == 1; }
const char *platform_error_text(int error) {
    const char *text = strerrordesc_np(error);  // unlike strerror: safe with threads, the same in every locale
    return text ? text : "unknown error";
}
