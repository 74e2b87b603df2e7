#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGN = 64, HUGE_PAGE = 2 << 20 };

/* Nothing above base/ can go on without the memory it asked for: sizes are bounded where input is
 * read (see fs_read's max and the file readers), so running out here is the machine's limit. */
static _Noreturn void die(const char *what, size_t bytes) {
    fprintf(stderr, "r1: %s (%zu bytes asked for)\n", what, bytes);
    abort();
}

void *mem_alloc(size_t bytes) {
    if (bytes > SIZE_MAX - ALIGN) die("out of memory", bytes);
    size_t rounded = bytes ? arena_round(bytes) : ALIGN;
    void  *p       = aligned_alloc(ALIGN, rounded);
    if (!p) die("out of memory", bytes);
    return p;
}

void *mem_calloc(size_t n, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) die("out of memory: size overflow", n);
    void *p = mem_alloc(bytes);
    memset(p, 0, bytes);
    return p;
}

void *mem_realloc(void *p, size_t bytes) {
    void *q = realloc(p, bytes ? bytes : 1);
    if (!q) die("out of memory", bytes);
    return q;
}

char *mem_strdup(const char *s) {
    size_t n = strlen(s) + 1;
    char  *p = mem_alloc(n);
    memcpy(p, s, n);
    return p;
}

void mem_free(void *p) { free(p); }

/* An arena is its own mapping: the kernel hands out zero pages only when they are touched, so a
 * generous x_bytes() costs address space and not memory, and huge pages spare the TLB in GEMMs. */
void arena_init(arena *a, size_t bytes) {
    size_t unit = bytes >= HUGE_PAGE ? (size_t)HUGE_PAGE : 4096;
    if (bytes > SIZE_MAX - unit) die("out of memory for an arena", bytes);
    size_t size = bytes ? (bytes + unit - 1) / unit * unit : unit;
    void  *p    = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) die("out of memory for an arena", bytes);
    if (size >= HUGE_PAGE) madvise(p, size, MADV_HUGEPAGE); /* advice only: a refusal changes nothing */
    a->base = p;
    a->size = size;
    a->used = a->peak = 0;
}

void arena_free(arena *a) {
    if (a->base) munmap(a->base, a->size);
    memset(a, 0, sizeof *a);
}

void *arena_alloc(arena *a, size_t bytes) {
    if (bytes > a->size || arena_round(bytes) > a->size - a->used) {
        fprintf(stderr, "r1: arena overflow: %zu of %zu bytes used, %zu asked for\n", a->used, a->size, bytes);
        abort();
    }
    void *p = a->base + a->used;
    a->used += arena_round(bytes);
    if (a->used > a->peak) a->peak = a->used;
    return p;
}
