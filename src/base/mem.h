/* mem.h -- the two ways memory is had: blocks that abort when none is left,
 * and arenas that are sized once and never grow.
 *
 *   arena a = {0};
 *   arena_init(&a, 64u << 20);
 *   size_t mark = arena_mark(&a);
 *   float *h = arena_floats(&a, (size_t)T * D);      // 64-byte aligned, not zeroed
 *   arena_reset(&a, mark);
 *   arena_free(&a);
 *
 * Memory:  mem_* blocks are freed with mem_free; arena memory by arena_free.
 * Errors:  out of memory or an arena overflow prints one line and aborts
 *          (an overflow is a bug in the caller's x_bytes() query).
 * Threads: mem_* are thread safe; an arena belongs to one thread. */
#ifndef R1_MEM_H
#define R1_MEM_H
#include <stddef.h>
#include <stdint.h>

void *mem_alloc(size_t bytes);            /* 64-byte aligned, not zeroed */
void *mem_calloc(size_t n, size_t size);  /* 64-byte aligned, zeroed; checks n * size */
void *mem_realloc(void *p, size_t bytes); /* p from mem_realloc or NULL only (plain malloc family) */
char *mem_strdup(const char *s);
void  mem_free(void *p); /* NULL is fine */

typedef struct arena {
    uint8_t *base;
    size_t   size, used, peak;
} arena;

void                 arena_init(arena *a, size_t bytes); /* zero pages from the OS, huge pages asked for */
void                 arena_free(arena *a);
void                *arena_alloc(arena *a, size_t bytes); /* 64-byte aligned, contents unspecified */
static inline float *arena_floats(arena *a, size_t n) { return (float *)arena_alloc(a, n * sizeof(float)); }
static inline size_t arena_mark(const arena *a) { return a->used; }
static inline void   arena_reset(arena *a, size_t mark) { a->used = mark; }
/* What arena_alloc takes for `bytes`, for x_bytes() queries. */
static inline size_t arena_round(size_t bytes) { return (bytes + 63) & ~(size_t)63; }
#endif
