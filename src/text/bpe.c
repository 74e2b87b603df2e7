/* Three levels, by how often they are met:
 *   1. the cache: pieces of up to 24 bytes are looked up as three 64-bit words; most words of a text are repeats;
 *   2. short pieces: symbols and the rank of each neighbouring pair in two small arrays, a scan for the lowest;
 *   3. long pieces (a megabyte of one letter is legal input): a doubly linked list and a binary heap of
 *      (rank, position), stale entries skipped when popped: O(n log n).
 * The ranks of byte pairs, with which every piece starts, come from a 256 x 256 table instead of the hash table. */
#include "text/bpe.h"
#include <stdbool.h>
#include <string.h>
#include "base/mem.h"

enum { SHORT = 48, CACHE_SLOTS = 1 << 14, NO_RANK = INT32_MAX };
#define LONGEST ((size_t)1 << 26) /* a longer piece is cut: bounds memory, and positions stay 32-bit */

typedef struct slot {
    uint64_t key; /* left << 32 | right, all ones = empty */
    int32_t  rank, merged;
} slot;

struct bpe {
    slot    *slots;
    size_t   mask, n;
    int32_t  rank; /* of the next bpe_add */
    int32_t  byte_id[256];
    int32_t *merged_of; /* [n_merges] rank -> token */
    int32_t *byte_rank; /* [256, 256] */
};

typedef struct entry {
    uint64_t key[3]; /* the bytes, zero padded */
    uint32_t tag;    /* length and part of the hash; 0 = empty */
    uint32_t n;
    int32_t  id[BPE_CACHE_IDS];
} entry;

struct bpe_scratch {
    entry    *cache; /* [CACHE_SLOTS] */
    size_t    cap;   /* symbols the arrays below hold */
    int32_t  *sym, *prev, *next, *rank;
    uint64_t *heap;
    size_t    n_heap;
};

static inline uint64_t mix(uint64_t a, uint64_t b) {
    __extension__ typedef unsigned __int128 u128;
    u128                                    m = (u128)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xd1b54a32d192ed03u);
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

uint64_t bpe_hash(const char *p, size_t n) {
    uint64_t h = n, w;
    for (; n >= 8; p += 8, n -= 8) {
        memcpy(&w, p, 8);
        h = mix(h, w);
    }
    w = 0;
    memcpy(&w, p, n);
    return mix(mix(h, w), 0x2545f4914f6cdd1du);
}

static inline uint64_t pair_key(int32_t a, int32_t b) { return (uint64_t)(uint32_t)a << 32 | (uint32_t)b; }

static inline const slot *find(const bpe *b, uint64_t key) {
    size_t i = (size_t)mix(key, key >> 32) & b->mask;
    while (b->slots[i].key != key && b->slots[i].key != UINT64_MAX) i = (i + 1) & b->mask;
    return &b->slots[i];
}

static inline int32_t rank_of(const bpe *b, int32_t left, int32_t right) {
    return find(b, pair_key(left, right))->rank;
}

bpe *bpe_new(const int32_t byte_id[256], size_t n_merges) {
    bpe   *b    = mem_calloc(1, sizeof *b);
    size_t size = 64;
    while (size < n_merges * 2) size *= 2;
    b->mask  = size - 1;
    b->slots = mem_alloc(size * sizeof *b->slots);
    for (size_t i = 0; i < size; i++) b->slots[i] = (slot){UINT64_MAX, NO_RANK, -1};
    memcpy(b->byte_id, byte_id, sizeof b->byte_id);
    b->merged_of = mem_calloc(n_merges + 1, sizeof *b->merged_of);
    b->byte_rank = mem_alloc(65536 * sizeof *b->byte_rank);
    return b;
}

void bpe_add(bpe *b, int32_t left, int32_t right, int32_t merged) {
    slot *s                 = &b->slots[find(b, pair_key(left, right)) - b->slots];
    s->key                  = pair_key(left, right);
    s->rank                 = b->rank;
    s->merged               = merged;
    b->merged_of[b->rank++] = merged;
}

void bpe_ready(bpe *b) {
    for (int i = 0; i < 256; i++)
        for (int j = 0; j < 256; j++) {
            bool both                 = b->byte_id[i] >= 0 && b->byte_id[j] >= 0;
            b->byte_rank[i * 256 + j] = both ? rank_of(b, b->byte_id[i], b->byte_id[j]) : NO_RANK;
        }
}

void bpe_free(bpe *b) {
    if (!b) return;
    mem_free(b->slots);
    mem_free(b->merged_of);
    mem_free(b->byte_rank);
    mem_free(b);
}

bpe_scratch *bpe_scratch_new(void) {
    bpe_scratch *s = mem_calloc(1, sizeof *s);
    s->cache       = mem_calloc(CACHE_SLOTS, sizeof *s->cache);
    return s;
}

void bpe_scratch_trim(bpe_scratch *s) {
    if (s->cap <= 65536) return;
    mem_free(s->sym);
    mem_free(s->prev);
    mem_free(s->next);
    mem_free(s->rank);
    mem_free(s->heap);
    s->sym = s->prev = s->next = s->rank = NULL;
    s->heap                              = NULL;
    s->cap                               = 0;
}

void bpe_scratch_free(bpe_scratch *s) {
    if (!s) return;
    s->cap = SIZE_MAX; /* so that trim gives everything back */
    bpe_scratch_trim(s);
    mem_free(s->cache);
    mem_free(s);
}

/* Symbols of the bytes; ranks of neighbours (rank[i] belongs to the pair i, i + 1). Returns the number of symbols. */
static size_t start(const bpe *b, const char *p, size_t n, int32_t *sym, int32_t *rank) {
    size_t m      = 0;
    int    before = -1;
    for (size_t i = 0; i < n; i++) {
        int c = (unsigned char)p[i];
        if (b->byte_id[c] < 0) continue;
        if (before >= 0) rank[m - 1] = b->byte_rank[before * 256 + c];
        sym[m++] = b->byte_id[c];
        before   = c;
    }
    if (m) rank[m - 1] = NO_RANK;
    return m;
}

static size_t encode_short(const bpe *b, const char *p, size_t n, int32_t *sym) {
    int32_t rank[SHORT];
    size_t  m = start(b, p, n, sym, rank);
    while (m > 1) {
        size_t  at  = 0;
        int32_t low = rank[0];
        for (size_t i = 1; i + 1 < m; i++)
            if (rank[i] < low) {
                low = rank[i];
                at  = i;
            }
        if (low == NO_RANK) break;
        sym[at] = b->merged_of[low];
        for (size_t i = at + 1; i + 1 < m; i++) {
            sym[i]  = sym[i + 1];
            rank[i] = rank[i + 1];
        }
        m--;
        rank[at] = at + 1 < m ? rank_of(b, sym[at], sym[at + 1]) : NO_RANK;
        if (at > 0) rank[at - 1] = rank_of(b, sym[at - 1], sym[at]);
    }
    return m;
}

static void reserve(bpe_scratch *s, size_t n) {
    if (n <= s->cap) return;
    s->cap  = n + n / 2;
    s->sym  = mem_realloc(s->sym, s->cap * sizeof *s->sym);
    s->prev = mem_realloc(s->prev, s->cap * sizeof *s->prev);
    s->next = mem_realloc(s->next, s->cap * sizeof *s->next);
    s->rank = mem_realloc(s->rank, s->cap * sizeof *s->rank);
    /* Every merge removes one entry and adds at most two, on top of at most one per symbol. */
    s->heap = mem_realloc(s->heap, 2 * s->cap * sizeof *s->heap);
}

static void sift_down(uint64_t *h, size_t n, size_t i) {
    uint64_t v = h[i];
    for (;;) {
        size_t k = 2 * i + 1;
        if (k >= n) break;
        if (k + 1 < n && h[k + 1] < h[k]) k++;
        if (h[k] >= v) break;
        h[i] = h[k];
        i    = k;
    }
    h[i] = v;
}

static void push(bpe_scratch *s, int32_t rank, int32_t at) {
    if (rank == NO_RANK) return;
    uint64_t v = (uint64_t)(uint32_t)rank << 32 | (uint32_t)at;
    size_t   i = s->n_heap++;
    while (i > 0 && s->heap[(i - 1) / 2] > v) {
        s->heap[i] = s->heap[(i - 1) / 2];
        i          = (i - 1) / 2;
    }
    s->heap[i] = v;
}

static uint64_t pop(bpe_scratch *s) {
    uint64_t top = s->heap[0];
    s->heap[0]   = s->heap[--s->n_heap];
    if (s->n_heap) sift_down(s->heap, s->n_heap, 0);
    return top;
}

static void set_rank(const bpe *b, bpe_scratch *s, int32_t i) {
    int32_t j  = s->next[i];
    s->rank[i] = j < 0 ? NO_RANK : rank_of(b, s->sym[i], s->sym[j]);
    push(s, s->rank[i], i);
}

static size_t encode_long(const bpe *b, bpe_scratch *s, const char *p, size_t n, int32_t *out) {
    reserve(s, n);
    size_t m  = start(b, p, n, s->sym, s->rank);
    s->n_heap = 0;
    for (size_t i = 0; i < m; i++) {
        s->prev[i] = (int32_t)i - 1;
        s->next[i] = i + 1 < m ? (int32_t)i + 1 : -1;
        if (s->rank[i] != NO_RANK) s->heap[s->n_heap++] = (uint64_t)(uint32_t)s->rank[i] << 32 | (uint32_t)i;
    }
    for (size_t i = s->n_heap / 2; i-- > 0;) sift_down(s->heap, s->n_heap, i);
    while (s->n_heap) {
        uint64_t top = pop(s);
        int32_t  at = (int32_t)(uint32_t)top, rank = (int32_t)(top >> 32);
        if (s->rank[at] != rank) continue; /* the pair was changed or eaten since */
        int32_t gone = s->next[at], after = s->next[gone];
        s->sym[at]  = b->merged_of[rank];
        s->next[at] = after;
        if (after >= 0) s->prev[after] = at;
        s->rank[gone] = NO_RANK;
        set_rank(b, s, at);
        if (s->prev[at] >= 0) set_rank(b, s, s->prev[at]);
    }
    size_t k = 0;
    for (int32_t i = m ? 0 : -1; i >= 0; i = s->next[i]) out[k++] = s->sym[i];
    return k;
}

static size_t encode_any(const bpe *b, bpe_scratch *s, const char *p, size_t n, int32_t *out) {
    if (n <= SHORT) {
        int32_t sym[SHORT];
        size_t  m = encode_short(b, p, n, sym);
        memcpy(out, sym, m * sizeof *sym);
        return m;
    }
    size_t k = 0;
    for (; n > LONGEST; p += LONGEST, n -= LONGEST) k += encode_long(b, s, p, LONGEST, out + k);
    return k + encode_long(b, s, p, n, out + k);
}

/* The piece as three zero-padded words, without reading past `end`. */
static inline void load_key(const char *p, size_t n, const char *end, uint64_t key[3]) {
    if (end - p >= BPE_CACHE_BYTES) {
        memcpy(key, p, BPE_CACHE_BYTES);
        size_t whole = n / 8, rest = n % 8;
        if (whole < 3) key[whole] &= ((uint64_t)1 << (rest * 8)) - 1;
        for (size_t i = whole + 1; i < 3; i++) key[i] = 0;
    } else {
        key[0] = key[1] = key[2] = 0;
        memcpy(key, p, n);
    }
}

size_t bpe_encode(const bpe *b, bpe_scratch *s, const char *p, size_t n, const char *end, int32_t *out) {
    if (n == 1) {
        out[0] = b->byte_id[(unsigned char)*p];
        return out[0] >= 0;
    }
    if (n > BPE_CACHE_BYTES) return encode_any(b, s, p, n, out);
    uint64_t key[3];
    load_key(p, n, end, key);
    uint64_t h   = mix(mix(key[0], key[1]), key[2]);
    uint32_t tag = (uint32_t)(h >> 32 << 5 | n); /* n is 2..24 here, so a tag is never 0 */
    entry   *e   = &s->cache[h & (CACHE_SLOTS - 1)];
    if (e->tag == tag && e->key[0] == key[0] && e->key[1] == key[1] && e->key[2] == key[2]) {
        memcpy(out, e->id, sizeof e->id);
        return e->n;
    }
    size_t m = encode_any(b, s, p, n, out);
    if (m <= BPE_CACHE_IDS) {
        memcpy(e->key, key, sizeof key);
        e->tag = tag;
        e->n   = (uint32_t)m;
        memcpy(e->id, out, m * sizeof *out);
    }
    return m;
}
