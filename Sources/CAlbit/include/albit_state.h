// What the Swift side of albit.h keeps in C: a message for each thread, a lock that survives fork, and blocks of
// memory. Not installed.
#pragma once
#include <stddef.h>

/// Keeps a message as the thread's last error. What does not fit into its 2 KB is cut at a whole character.
void albit_keep_error(const char *text, size_t length);

/// The one lock of the library, held for moments only. In a forked child it is free.
void albit_lock(void);
void albit_unlock(void);

/// The number of this process.
int albit_process(void);

/// Memory for answers or a card, or NULL.
void *albit_block_make(size_t size);
void albit_block_free(void *block);
