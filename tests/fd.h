/* fd.h -- what the tests of the ops share: doubles beside the floats under test, and gradients by differences.
 *
 *   vec x = vec_normal(&R, n, 1);                       // x.f the floats, x.d the same numbers as doubles
 *   fd_check("dx", x.d, n, dx, 0, objective, &ctx);     // every dL/dx[i] against (L(x+h) - L(x-h)) / 2h
 *   near("y", y, want, n, TOL_F32);
 *
 * The objective is a double-precision reference that is written in the test and shares nothing with src/tensor, so
 * h = 1e-6 leaves an error of about 1e-9, and what is seen is the float32 backward's own.
 * Tolerances are relative to the largest number of the array: a float32 sum is only as exact as its largest terms.
 * Memory: vec_free.   Threads: one. */
#ifndef R1_FD_H
#define R1_FD_H
#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "kernel/dtype.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "base/par.h"

static const double TOL_F32  = 2e-5;      /* float32 arithmetic, exp and log of the vector kernels included */
static const double TOL_BF16 = 1.0 / 250; /* one rounding to bf16's 8 bits (half a step is 1/512), and the above */
static const double FD_H     = 1e-6;
static const double FD_FLOOR = 0.1; /* gradients that cancel to 0: the terms that did are of the order of 1 */

typedef struct vec {
    size_t  n;
    float  *f; /* [n] */
    double *d; /* [n] the same values */
} vec;

static inline vec vec_new(size_t n) { return (vec){n, mem_calloc(n + 1, 4), mem_calloc(n + 1, 8)}; }
static inline vec vec_normal(rng *r, size_t n, float std) {
    vec v = vec_new(n);
    for (size_t i = 0; i < n; i++) v.d[i] = (double)(v.f[i] = std * rng_normal(r));
    return v;
}
static inline void vec_free(vec *v) {
    mem_free(v->f);
    mem_free(v->d);
    *v = (vec){0};
}

/* A bf16 copy of x; x itself becomes what the copy holds, so that the reference sees the same numbers. Rounding is
 * written out here once more: the nearest, ties to even. */
static inline uint16_t *vec_bf16(vec *v) {
    uint16_t *h = mem_calloc(v->n + 1, 2);
    for (size_t i = 0; i < v->n; i++) {
        int      e;
        double   m = frexp(v->d[i], &e); /* 0.5 <= |m| < 1: 8 bits of it stay */
        float    f = (float)ldexp(nearbyint(ldexp(m, 8)), e - 8);
        uint32_t u;
        memcpy(&u, &f, 4);
        h[i]    = (uint16_t)(u >> 16);
        v->f[i] = f;
        v->d[i] = (double)f;
    }
    return h;
}

static inline void near_d(const char *what, double got, double want, double size, double tol) {
    if (!(fabs(got - want) <= tol * (size + 1e-30)))
        fail_msg("%s [%s]: %.9g, expected %.9g (tolerance %.1e of %.3g)", what, K->name, got, want, tol, size);
}

static inline double largest(const double *x, size_t n) {
    double m = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) > m) m = fabs(x[i]);
    return m;
}

/* y [n] floats against want [n]; tol relative to the largest of want */
static inline void near(const char *what, const float *y, const double *want, size_t n, double tol) {
    double size = largest(want, n);
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)y[i] - want[i]) <= tol * (size + 1e-30)))
            fail_msg("%s[%zu] of %zu [%s]: %.9g, expected %.9g (tolerance %.1e of %.3g)", what, i, n, K->name,
                     (double)y[i], want[i], tol, size);
}

typedef double (*fd_fn)(const void *ctx);

static inline double fd_at(double *x, fd_fn f, const void *ctx) {
    double x0 = *x, h = FD_H * (fabs(x0) > 1 ? fabs(x0) : 1);
    *x          = x0 + h;
    double up   = f(ctx);
    *x          = x0 - h;
    double down = f(ctx);
    *x          = x0;
    return (up - down) / (2 * h);
}

/* grad [n] floats, minus `before` [n] (NULL: zeros), against differences of f in x [n]. More than `most` entries
 * (0: all of them): as many are drawn with r. The error is relative to the largest difference seen. */
static inline void fd_check(const char *what, rng *r, size_t most, double *x, size_t n, const float *grad,
                            const float *before, fd_fn f, const void *ctx, double tol) {
    size_t  k    = most && most < n ? most : n;
    double *want = mem_calloc(k + 1, 8), *got = mem_calloc(k + 1, 8);
    for (size_t j = 0; j < k; j++) {
        size_t i = k == n ? j : (size_t)rng_below(r, n);
        want[j]  = fd_at(&x[i], f, ctx);
        got[j]   = (double)grad[i] - (before ? (double)before[i] : 0);
    }
    double size = largest(want, k);
    if (before) size += 0.1; /* what was there before took bits */
    for (size_t j = 0; j < k; j++)
        if (!(fabs(got[j] - want[j]) <= tol * (size + FD_FLOOR)))
            fail_msg("gradient %s, sample %zu of %zu [%s]: %.9g, differences say %.9g (tolerance %.1e of %.3g)", what,
                     j, n, K->name, got[j], want[j], tol, size);
    mem_free(want);
    mem_free(got);
}

/* Every test of `tests` under every kernel table that this CPU has. */
#define FD_MAIN(tests)                                                                                                 \
    int main(void) {                                                                                                   \
        const kern *all[5];                                                                                            \
        int         n = kern_all(all), failed = 0;                                                                     \
        par_init(0);                                                                                                   \
        gemm_init();                                                                                                   \
        for (int i = 0; i < n; i++) {                                                                                  \
            err e = {0};                                                                                               \
            if (!kern_init(all[i]->name, &e)) return fprintf(stderr, "%s\n", e.msg), 1;                                \
            failed += cmocka_run_group_tests_name(all[i]->name, tests, NULL, NULL);                                    \
        }                                                                                                              \
        gemm_free();                                                                                                   \
        return failed;                                                                                                 \
    }
#endif
