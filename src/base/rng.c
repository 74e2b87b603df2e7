#include "base/rng.h"

#include <math.h>

/* FNV-1a mixes its high bits poorly; the finaliser makes every bit usable for a split or a bucket. */
uint64_t hash_bytes(const void *p, unsigned long n) {
    const unsigned char *b = p;
    uint64_t             h = 0xcbf29ce484222325u;
    for (unsigned long i = 0; i < n; i++) h = (h ^ b[i]) * 0x100000001b3u;
    return hash_u64(h);
}

rng rng_seed(uint64_t seed) {
    rng r;
    /* Four successive splitmix64 outputs: never all zero, the one state xoshiro cannot leave. */
    for (int i = 0; i < 4; i++) r.s[i] = hash_u64(seed + (uint64_t)i * 0x9e3779b97f4a7c15u);
    return r;
}

rng rng_fork(uint64_t seed, uint64_t stream) {
    /* Two rounds, so that (seed, stream) and (seed + 1, stream - 1) have nothing in common. */
    return rng_seed(hash_u64(hash_u64(seed) ^ hash_u64(~stream)));
}

static uint64_t rotl(uint64_t x, int k) { return x << k | x >> (64 - k); }

/* xoshiro256** (Blackman, Vigna 2018). */
uint64_t rng_u64(rng *r) {
    uint64_t *s = r->s, out = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return out;
}

/* Lemire 2019: multiply and shift; only the draws that would favour small values are redrawn. */
uint64_t rng_below(rng *r, uint64_t n) {
    if (n <= 1) return 0;
    unsigned __int128 m = (unsigned __int128)rng_u64(r) * n;
    if ((uint64_t)m < n) {
        uint64_t floor = (0 - n) % n;
        while ((uint64_t)m < floor) m = (unsigned __int128)rng_u64(r) * n;
    }
    return (uint64_t)(m >> 64);
}

int rng_range(rng *r, int lo, int hi) {
    if (hi <= lo) return lo;
    return (int)(lo + (int64_t)rng_below(r, (uint64_t)((int64_t)hi - lo) + 1));
}

double rng_f64(rng *r) { return (double)(rng_u64(r) >> 11) * 0x1p-53; }

/* libm's log and cos may differ in the last bit from one C library or CPU to another, and a weight
 * that starts one bit off ends as another model. These two use only + - * / on doubles, which IEEE
 * fixes; sqrt is fixed too. Both are good to a few 1e-16, far below a float's precision. */
static double log_exact(double x) {
    int    e;
    double m = frexp(x, &e);
    if (m < 0.70710678118654752) {
        m *= 2;
        e--;
    }
    double s = (m - 1) / (m + 1), q = s * s, sum = 0; /* log m = 2 atanh s, |s| < 0.172 */
    for (int k = 21; k >= 1; k -= 2) sum = sum * q + 1.0 / k;
    return 2 * s * sum + e * 0.69314718055994531;
}

static double cos_turn(double u) {     /* cos(2 pi u), u in [0, 1) */
    double x    = u < 0.5 ? u : 1 - u; /* cosine is even: [0, 0.5] */
    double sign = 1;
    if (x > 0.25) {
        x    = 0.5 - x;
        sign = -1;
    }
    double q = x * 6.2831853071795865, term = 1, sum = 0; /* q in [0, pi/2] */
    for (int k = 0; k <= 24; k += 2) {
        sum += term;
        term *= -q * q / ((k + 1) * (k + 2));
    }
    return sign * sum;
}

/* Box-Muller without the cached second value: the state stays four words and a checkpoint holds
 * all of it. 1 - u lies in (0, 1], so that the logarithm is finite. */
int rng_weighted(rng *r, double sum, int n, const double *w, size_t stride) {
    double u    = rng_f64(r) * sum;
    int    last = 0;
    for (int i = 0; i < n; i++) {
        double wi = *(const double *)(const void *)((const char *)w + (size_t)i * stride);
        if (wi <= 0) continue;
        last = i;
        if (u < wi) break;
        u -= wi;
    }
    return last;
}

float rng_normal(rng *r) {
    double u = 1 - rng_f64(r), v = rng_f64(r);
    return (float)(sqrt(-2 * log_exact(u)) * cos_turn(v));
}
