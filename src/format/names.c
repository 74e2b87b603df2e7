/* names.c -- see names.h. */
#include "format/names.h"

#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

enum { POOL_BYTES = 16 << 10 };

/* Copies live in a chain of blocks: thousands of short names cost a few allocations, and growing moves none. */
struct names_block {
    names_block *next;
    size_t       used, size;
    char         bytes[];
};

char *names_copy(names *x, const void *p, size_t len) {
    names_block *b = x->pool;
    if (!b || b->size - b->used < len + 1) {
        size_t size = len + 1 > POOL_BYTES ? len + 1 : POOL_BYTES;
        b           = (names_block *)mem_alloc(sizeof *b + size);
        b->used     = 0;
        b->size     = size;
        /* A long string gets a block of its own behind the head, so that the head keeps filling up. */
        if (x->pool && size > POOL_BYTES) {
            b->next       = x->pool->next;
            x->pool->next = b;
        } else {
            b->next = x->pool;
            x->pool = b;
        }
    }
    char *z = b->bytes + b->used;
    if (len) memcpy(z, p, len);
    z[len] = 0;
    b->used += len + 1;
    return z;
}

static int32_t *find_slot(const names *x, const char *p, size_t len) {
    size_t mask = x->n_slot - 1;
    for (size_t h = (size_t)hash_bytes(p, len) & mask;; h = (h + 1) & mask) {
        int32_t i = x->slot[h];
        if (i == 0) return &x->slot[h];
        const char *z = x->name[i - 1];
        if (strncmp(z, p, len) == 0 && z[len] == 0) return &x->slot[h];
    }
}

static void grow(names *x) {
    x->cap    = x->cap ? 2 * x->cap : 32;
    x->name   = (char **)mem_realloc(x->name, (size_t)x->cap * sizeof *x->name);
    x->n_slot = (size_t)x->cap * 2; /* at most half full */
    mem_free(x->slot);
    x->slot = (int32_t *)mem_calloc(x->n_slot, sizeof *x->slot);
    for (int i = 0; i < x->n; i++) *find_slot(x, x->name[i], strlen(x->name[i])) = i + 1;
}

int names_add(names *x, const char *p, size_t len) {
    if (x->n == x->cap) grow(x);
    int32_t *s = find_slot(x, p, len);
    if (*s) return -1;
    x->name[x->n] = names_copy(x, p, len);
    *s            = ++x->n;
    return x->n - 1;
}

int names_find(const names *x, const char *name) { return x->n ? *find_slot(x, name, strlen(name)) - 1 : -1; }

const char *names_at(const names *x, int i) { return x->name[i]; }

void names_free(names *x) {
    for (names_block *b = x->pool; b;) {
        names_block *next = b->next;
        mem_free(b);
        b = next;
    }
    mem_free(x->name);
    mem_free(x->slot);
    memset(x, 0, sizeof *x);
}
