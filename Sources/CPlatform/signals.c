#define _GNU_SOURCE
#include "cplatform.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

void platform_quiet_pipes(void) { signal(SIGPIPE, SIG_IGN); }

// A temporary must not outlive a process that is told to end.
static char doomed[PATH_MAX];
static atomic_bool is_doomed;

static void remove_and_die(int number) {
    if (atomic_load(&is_doomed)) unlink(doomed);
    signal(number, SIG_DFL);
    raise(number);  // delivered when this handler returns
}

void platform_remove_on_signal(const char *path) {
    atomic_store(&is_doomed, false);
    if (!path || strlen(path) >= sizeof doomed) return;
    strcpy(doomed, path);
    atomic_store(&is_doomed, true);
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (int i = 0; i < 3; i++) {
        struct sigaction old;
        // What nohup or a shell ignores stays ignored, and a program that watches for signals keeps watching.
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL) signal(numbers[i], remove_and_die);
    }
}

// A flag alone would leave a gap: a signal between looking at it and read() would be slept over. A byte in a pipe,
// which poll() sees together with the input, leaves none.
static atomic_bool stopped;
static int alarm_pipe[2] = {-1, -1};

static void stop(int number) {
    (void)number;
    int error = errno;
    atomic_store(&stopped, true);
    ssize_t put = write(alarm_pipe[1], "", 1);
    (void)put;  // full: then it wakes already
    errno = error;
}

int platform_watch_signals(void) {
    if (alarm_pipe[0] < 0 && pipe2(alarm_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return errno;
    struct sigaction action = {.sa_handler = stop, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGTERM, &action, NULL) != 0 || sigaction(SIGINT, &action, NULL) != 0) return errno;
    return 0;
}

bool platform_stopped(void) { return atomic_load(&stopped); }

long platform_read(int fd, void *into, size_t count) {
    // poll passes negative descriptors over, so that it would wait for a signal only.
    if (fd < 0) return -1;
    for (;;) {
        if (platform_stopped()) return 0;
        if (alarm_pipe[0] >= 0) {
            struct pollfd watched[2] = {{.fd = fd, .events = POLLIN}, {.fd = alarm_pipe[0], .events = POLLIN}};
            if (poll(watched, 2, -1) < 0 && errno != EINTR) return -1;
            if (platform_stopped()) return 0;
            if (watched[0].revents == 0) continue;
        }
        ssize_t got = read(fd, into, count > INT_MAX ? INT_MAX : count);
        if (got < 0 && errno == EINTR) continue;
        return (long)got;
    }
}
