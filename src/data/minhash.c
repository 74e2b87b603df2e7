#include "data/minhash.h"
#include <string.h>
#include "base/mem.h"
#include "base/rng.h"
#include "data/words.h"

/* ---- signatures */
/* 64 hash functions of one 32-bit value: another constant each, then two rounds of a mixer, so that the low bits of
 * neighbours are independent too. */
static void take(minhash *m, uint32_t x) {
    for (int i = 0; i < MINHASH_N; i++) {
        uint32_t h = (x ^ ((uint32_t)i * 0x9e3779b1u)) * 0x85ebca6bu;
        h          = (h ^ (h >> 15)) * 0xc2b2ae35u;
        h ^= h >> 13;
        m->least[i] = h < m->least[i] ? h : m->least[i];
    }
}

void minhash_of(minhash *m, const char *p, size_t n) {
    word_scan s = {p, n, 0};
    word      w;
    uint64_t  last[MINHASH_GRAM] = {0};
    int       words              = 0;
    memset(m->least, 0xff, sizeof m->least);
    m->numbers = 0x6e756d;
    m->grams   = 0;
    while (words_next(&s, &w)) {
        if (w.kind != WORD_WORD) m->numbers = hash_u64(m->numbers * 3 ^ w.hash);
        memmove(last, last + 1, sizeof last - sizeof *last);
        last[MINHASH_GRAM - 1] = w.hash;
        if (++words < MINHASH_GRAM) continue;
        uint64_t g = 0;
        for (int i = 0; i < MINHASH_GRAM; i++) g = (g ^ last[i]) * 0x9e3779b97f4a7c15ull + (g >> 31);
        m->grams++;
        take(m, (uint32_t)(hash_u64(g) >> 32));
    }
    if (m->grams || !words) return;
    uint64_t g = 0;
    for (int i = 0; i < MINHASH_GRAM; i++) g = (g ^ last[i]) * 0x9e3779b97f4a7c15ull + (g >> 31);
    m->grams = 1;
    take(m, (uint32_t)(hash_u64(g) >> 32));
}

/* Chance agreement of 8-bit values taken out. */
static double estimate(int same) {
    double share = (double)same / MINHASH_N, chance = 1.0 / 256;
    double j = (share - chance) / (1 - chance);
    return j < 0 ? 0 : j;
}

double minhash_similar(const minhash *a, const minhash *b) {
    int same = 0;
    if (!a->grams || !b->grams) return a->grams == b->grams ? 1 : 0;
    for (int i = 0; i < MINHASH_N; i++) same += (a->least[i] & 255) == (b->least[i] & 255);
    return estimate(same);
}

/* ---- the index */
typedef struct near_row {
    uint64_t identity;
    uint8_t  sig[MINHASH_N];
} near_row;
struct near_index {
    near_row *row;  /* [size], a ring */
    uint32_t *slot; /* [MINHASH_BANDS][size]: number of the last row there, plus 1 */
    uint64_t  n;    /* rows ever remembered */
    uint32_t  size;
};

size_t near_bytes(int bits) { return ((size_t)1 << bits) * (sizeof(near_row) + MINHASH_BANDS * sizeof(uint32_t)); }

near_index *near_new(int bits) {
    near_index *x = mem_calloc(1, sizeof *x);
    x->size       = (uint32_t)1 << bits;
    x->row        = mem_calloc(x->size, sizeof *x->row);
    x->slot       = mem_calloc((size_t)x->size * MINHASH_BANDS, sizeof *x->slot);
    return x;
}

void near_free(near_index *x) {
    if (!x) return;
    mem_free(x->row);
    mem_free(x->slot);
    mem_free(x);
}

bool near_seen(near_index *x, const minhash *m, uint64_t salt, double at_least) {
    enum { PER = MINHASH_N / MINHASH_BANDS };
    near_row  now;
    uint32_t *place[MINHASH_BANDS];
    now.identity = hash_u64(m->numbers ^ hash_u64(salt));
    for (int i = 0; i < MINHASH_N; i++) now.sig[i] = (uint8_t)m->least[i];
    for (int b = 0; b < MINHASH_BANDS; b++) {
        uint64_t h = now.identity + (uint64_t)b;
        for (int i = 0; i < PER; i++) h = hash_u64(h ^ m->least[b * PER + i]);
        place[b] = &x->slot[(size_t)b * x->size + (h & (x->size - 1))];
        __builtin_prefetch(place[b], 1);
    }
    for (int b = 0; b < MINHASH_BANDS; b++) {
        if (!*place[b]) continue;
        const near_row *r    = &x->row[*place[b] - 1];
        int             same = 0;
        if (r->identity != now.identity) continue;
        for (int i = 0; i < MINHASH_N; i++) same += r->sig[i] == now.sig[i];
        if (estimate(same) >= at_least) return true;
    }
    uint32_t at = (uint32_t)(x->n++ & (x->size - 1));
    x->row[at]  = now;
    for (int b = 0; b < MINHASH_BANDS; b++) *place[b] = at + 1;
    return false;
}
