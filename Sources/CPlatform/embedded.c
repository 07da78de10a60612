// What the Embedded Swift runtime of Swift 6.3 gets wrong or leaves out. Only the builds with
// ALBIT_EMBEDDED use it: ordinary Swift has its own runtime, which must not be replaced.
#define _GNU_SOURCE
#include "cplatform.h"
#ifdef ALBIT_EMBEDDED
#include <stdlib.h>
#include <sys/random.h>

#if UINTPTR_MAX > UINT32_MAX
// Declared to return its argument, swift_bridgeObjectRetain of 6.3 returns it without the tag bits (seen in its
// disassembly, on aarch64 and riscv64 alike). Compilers may use the result in place of the argument; a copied
// string of up to 15 bytes, which lives in those bits, is then garbage. The runtime's definitions are weak,
// so these take their place.
void *swift_retain(void *object);

// The uppermost bit marks what is not counted: small strings and literals. The others are String's own flags.
static const uintptr_t uncounted = (uintptr_t)1 << 63, plain_object = 0x8ffffffffffffff8;

void *swift_bridgeObjectRetain(void *tagged) {
    uintptr_t bits = (uintptr_t)tagged;
    if (!(bits & uncounted) && (bits & plain_object)) swift_retain((void *)(bits & plain_object));
    return tagged;
}

void *swift_bridgeObjectRetain_n(void *tagged, uint32_t count) {
    while (count-- > 0) swift_bridgeObjectRetain(tagged);
    return tagged;
}
#endif

// Referenced by Float(_: String) and Double(_: String), missing from the board libraries.
const char *_swift_stdlib_strtod_clocale(const char *text, double *value) {
    char *end;
    *value = strtod(text, &end);
    return end == text ? NULL : end;
}
const char *_swift_stdlib_strtof_clocale(const char *text, float *value) {
    char *end;
    *value = strtof(text, &end);
    return end == text ? NULL : end;
}

// Seeds the hashing of the Embedded runtime. glibc has it from 2.36 only, and a library is to load into older ones.
void arc4random_buf(void *into, size_t count) {
    unsigned char *bytes = into;
    while (count > 0) {
        ssize_t got = getrandom(bytes, count, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return;  // Seeds may be anything: answers do not depend on the order of hashing.
        }
        bytes += got;
        count -= (size_t)got;
    }
}

bool platform_embedded_runtime_is_mended(void) {
#if UINTPTR_MAX > UINT32_MAX
    void *small_string = (void *)(uintptr_t)0xe200000000006162;
    return swift_bridgeObjectRetain(small_string) == small_string;
#else
    return true;  // 32-bit strings keep their flags elsewhere
#endif
}
#endif
