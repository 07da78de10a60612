#define _GNU_SOURCE
#include "cplatform.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct platform_task {
    pthread_t thread;
    void (*body)(void *);
    void *context;
};

static void *run(void *argument) {
    platform_task *task = argument;
    task->body(task->context);
    return NULL;
}

platform_task *platform_task_start(void (*body)(void *context), void *context) {
    platform_task *task = malloc(sizeof *task);
    if (!task) return NULL;
    *task = (platform_task){.body = body, .context = context};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&task->thread, NULL, run, task);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!error) return task;
    free(task);
    return NULL;
}

void platform_task_join(platform_task *task) {
    if (!task) return;
    pthread_join(task->thread, NULL);
    free(task);
}
