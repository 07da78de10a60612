#define _GNU_SOURCE
#include "cplatform.h"
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// A stack of 8 MB a thread, as usual, is more address space than a small board's process may have.
enum { STACK = 1 << 20 };
// Spinning longer than this wastes a core that another process could use; a futex wake costs some 15 µs.
enum { SPINS = 4000 };

struct worker { pthread_t thread; platform_pool *pool; int index; };

struct platform_pool {
    int count;
    _Atomic uint32_t job;       // rises by one with every run; workers wait for it to change
    _Atomic uint32_t running;   // workers that have not finished the current job
    _Atomic uint32_t claimed;   // units of the current job that a thread has taken
    _Atomic uint32_t arrived, generation;  // the barrier
    _Atomic bool ending;
    void (*body)(void *, int);
    void *context;
    struct worker workers[];
};

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || (defined(__arm__) && __ARM_ARCH >= 7)
    __asm__ volatile("yield");
#endif
}

static void wait_while(_Atomic uint32_t *word, uint32_t value) {
    for (int spin = 0; spin < SPINS; spin++) {
        if (atomic_load_explicit(word, memory_order_acquire) != value) return;
        relax();
    }
    while (atomic_load_explicit(word, memory_order_acquire) == value)
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake_all(_Atomic uint32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1 << 30, NULL, NULL, 0); }

static void *work(void *argument) {
    struct worker *worker = argument;
    platform_pool *pool = worker->pool;
    uint32_t seen = 0;
    for (;;) {
        wait_while(&pool->job, seen);
        seen = atomic_load_explicit(&pool->job, memory_order_acquire);
        if (atomic_load_explicit(&pool->ending, memory_order_acquire)) return NULL;
        pool->body(pool->context, worker->index);
        if (atomic_fetch_sub_explicit(&pool->running, 1, memory_order_acq_rel) == 1) wake_all(&pool->running);
    }
}

platform_pool *platform_pool_make(int count) {
    if (count < 1) count = 1;
    platform_pool *pool = calloc(1, sizeof *pool + (size_t)count * sizeof(struct worker));
    if (!pool) return NULL;
    pool->count = 1;
    if (count == 1) return pool;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) { free(pool); return NULL; }
    pthread_attr_setstacksize(&attributes, STACK);
    sigset_t all, before;  // threads inherit the mask: a signal has to interrupt the caller's read, not a worker
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = 0;
    for (int i = 1; i < count && !error; i++) {
        pool->workers[i] = (struct worker){.pool = pool, .index = i};
        error = pthread_create(&pool->workers[i].thread, &attributes, work, &pool->workers[i]);
        if (!error) pool->count = i + 1;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error) { platform_pool_free(pool); return NULL; }
    return pool;
}

void platform_pool_free(platform_pool *pool) {
    if (!pool) return;
    atomic_store_explicit(&pool->ending, true, memory_order_release);
    atomic_fetch_add_explicit(&pool->job, 1, memory_order_acq_rel);
    wake_all(&pool->job);
    for (int i = 1; i < pool->count; i++) pthread_join(pool->workers[i].thread, NULL);
    free(pool);
}

int platform_pool_count(const platform_pool *pool) { return pool->count; }

void platform_pool_run(platform_pool *pool, void (*body)(void *, int), void *context) {
    atomic_store_explicit(&pool->claimed, 0, memory_order_relaxed);
    if (pool->count == 1) { body(context, 0); return; }
    pool->body = body;
    pool->context = context;
    atomic_store_explicit(&pool->running, (uint32_t)pool->count - 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&pool->job, 1, memory_order_acq_rel);
    wake_all(&pool->job);
    body(context, 0);
    uint32_t left;
    while ((left = atomic_load_explicit(&pool->running, memory_order_acquire)) != 0) wait_while(&pool->running, left);
}

uint32_t platform_pool_claim(platform_pool *pool) {
    return atomic_fetch_add_explicit(&pool->claimed, 1, memory_order_relaxed);
}

void platform_pool_barrier(platform_pool *pool) {
    if (pool->count == 1) return;
    uint32_t generation = atomic_load_explicit(&pool->generation, memory_order_acquire);
    if (atomic_fetch_add_explicit(&pool->arrived, 1, memory_order_acq_rel) == (uint32_t)pool->count - 1) {
        atomic_store_explicit(&pool->arrived, 0, memory_order_relaxed);
        atomic_fetch_add_explicit(&pool->generation, 1, memory_order_acq_rel);
        wake_all(&pool->generation);
    } else {
        wait_while(&pool->generation, generation);
    }
}
