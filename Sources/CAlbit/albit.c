#define _GNU_SOURCE
#include "albit.h"
#include "albit_state.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Errors -------------------------------------------------------------------------------------------

static _Thread_local char message[2048];

void albit_keep_error(const char *text, size_t length) {
    if (length >= sizeof message) {
        length = sizeof message - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
    }
    memcpy(message, text, length);
    message[length] = 0;
}

const char *albit_error(void) { return message; }

// Lock ---------------------------------------------------------------------------------------------

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t registration = PTHREAD_ONCE_INIT;

static void take(void) { pthread_mutex_lock(&lock); }
static void give(void) { pthread_mutex_unlock(&lock); }
// Around a fork the forking thread holds the lock, so that the child finds what it guards whole, and can free it.
static void watch_forks(void) { pthread_atfork(take, give, give); }

void albit_lock(void) {
    pthread_once(&registration, watch_forks);
    take();
}

void albit_unlock(void) { give(); }

int albit_process(void) { return (int)getpid(); }

// Memory -------------------------------------------------------------------------------------------

void *albit_block_make(size_t size) { return malloc(size); }
void albit_block_free(void *block) { free(block); }

void albit_free(albit_answers *answers) { free(answers); }
