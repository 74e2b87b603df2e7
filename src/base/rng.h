/* rng.h -- xoshiro256** with splitmix64 seeding; the state is plain data, so that a
 * checkpoint can hold it. Same seed, same numbers, on every machine.
 *
 *   rng r = rng_seed(42);            rng child = rng_fork(42, row_index);
 *   int d = (int)rng_below(&r, 10);  // 0..9, unbiased
 *
 * Threads: an rng belongs to one thread. */
#ifndef R1_RNG_H
#define R1_RNG_H
#include <stddef.h>
#include <stdint.h>

typedef struct rng {
    uint64_t s[4];
} rng;

/* splitmix64's finaliser (Steele, Lea, Flood 2014, variant 13). */
static inline uint64_t hash_u64(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}
uint64_t hash_bytes(const void *p, unsigned long n); /* FNV-1a 64, then hash_u64 */
rng      rng_seed(uint64_t seed);
rng      rng_fork(uint64_t seed, uint64_t stream); /* independent stream of the same seed */
uint64_t rng_u64(rng *r);
uint64_t rng_below(rng *r, uint64_t n);     /* uniform in [0, n), n >= 1 */
int      rng_range(rng *r, int lo, int hi); /* uniform in [lo, hi], both included */
double   rng_f64(rng *r);                   /* uniform in [0, 1) */
/* An index of 0..n-1 by weight: w[0], then every `stride` bytes, `sum` of them all; the last one with a weight if
 * rounding runs past the end. */
int   rng_weighted(rng *r, double sum, int n, const double *w, size_t stride);
float rng_normal(rng *r); /* mean 0, deviation 1 (Box-Muller, no cache) */
#endif
