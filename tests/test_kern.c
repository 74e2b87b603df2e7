/* test_kern.c -- every entry of every table this CPU can run, against the scalar reference.
 *
 * Lengths: 0, 1, every length up to 3 vectors of 16, and some longer ones with odd tails. Pointers: aligned and
 * shifted by one element. After each call the elements behind the output must be untouched.
 * Inputs are drawn from a seed that is printed; R1_SEED=n repeats a run. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "base/rng.h"
#include "kernel/kern.h"

/* Tolerances, each relative to the sum of magnitudes that went into the value. */
static const double TOL_SUM   = 4e-7;   /* float sums in another order: n eps / lanes, far less in practice */
static const double TOL_EW    = 3e-7;   /* element-wise, a few roundings */
static const double TOL_EXP   = 3.6e-7; /* 3 ulp: the polynomial, the range reduction, one rounding each */
static const double TOL_ADAMW = 1e-6;   /* two reciprocals, a root, a division */
enum { MAXN = 1100, GUARD = 24 };

static rng         R;
static const kern *tab[5];
static int         n_tab;

static const int lens[] = {0,  1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,   13,   14,  15,
                           16, 17,  18,  19,  20,  21,  22,  23,  24,  25,  26,  27,  28,   29,   30,  31,
                           32, 33,  34,  39,  40,  41,  47,  48,  49,  63,  64,  65,  66,   79,   95,  96,
                           97, 127, 128, 129, 191, 255, 256, 257, 300, 511, 513, 768, 1000, 1024, 1031};
enum { N_LENS = sizeof lens / sizeof lens[0] };

static void fill(float *x, int n, float scale) { /* x: [n] */
    for (int i = 0; i < n; i++) x[i] = scale * rng_normal(&R);
}

static const float GUARD_VALUE = -12345.5f;
static void        guard_set(float *x, int n) { /* x: [n + GUARD] */
    for (int i = 0; i < GUARD; i++) x[n + i] = GUARD_VALUE;
}
static void guard_check(const float *x, int n, const char *what) {
    for (int i = 0; i < GUARD; i++)
        if (x[n + i] != GUARD_VALUE) fail_msg("%s: wrote element %d behind n = %d", what, i, n);
}
static void guard16_set(uint16_t *x, int n) {
    for (int i = 0; i < GUARD; i++) x[n + i] = 0xabcd;
}
static void guard16_check(const uint16_t *x, int n, const char *what) {
    for (int i = 0; i < GUARD; i++)
        if (x[n + i] != 0xabcd) fail_msg("%s: wrote element %d behind n = %d", what, i, n);
}

/* |got - want| <= tol * size (+ the smallest normal float), or both NaN, or equal. */
static void near(double got, double want, double size, double tol, const char *what, const char *table, int n, int i) {
    if (got == want || (isnan(got) && isnan(want))) return;
    if (fabs(got - want) <= tol * size + (double)FLT_MIN) return;
    fail_msg("%s/%s n=%d [%d]: got %.9g, want %.9g, |diff| %.3g > %.3g", table, what, n, i, got, want, fabs(got - want),
             tol * size);
}
static void near_all(const float *got, const float *want, int n, double tol, const char *what, const char *table) {
    for (int i = 0; i < n; i++) near((double)got[i], (double)want[i], fabs((double)want[i]), tol, what, table, n, i);
}
/* bf16 of two floats that differ by a rounding may differ by one step. */
static void near_bf16(const uint16_t *got, const uint16_t *want, int n, const char *what, const char *table) {
    for (int i = 0; i < n; i++)
        near((double)bf16_to_f32(got[i]), (double)bf16_to_f32(want[i]), fabs((double)bf16_to_f32(want[i])), 1.0 / 128,
             what, table, n, i);
}

typedef struct bufs { /* room for a shift of 1 and the guard */
    float a[MAXN + 64], b[MAXN + 64], c[MAXN + 64], d[MAXN + 64], y[MAXN + 64], z[MAXN + 64], y2[MAXN + 64],
        z2[MAXN + 64];
    uint16_t h[MAXN + 64], h2[MAXN + 64];
} bufs;

#define EACH_TABLE_LEN_SHIFT                                                                                           \
    for (int ti = 1; ti < n_tab; ti++)                                                                                 \
        for (int li = 0; li < N_LENS; li++)                                                                            \
            for (int sh = 0; sh < 2; sh++)
#define TAKE                                                                                                           \
    const kern *k = tab[ti];                                                                                           \
    int         n = lens[li];                                                                                          \
    float      *a = B.a + sh, *b = B.b + sh, *y = B.y + sh, *y2 = B.y2 + sh;                                           \
    fill(a, n, 1.0f);                                                                                                  \
    fill(b, n, 1.0f);                                                                                                  \
    fill(y, n, 1.0f);                                                                                                  \
    guard_set(y, n);                                                                                                   \
    memcpy(y2, y, sizeof(float) * (size_t)(n + GUARD));

static bufs B;

static void test_vectors(void **state) {
    (void)state;
    EACH_TABLE_LEN_SHIFT {
        TAKE double mag = 0, sq = 0;
        for (int i = 0; i < n; i++) mag += fabs((double)a[i] * (double)b[i]);
        near((double)k->dot_f32(a, b, n), (double)kern_ref.dot_f32(a, b, n), mag, TOL_SUM, "dot_f32", k->name, n, 0);
        k->axpy_f32(y, 0.37f, a, n);
        kern_ref.axpy_f32(y2, 0.37f, a, n);
        for (int i = 0; i < n; i++)
            near((double)y[i], (double)y2[i], fabs((double)y2[i]) + fabs((double)a[i]), TOL_EW, "axpy_f32", k->name, n,
                 i);
        memcpy(y2, y, sizeof(float) * (size_t)n);
        k->add_f32(y, a, (size_t)n);
        kern_ref.add_f32(y2, a, (size_t)n);
        near_all(y, y2, n, 0, "add_f32", k->name);
        memcpy(y2, y, sizeof(float) * (size_t)n);
        k->scale_f32(y, -1.7f, n);
        kern_ref.scale_f32(y2, -1.7f, n);
        near_all(y, y2, n, 0, "scale_f32", k->name);
        guard_check(y, n, "vectors");
        k->scale_cols(y, b, 1, n);
        kern_ref.scale_cols(y2, b, 1, n);
        near_all(y, y2, n, 0, "scale_cols", k->name);
        guard_check(y, n, "scale_cols");
        sq = kern_ref.sumsq_f32(a, (size_t)n);
        near(k->sumsq_f32(a, (size_t)n), sq, sq, 1e-13, "sumsq_f32", k->name, n, 0);
        if (n > 0) assert_true(k->max_f32(a, n) == kern_ref.max_f32(a, n));
    }
}

static void test_finite_and_max_at_every_place(void **state) {
    (void)state;
    const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int ti = 0; ti < n_tab; ti++)
        for (int n = 1; n < 100; n++) {
            fill(B.a, n, 1e30f);
            B.a[n / 2] = FLT_MAX; /* large, but finite */
            B.a[0]     = -FLT_MAX;
            assert_true(tab[ti]->finite_f32(B.a, (size_t)n));
            for (int at = 0; at < n; at++) {
                float keep = B.a[at];
                for (int j = 0; j < 3; j++) {
                    B.a[at] = bad[j];
                    assert_false(tab[ti]->finite_f32(B.a, (size_t)n));
                }
                B.a[at] = INFINITY;
                assert_true(tab[ti]->max_f32(B.a, n) == INFINITY);
                B.a[at] = keep;
            }
            for (int i = 0; i < n; i++) B.a[i] = -INFINITY;
            assert_true(tab[ti]->max_f32(B.a, n) == -INFINITY);
        }
    static float big[20000];
    fill(big, 20000, 1.0f);
    for (int ti = 0; ti < n_tab; ti++) {
        assert_true(tab[ti]->finite_f32(big, 0));
        for (int at = 0; at < 20000; at += 997) {
            big[at] = NAN;
            assert_false(tab[ti]->finite_f32(big, 20000));
            big[at] = 0;
        }
        assert_true(tab[ti]->finite_f32(big, 20000));
    }
}

static float from_bits(uint32_t u) {
    float f;
    memcpy(&f, &u, 4);
    return f;
}

/* Special values and random bit patterns: every exponent, NaN, infinities, both zeros, halves exactly between. */
static void bit_patterns(float *x, int n) { /* x: [n] */
    static const uint32_t special[] = {0,          0x80000000, 0x7f800000, 0xff800000, 0x7fc00000,
                                       0x7f800001, 0xffffffff, 0x7f7fffff, 0x00800000, 0x3f808000,
                                       0x3f818000, 0x3f807fff, 0x3f808001, 0x477fe000, 0x477ff000,
                                       0x33000000, 0x33800000, 0x387fe000, 0x38800000, 0x33000001};
    for (int i = 0; i < n; i++)
        x[i] = from_bits(rng_below(&R, 3) ? (uint32_t)rng_u64(&R) : special[rng_below(&R, sizeof special / 4)]);
}

static bool same_bf16(uint16_t a, uint16_t b, float x) {
    if (a == b) return true;
    if (isnan(x)) return isnan(bf16_to_f32(a)) && isnan(bf16_to_f32(b));
    return fabsf(x) < FLT_MIN && (a & 0x7fff) == 0; /* the hardware takes subnormal floats as zero */
}

static void test_conversions(void **state) {
    (void)state;
    EACH_TABLE_LEN_SHIFT {
        TAKE uint16_t *h = B.h + sh, *h2 = B.h2 + sh;
        bit_patterns(a, n);
        guard16_set(h, n);
        k->f32_to_bf16(h, a, (size_t)n);
        kern_ref.f32_to_bf16(h2, a, (size_t)n);
        for (int i = 0; i < n; i++)
            if (!same_bf16(h[i], h2[i], a[i]))
                fail_msg("%s/f32_to_bf16 n=%d [%d] %a: %04x, want %04x", k->name, n, i, (double)a[i], h[i], h2[i]);
        k->f32_to_f16(h, a, (size_t)n);
        kern_ref.f32_to_f16(h2, a, (size_t)n);
        for (int i = 0; i < n; i++)
            if (h[i] != h2[i] && !isnan(a[i]))
                fail_msg("%s/f32_to_f16 n=%d [%d] %a: %04x, want %04x", k->name, n, i, (double)a[i], h[i], h2[i]);
        guard16_check(h, n, "f32_to_x16");
        for (int i = 0; i < n; i++) h[i] = (uint16_t)rng_u64(&R);
        k->bf16_to_f32(y, h, (size_t)n);
        kern_ref.bf16_to_f32(y2, h, (size_t)n);
        assert_memory_equal(y, y2, sizeof(float) * (size_t)n);
        k->f16_to_f32(y, h, (size_t)n);
        kern_ref.f16_to_f32(y2, h, (size_t)n);
        near_all(y, y2, n, 0, "f16_to_f32", k->name);
        guard_check(y, n, "x16_to_f32");
    }
}

static void test_every_f16(void **state) {
    (void)state;
    static uint16_t h[65536], back[65536];
    static float    x[65536], want[65536];
    for (int i = 0; i < 65536; i++) h[i] = (uint16_t)i;
    for (int ti = 1; ti < n_tab; ti++) {
        tab[ti]->f16_to_f32(x, h, 65536);
        kern_ref.f16_to_f32(want, h, 65536);
        near_all(x, want, 65536, 0, "f16_to_f32", tab[ti]->name);
        tab[ti]->f32_to_f16(back, x, 65536);
        for (int i = 0; i < 65536; i++)
            if (!isnan(x[i])) assert_int_equal(back[i], h[i]);
    }
}

static void test_q8_0(void **state) {
    (void)state;
    static float      x[32 * 9], y[32 * 9 + GUARD], y2[32 * 9];
    static block_q8_0 q[9], q2[9];
    for (int ti = 1; ti < n_tab; ti++)
        for (int round = 0; round < 200; round++) {
            int n = 32 * (int)rng_below(&R, 10);
            fill(x, n, expf(8.0f * rng_normal(&R)));
            if (round % 4 == 1 && n) memset(x, 0, 32 * sizeof *x);
            if (round % 4 == 2)
                for (int i = 0; i < n; i++) x[i] = (float)((int)rng_below(&R, 255) - 127) / 2; /* many exact halves */
            if (round % 8 == 3) bit_patterns(x, n);
            if (round % 8 == 7) fill(x, n, 1e-41f); /* 1 / d overflows */
            tab[ti]->f32_to_q8_0(q, x, (size_t)n);
            kern_ref.f32_to_q8_0(q2, x, (size_t)n);
            for (int b = 0; b < n / 32; b++)
                if (memcmp(&q[b], &q2[b], sizeof q[b])) {
                    for (int j = 0; j < 32; j++)
                        if (q[b].q[j] != q2[b].q[j])
                            fail_msg("%s/f32_to_q8_0 round %d: x=%a d=%04x/%04x q=%d, want %d", tab[ti]->name, round,
                                     (double)x[b * 32 + j], q[b].d, q2[b].d, q[b].q[j], q2[b].q[j]);
                    fail_msg("%s/f32_to_q8_0 round %d: d=%04x, want %04x", tab[ti]->name, round, q[b].d, q2[b].d);
                }
            guard_set(y, n);
            tab[ti]->q8_0_to_f32(y, q, (size_t)n);
            kern_ref.q8_0_to_f32(y2, q, (size_t)n);
            near_all(y, y2, n, 0, "q8_0_to_f32", tab[ti]->name);
            guard_check(y, n, "q8_0_to_f32");
        }
}

static void gemv_compare(const float *y, const float *y2, const double *mag, int rows, int cols, const char *what,
                         const char *table) {
    for (int r = 0; r < rows; r++) near((double)y[r], (double)y2[r], mag[r], TOL_SUM, what, table, cols, r);
    guard_check(y, rows, what);
}

static void test_gemv(void **state) {
    (void)state;
    enum { ROWS = 13, COLS = 544 };
    static float      w[ROWS * COLS + 1], x[COLS + 1], y[ROWS + GUARD], y2[ROWS];
    static uint16_t   h[ROWS * COLS + 1];
    static block_q8_0 q[ROWS * COLS / 32];
    static float      wf[ROWS * COLS];
    double            mag[ROWS];
    for (int ti = 1; ti < n_tab; ti++)
        for (int round = 0; round < 150; round++) {
            const kern *k    = tab[ti];
            int         rows = (int)rng_below(&R, ROWS + 1), sh = round & 1;
            int         cols = round % 3 ? (int)rng_below(&R, COLS + 1) : 32 * (int)rng_below(&R, COLS / 32 + 1);
            float      *ws = w + sh, *xs = x + sh;
            fill(ws, rows * cols, 1.0f);
            fill(xs, cols, 1.0f);
            for (int type = 0; type < 4; type++) {
                size_t n = (size_t)rows * (size_t)cols;
                guard_set(y, rows);
                memcpy(wf, ws, n * sizeof *wf);
                if (type == 1) kern_ref.f32_to_bf16(h + sh, ws, n), kern_ref.bf16_to_f32(wf, h + sh, n);
                if (type == 2) kern_ref.f32_to_f16(h + sh, ws, n), kern_ref.f16_to_f32(wf, h + sh, n);
                if (type == 3) {
                    if (cols % 32) continue;
                    kern_ref.f32_to_q8_0(q, ws, n);
                    kern_ref.q8_0_to_f32(wf, q, n);
                }
                for (int r = 0; r < rows; r++) {
                    mag[r] = 0;
                    for (int c = 0; c < cols; c++) mag[r] += fabs((double)wf[r * cols + c] * (double)xs[c]);
                }
                kern_ref.gemv_f32(y2, wf, xs, rows, cols); /* independent of the typed reference loops */
                static const char *const name[]  = {"gemv_f32", "gemv_bf16", "gemv_f16", "gemv_q8_0"};
                const kern              *both[2] = {k, &kern_ref};
                for (int j = 0; j < 2; j++) {
                    if (type == 0) both[j]->gemv_f32(y, ws, xs, rows, cols);
                    if (type == 1) both[j]->gemv_bf16(y, h + sh, xs, rows, cols);
                    if (type == 2) both[j]->gemv_f16(y, h + sh, xs, rows, cols);
                    if (type == 3) both[j]->gemv_q8_0(y, q, xs, rows, cols);
                    gemv_compare(y, y2, mag, rows, cols, name[type], both[j]->name);
                }
            }
        }
}

static void sgemm_case(const kern *k, int M, int N, int Kd, bool trans_a, bool accumulate, int pad) {
    enum { S = 130 };
    static float A[S * (2 * S + 1100)], Bm[1100 * S], C[S * S], C2[S * S], keep[S * S];
    int          lda = (trans_a ? M : Kd) + pad, ldb = N + pad, ldc = N + 2 * pad;
    float        alpha = 0.125f + rng_normal(&R);
    fill(A, (trans_a ? Kd : M) * lda, 1.0f);
    fill(Bm, Kd * ldb, 1.0f);
    fill(C, M * ldc, 1.0f);
    memcpy(C2, C, sizeof(float) * (size_t)(M * ldc));
    memcpy(keep, C, sizeof(float) * (size_t)(M * ldc));
    int ars = trans_a ? 1 : lda, acs = trans_a ? lda : 1;
    k->sgemm(M, N, Kd, alpha, A, ars, acs, Bm, ldb, accumulate, C, ldc);
    kern_ref.sgemm(M, N, Kd, alpha, A, ars, acs, Bm, ldb, accumulate, C2, ldc);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < ldc; j++) {
            int at = i * ldc + j;
            if (j >= N) {
                assert_true(C[at] == keep[at]); /* the gap between rows is not ours */
                continue;
            }
            double mag = fabs((double)keep[at]);
            for (int l = 0; l < Kd; l++)
                mag += fabs((double)alpha * (double)A[i * ars + l * acs] * (double)Bm[l * ldb + j]);
            near((double)C[at], (double)C2[at], mag, TOL_SUM, "sgemm", k->name, N, i);
        }
}

static void test_sgemm(void **state) {
    (void)state;
    for (int ti = 1; ti < n_tab; ti++) {
        for (int m = 0; m <= 27; m++) /* every mixture of tile heights */
            for (int n = 0; n <= 120; n += n % 16 == 1 ? 14 : 1)
                sgemm_case(tab[ti], m, n, 5, (m ^ n) & 1, n & 2, m % 3);
        for (int round = 0; round < 60; round++)
            sgemm_case(tab[ti], (int)rng_below(&R, 65), (int)rng_below(&R, 130), (int)rng_below(&R, 70), round & 1,
                       round & 2, round % 5);
        sgemm_case(tab[ti], 13, 33, 1090, false, false, 1); /* more than one slab of K */
        sgemm_case(tab[ti], 13, 33, 1024, false, true, 0);
        sgemm_case(tab[ti], 7, 20, 0, false, false, 0); /* an empty sum is 0 ... */
        sgemm_case(tab[ti], 7, 20, 0, false, true, 0);  /* ... or nothing added */
    }
}

static void test_transpose(void **state) {
    (void)state;
    enum { S = 50 };
    static float x[S * (S + 3)], y[S * (S + 5)], y2[S * (S + 5)];
    for (int ti = 1; ti < n_tab; ti++)
        for (int r = 0; r <= 41; r++)
            for (int c = 0; c <= 41; c++) {
                int ldx = c + r % 4, ldy = r + c % 6;
                fill(x, r * ldx, 1.0f);
                fill(y, c * ldy, 1.0f);
                memcpy(y2, y, sizeof y);
                tab[ti]->transpose_f32(y, ldy, x, ldx, r, c);
                kern_ref.transpose_f32(y2, ldy, x, ldx, r, c);
                assert_memory_equal(y, y2, sizeof(float) * (size_t)(c * ldy));
                uint16_t *h = (uint16_t *)(void *)x, *h1 = (uint16_t *)(void *)y, *h2 = (uint16_t *)(void *)y2;
                tab[ti]->transpose_u16(h1, ldy, h, ldx, r, c);
                kern_ref.transpose_u16(h2, ldy, h, ldx, r, c);
                assert_memory_equal(y, y2, sizeof(float) * (size_t)(c * ldy));
            }
}

static void test_rmsnorm(void **state) {
    (void)state;
    EACH_TABLE_LEN_SHIFT {
        TAKE uint16_t *h = B.h + sh, *h2 = B.h2 + sh;
        float          r = k->rmsnorm(y, a, b, 1e-6f, n), r2 = kern_ref.rmsnorm(y2, a, b, 1e-6f, n);
        near((double)r, (double)r2, (double)r2, TOL_EW, "rmsnorm rstd", k->name, n, 0);
        near_all(y, y2, n, 2 * TOL_EW, "rmsnorm", k->name);
        guard_check(y, n, "rmsnorm");
        guard16_set(h, n);
        r = k->rmsnorm_bf16(h, a, b, 1e-6f, n);
        kern_ref.rmsnorm_bf16(h2, a, b, 1e-6f, n);
        near((double)r, (double)r2, (double)r2, TOL_EW, "rmsnorm_bf16 rstd", k->name, n, 0);
        near_bf16(h, h2, n, "rmsnorm_bf16", k->name);
        guard16_check(h, n, "rmsnorm_bf16");
        float *dy = B.c + sh, *dw = B.z + sh, *dw2 = B.z2 + sh;
        fill(dy, n, 1.0f);
        fill(dw, n, 1.0f);
        memcpy(dw2, dw, sizeof(float) * (size_t)n);
        memcpy(y2, y, sizeof(float) * (size_t)n);
        guard_set(dw, n);
        k->rmsnorm_bwd(y, dw, dy, a, b, r2, n);
        kern_ref.rmsnorm_bwd(y2, dw2, dy, a, b, r2, n);
        double s = 0;
        for (int i = 0; i < n; i++) s += fabs((double)dy[i] * (double)a[i] * (double)b[i]);
        s *= pow((double)r2, 3) / (n ? n : 1);
        for (int i = 0; i < n; i++) {
            double size =
                fabs((double)y2[i]) + fabs((double)r2 * (double)dy[i] * (double)b[i]) + s * fabs((double)a[i]);
            near((double)y[i], (double)y2[i], size, 2 * TOL_EW, "rmsnorm_bwd dx", k->name, n, i);
            size = fabs((double)dw2[i]) + fabs((double)dy[i] * (double)a[i] * (double)r2);
            near((double)dw[i], (double)dw2[i], size, TOL_EW, "rmsnorm_bwd dw", k->name, n, i);
        }
        guard_check(y, n, "rmsnorm_bwd dx");
        guard_check(dw, n, "rmsnorm_bwd dw");
    }
}

static void test_swiglu(void **state) {
    (void)state;
    EACH_TABLE_LEN_SHIFT {
        TAKE for (int i = 0; i < n; i++) a[i] *= li % 3 == 0 ? 40.0f : 2.0f; /* far out on both sides, too */
        k->swiglu(y, a, b, n);
        kern_ref.swiglu(y2, a, b, n);
        near_all(y, y2, n, 2 * TOL_EXP, "swiglu", k->name);
        guard_check(y, n, "swiglu");
        float *dy = B.c + sh, *da = B.z + sh, *db = B.d + sh, *da2 = B.z2 + sh;
        fill(dy, n, 1.0f);
        guard_set(da, n);
        guard_set(db, n);
        k->swiglu_bwd(da, db, dy, a, b, n);
        kern_ref.swiglu_bwd(da2, y2, dy, a, b, n);
        for (int i = 0; i < n; i++) {
            double s    = 1.0 / (1.0 + exp(-(double)a[i]));
            double size = fabs((double)dy[i] * (double)b[i]) * (s + fabs((double)a[i]) * s * (1 - s) + 1e-7);
            near((double)da[i], (double)da2[i], size, 3 * TOL_EXP, "swiglu_bwd da", k->name, n, i);
        }
        near_all(db, y2, n, 2 * TOL_EXP, "swiglu_bwd db", k->name);
        guard_check(da, n, "swiglu_bwd da");
        guard_check(db, n, "swiglu_bwd db");
        k->swiglu_bwd(a, b, dy, a, b, n); /* in place */
        assert_memory_equal(a, da, sizeof(float) * (size_t)n);
        assert_memory_equal(b, db, sizeof(float) * (size_t)n);
    }
}

static void test_exp(void **state) {
    (void)state;
    EACH_TABLE_LEN_SHIFT {
        TAKE float m = n ? kern_ref.max_f32(a, n) : 0;
        for (int i = 0; i < n; i++) a[i] = a[i] * 20 - (float)fabs((double)a[i]) * 10;
        if (n) m = kern_ref.max_f32(a, n);
        if (n > 3) a[1] = -INFINITY, a[2] = -1e30f, a[3] = m - 90.0f;
        memcpy(y, a, sizeof(float) * (size_t)n);
        memcpy(y2, a, sizeof(float) * (size_t)n);
        float s = k->exp_sum(y, m, n), s2 = kern_ref.exp_sum(y2, m, n);
        near((double)s, (double)s2, (double)s2, TOL_EXP, "exp_sum", k->name, n, 0);
        near_all(y, y2, n, TOL_EXP, "exp_sum", k->name);
        if (n > 3) assert_true(y[1] == 0 && y[2] == 0);
        guard_check(y, n, "exp_sum");
        memcpy(y, a, sizeof(float) * (size_t)n);
        memcpy(y2, a, sizeof(float) * (size_t)n);
        k->exp_lse(y, 0.5f, m, n); /* an exact product: what differs is exp alone */
        kern_ref.exp_lse(y2, 0.5f, m, n);
        near_all(y, y2, n, TOL_EXP, "exp_lse", k->name);
        guard_check(y, n, "exp_lse");
        memcpy(y, a, sizeof(float) * (size_t)n);
        for (int i = 0; i < n; i++) y[i] = y2[i] = b[i];
        for (int i = 0; i < n; i++) a[i] = (float)rng_f64(&R);
        k->softmax_bwd(y, a, 0.3f, 0.7f, n);
        kern_ref.softmax_bwd(y2, a, 0.3f, 0.7f, n);
        near_all(y, y2, n, TOL_EW, "softmax_bwd", k->name);
        guard_check(y, n, "softmax_bwd");
    }
}

/* The whole range of exp in small steps against libm in double, with the ends. */
static void test_exp_range(void **state) {
    (void)state;
    static float x[4096], in[4096];
    for (int ti = 1; ti < n_tab; ti++) {
        double worst = 0;
        for (double lo = -104; lo < 88.7; lo += 4096 * 0.003) {
            for (int i = 0; i < 4096; i++) in[i] = x[i] = (float)fmin(lo + 0.003 * i, 88.72);
            tab[ti]->exp_lse(x, 1.0f, 0.0f, 4096);
            for (int i = 0; i < 4096; i++) {
                double want = exp((double)in[i]);
                near((double)x[i], want, want, TOL_EXP, "exp", tab[ti]->name, 4096, i);
                if (want > 1.2e-38) worst = fmax(worst, fabs((double)x[i] / want - 1));
            }
        }
        printf("%s: largest relative error of exp %.2g\n", tab[ti]->name, worst);
        float ends[8] = {INFINITY, -INFINITY, NAN, 89.0f, -3e38f, 3e38f, 0.0f, -0.0f};
        tab[ti]->exp_lse(ends, 1.0f, 0.0f, 8);
        assert_true(isinf(ends[0]) && ends[1] == 0 && isnan(ends[2]) && isinf(ends[3]) && ends[4] == 0 &&
                    isinf(ends[5]));
        assert_true(ends[6] == 1 && ends[7] == 1);
    }
}

static void test_rope(void **state) {
    (void)state;
    for (int ti = 1; ti < n_tab; ti++)
        for (int n = 0; n < 70; n++)
            for (int inv = 0; inv < 2; inv++) {
                float *x = B.a + (n & 1), *x2 = B.b, *c = B.c + (n & 1), *s = B.d + (n & 1);
                fill(x, 2 * n, 1.0f);
                memcpy(x2, x, sizeof(float) * 2 * (size_t)n);
                for (int i = 0; i < n; i++) {
                    float t = 3 * rng_normal(&R);
                    c[i]    = cosf(t);
                    s[i]    = sinf(t);
                }
                guard_set(x, 2 * n);
                memcpy(B.y, x, sizeof(float) * 2 * (size_t)n);
                tab[ti]->rope_pairs(x, c, s, n, inv);
                kern_ref.rope_pairs(x2, c, s, n, inv);
                for (int i = 0; i < 2 * n; i++)
                    near((double)x[i], (double)x2[i], 1.0, TOL_EW, "rope_pairs", tab[ti]->name, n, i);
                guard_check(x, 2 * n, "rope_pairs");
                tab[ti]->rope_pairs(x, c, s, n, !inv); /* there and back */
                for (int i = 0; i < 2 * n; i++)
                    near((double)x[i], (double)B.y[i], 4.0, TOL_EW, "rope_pairs back", tab[ti]->name, n, i);
            }
}

static void test_adamw(void **state) {
    (void)state;
    EACH_TABLE_LEN_SHIFT {
        TAKE uint16_t *h = B.h + sh;
        float         *m = B.c + sh, *v = B.d + sh, *m2 = B.z, *v2 = B.z2, *g2 = B.y2 + sh;
        fill(m, n, 0.1f);
        for (int i = 0; i < n; i++) v[i] = (float)rng_f64(&R) * (li % 2 ? 1e-2f : 1e-12f);
        memcpy(m2, m, sizeof(float) * (size_t)n);
        memcpy(v2, v, sizeof(float) * (size_t)n);
        memcpy(b, a, sizeof(float) * (size_t)n);
        guard_set(a, n);
        guard_set(m, n);
        guard_set(v, n);
        guard16_set(h, n);
        adamw_args t    = {.lr     = 3e-3f,
                           .beta1  = 0.9f,
                           .beta2  = 0.95f,
                           .eps    = 1e-8f,
                           .wd     = 0.1f,
                           .c1     = 0.271f,
                           .c2     = 0.142625f,
                           .gscale = 0.3f};
        bool       twin = li % 4 != 0;
        k->adamw(a, twin ? h : NULL, y, m, v, (size_t)n, &t);
        kern_ref.adamw(b, NULL, g2, m2, v2, (size_t)n, &t);
        for (int i = 0; i < n; i++) {
            near((double)m[i], (double)m2[i], fabs((double)m2[i]) + 0.1, TOL_EW, "adamw m", k->name, n, i);
            near((double)v[i], (double)v2[i], fabs((double)v2[i]), TOL_EW, "adamw v", k->name, n, i);
            double move = (double)t.lr * fabs((double)m2[i]) / (sqrt((double)v2[i] / (double)t.c2) + 1e-8);
            near((double)a[i], (double)b[i], fabs((double)b[i]) + move + (double)t.lr, TOL_ADAMW, "adamw w", k->name, n,
                 i);
            assert_true(y[i] == 0);
            if (twin) assert_true(same_bf16(h[i], bf16_from_f32(a[i]), a[i]));
        }
        guard_check(a, n, "adamw w");
        guard_check(m, n, "adamw m");
        guard_check(v, n, "adamw v");
        guard16_check(h, n, "adamw wb");
    }
}

/* Moments of a parameter without gradient fade out and stay 0; the caller's rounding mode comes back. */
static void test_adamw_without_gradient(void **state) {
    (void)state;
    adamw_args t = {.lr = 3e-3f, .beta1 = 0.9f, .beta2 = 0.95f, .eps = 1e-8f, .wd = 0, .c1 = 1, .c2 = 1, .gscale = 1};
    for (int ti = 1; ti < n_tab; ti++) {
        fill(B.a, 77, 1.0f);
        memset(B.b, 0, sizeof B.b);
        for (int i = 0; i < 77; i++) B.c[i] = 1e-3f, B.d[i] = 1e-6f;
        for (int step = 0; step < 1600; step++) tab[ti]->adamw(B.a, NULL, B.b, B.c, B.d, 77, &t);
        for (int i = 0; i < 77; i++) assert_true(B.c[i] == 0 && B.d[i] == 0 && isfinite(B.a[i]));
        volatile float small = FLT_MIN;
        assert_true(small / 2 > 0); /* subnormals work again */
    }
}

/* The reference itself, against formulas worked out by hand: a wrong reference would make every twin wrong. */
static void test_reference(void **state) {
    (void)state;
    float x[2] = {3, 4}, w[2] = {1, 2}, y[2], dx[2] = {0, 0}, dw[2] = {0, 0}, dy[2] = {1, 0};
    float r = kern_ref.rmsnorm(y, x, w, 0.0f, 2); /* mean square 12.5 */
    near((double)r, 1 / sqrt(12.5), 1, 1e-7, "rstd", "ref", 2, 0);
    near((double)y[1], 8 / sqrt(12.5), 1, 1e-6, "rmsnorm", "ref", 2, 1);
    kern_ref.rmsnorm_bwd(dx, dw, dy, x, w, r, 2); /* dy_0/dx = r (1 - x0 x0 r^2 / 2, -x0 x1 r^2 / 2) */
    near((double)dx[0], (double)r * (1 - 9.0 / 25), 1, 1e-6, "dx", "ref", 2, 0);
    near((double)dx[1], (double)r * (-12.0 / 25), 1, 1e-6, "dx", "ref", 2, 1);
    near((double)dw[0], 3 * (double)r, 1, 1e-6, "dw", "ref", 2, 0);
    float a = 0.7f, b = -1.3f, da, db, one = 1;
    kern_ref.swiglu_bwd(&da, &db, &one, &a, &b, 1);
    double h = 1e-4, ap = 0.7 + h, am = 0.7 - h;
    near((double)da, -1.3 * (ap / (1 + exp(-ap)) - am / (1 + exp(-am))) / (2 * h), 1, 1e-6, "silu'", "ref", 1, 0);
    near((double)db, 0.7 / (1 + exp(-0.7)), 1, 1e-6, "silu", "ref", 1, 0);
    /* AdamW's first step moves by lr (1 + wd w) whatever the size of g */
    float      p = 1, g = 1e-3f, m = 0, v = 0;
    uint16_t   pb;
    adamw_args t = {
        .lr = 0.01f, .beta1 = 0.9f, .beta2 = 0.95f, .eps = 0, .wd = 0.1f, .c1 = 0.1f, .c2 = 0.05f, .gscale = 1};
    kern_ref.adamw(&p, &pb, &g, &m, &v, 1, &t);
    near((double)p, 1 - 0.01 * 1.1, 1, 1e-6, "adamw", "ref", 1, 0);
    assert_true(g == 0 && pb == bf16_from_f32(p));
    float q[2] = {1, 0}, c = 0.6f, s = 0.8f;
    kern_ref.rope_pairs(q, &c, &s, 1, false); /* e^(i t) of 1 */
    assert_true(q[0] == 0.6f && q[1] == 0.8f);
}

static void test_init(void **state) {
    (void)state;
    err e = {{0}};
    printf("cpu: %s; tables:", kern_cpu());
    for (int i = 0; i < n_tab; i++) printf(" %s", tab[i]->name);
    printf("\n");
    for (int i = 0; i < n_tab; i++) {
        assert_true(kern_init(tab[i]->name, &e));
        assert_ptr_equal(K, tab[i]);
        for (const void *const *p = (const void *const *)(const void *)tab[i];
             p < (const void *const *)(const void *)(tab[i] + 1); p++)
            assert_non_null(*p); /* no entry forgotten */
    }
    assert_false(kern_init("sse9", &e));
    assert_non_null(strstr(e.msg, "sse9"));
    assert_ptr_equal(K, tab[n_tab - 1]); /* a failure changes nothing */
    setenv("R1_KERNEL", "ref", 1);
    assert_true(kern_init(NULL, &e));
    assert_ptr_equal(K, &kern_ref);
    unsetenv("R1_KERNEL");
    assert_true(kern_init(NULL, &e));
    assert_ptr_equal(K, tab[n_tab - 1]);
}

/* Sums must not depend on where the data lies. */
static void test_same_bits_at_any_alignment(void **state) {
    (void)state;
    for (int ti = 0; ti < n_tab; ti++)
        for (int n = 1; n < 200; n += 3) {
            fill(B.a, n, 1.0f);
            fill(B.b, n, 1.0f);
            float  d = tab[ti]->dot_f32(B.a, B.b, n);
            double q = tab[ti]->sumsq_f32(B.a, (size_t)n);
            for (int sh = 1; sh < 17; sh++) {
                memcpy(B.c + sh, B.a, sizeof(float) * (size_t)n);
                memcpy(B.d + 17 - sh, B.b, sizeof(float) * (size_t)n);
                assert_true(d == tab[ti]->dot_f32(B.c + sh, B.d + 17 - sh, n));
                assert_true(q == tab[ti]->sumsq_f32(B.c + sh, (size_t)n));
            }
        }
}

int main(void) {
    const char *s    = getenv("R1_SEED");
    uint64_t    seed = s ? strtoull(s, NULL, 10) : 20250120;
    printf("test_kern: seed %llu (R1_SEED)\n", (unsigned long long)seed);
    R                           = rng_seed(seed);
    n_tab                       = kern_all(tab);
    const struct CMUnitTest t[] = {
        cmocka_unit_test(test_init),
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_finite_and_max_at_every_place),
        cmocka_unit_test(test_conversions),
        cmocka_unit_test(test_every_f16),
        cmocka_unit_test(test_q8_0),
        cmocka_unit_test(test_gemv),
        cmocka_unit_test(test_sgemm),
        cmocka_unit_test(test_transpose),
        cmocka_unit_test(test_rmsnorm),
        cmocka_unit_test(test_swiglu),
        cmocka_unit_test(test_exp),
        cmocka_unit_test(test_exp_range),
        cmocka_unit_test(test_rope),
        cmocka_unit_test(test_adamw),
        cmocka_unit_test(test_adamw_without_gradient),
        cmocka_unit_test(test_same_bits_at_any_alignment),
    };
    return cmocka_run_group_tests_name("kern", t, NULL, NULL);
}
