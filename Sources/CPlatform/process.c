#define _GNU_SOURCE
#include "cplatform.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

// glibc passes argc and argv to constructors; Embedded Swift has no CommandLine.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int platform_argument_count(void) { return argument_count; }
const char *platform_argument(int index) { return index >= 0 && index < argument_count ? arguments[index] : NULL; }
const char *platform_environment(const char *name) { return getenv(name); }

bool platform_executable_path(char *into, size_t size) {
    ssize_t count = readlink("/proc/self/exe", into, size);
    if (count < 0 || (size_t)count >= size) return false;
    into[count] = 0;
    return true;
}

double platform_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int platform_cpu_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

long platform_memory_kib(const char *field) {
    FILE *status = fopen("/proc/self/status", "r");
    if (!status) return -1;
    char line[256];
    long value = -1;
    size_t length = strlen(field);
    while (fgets(line, sizeof line, status))
        if (strncmp(line, field, length) == 0) { value = strtol(line + length, NULL, 10); break; }
    fclose(status);
    return value;
}

double platform_seconds_since_start(void) {
    FILE *stat = fopen("/proc/self/stat", "r");
    if (!stat) return -1;
    char text[1024];
    size_t got = fread(text, 1, sizeof text - 1, stat);
    fclose(stat);
    text[got] = 0;
    // Field 22 counted from 1; the command name (field 2) may hold spaces, so count from its closing bracket.
    char *at = strrchr(text, ')');
    if (!at) return -1;
    for (int field = 2; field < 22 && at; field++) at = strchr(at + 1, ' ');
    if (!at) return -1;
    double started = (double)strtoull(at + 1, NULL, 10) / (double)sysconf(_SC_CLK_TCK);
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9 - started;
}

uint64_t platform_address_space_left(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
    long used = platform_memory_kib("VmSize:");
    uint64_t bytes = used > 0 ? (uint64_t)used * 1024 : 0;
    return limit.rlim_cur > bytes ? limit.rlim_cur - bytes : 0;
}

void platform_exit(int code) { exit(code); }
// From here on memory is mapped: it comes zeroed, costs nothing until it is touched, and goes back when freed.
enum { MAPPED_FROM = 128 * 1024 };

void *platform_allocate(size_t count) {
    if (count >= MAPPED_FROM) {
        void *memory = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return memory == MAP_FAILED ? NULL : memory;
    }
    void *memory = NULL;
    size_t rounded = count == 0 ? 64 : (count + 63) & ~(size_t)63;
    if (posix_memalign(&memory, 64, rounded) != 0) return NULL;
    memset(memory, 0, rounded);
    return memory;
}

void platform_free(void *memory, size_t count) {
    if (!memory) return;
    if (count >= MAPPED_FROM) munmap(memory, count); else free(memory);
}
