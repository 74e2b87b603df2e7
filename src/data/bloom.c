#include "data/bloom.h"
#include <math.h>
#include "base/mem.h"
#include "base/rng.h"

enum { PROBES = 7 };
struct bloom {
    uint64_t *word;
    uint64_t  mask, set; /* mask of a bit's number; how many bits are set */
};

bloom *bloom_new(int bits) {
    bloom *b = mem_calloc(1, sizeof *b);
    b->mask  = ((uint64_t)1 << bits) - 1;
    b->word  = mem_calloc((size_t)(b->mask / 64) + 1, sizeof *b->word);
    return b;
}

void bloom_free(bloom *b) {
    if (!b) return;
    mem_free(b->word);
    mem_free(b);
}

/* Probe i is h + i * step with an odd step (Kirsch & Mitzenmacher 2006: two hashes are as good as seven). */
bool bloom_add(bloom *b, uint64_t hash) {
    uint64_t step = hash_u64(hash) | 1;
    bool     had  = true;
    for (int i = 0; i < PROBES; i++, hash += step) {
        uint64_t bit = hash & b->mask, m = (uint64_t)1 << bit % 64;
        if (b->word[bit / 64] & m) continue;
        b->word[bit / 64] |= m;
        b->set++;
        had = false;
    }
    return had;
}

bool bloom_has(const bloom *b, uint64_t hash) {
    uint64_t step = hash_u64(hash) | 1;
    for (int i = 0; i < PROBES; i++, hash += step) {
        uint64_t bit = hash & b->mask;
        if (!(b->word[bit / 64] >> bit % 64 & 1)) return false;
    }
    return true;
}

double bloom_rate(const bloom *b) { return pow((double)b->set / ((double)b->mask + 1), PROBES); }
