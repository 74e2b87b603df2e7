/* test_gemm.c -- gemm.h against a double product: every mode and type, ragged sizes, rows with gaps, beta 0 and 1,
 * on the reference loops and on oneDNN; the cache past its size; same bits twice. R1_SEED=n repeats a run. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "base/mem.h"
#include "base/par.h"
#include "base/rng.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"

/* Relative to the sum of |a b|: float32 sums in any order; a bf16 result adds half a step of 2^-8. */
static const double TOL_F32      = 5e-7;
static const double TOL_BF16_OUT = 1.0 / 256;

typedef enum { T_F32, T_BF16, T_BF16_OUT } types;
static rng         R;
static const char *mode_name[] = {"NN", "NT", "TN"};

typedef struct operands {
    int       rows_a, rows_b; /* as stored */
    int       lda, ldb, ldc;
    float    *a, *b, *c, *c0; /* [rows_a, lda], [rows_b, ldb], [M, ldc], its start */
    uint16_t *ha, *hb, *hc;   /* the bf16 twins */
} operands;

static void fill_both(float *x, uint16_t *h, size_t n, bool bf16) { /* x: [n] */
    for (size_t i = 0; i < n; i++) {
        x[i] = rng_normal(&R);
        h[i] = bf16_from_f32(x[i]);
        if (bf16) x[i] = bf16_to_f32(h[i]); /* the double product sees what bf16 holds */
    }
}

static operands operands_new(gemm_mode mode, types ty, int M, int N, int Kd, int pad) {
    operands o = {0};
    o.rows_a   = mode == GEMM_TN ? Kd : M;
    o.rows_b   = mode == GEMM_NT ? N : Kd;
    o.lda      = (mode == GEMM_TN ? M : Kd) + pad;
    o.ldb      = (mode == GEMM_NT ? Kd : N) + 2 * pad;
    o.ldc      = N + 3 * pad;
    size_t na = (size_t)o.rows_a * (size_t)o.lda, nb = (size_t)o.rows_b * (size_t)o.ldb, nc = (size_t)M * (size_t)o.ldc;
    o.a  = mem_alloc(na * 4 + 4);
    o.b  = mem_alloc(nb * 4 + 4);
    o.c  = mem_alloc(nc * 4 + 4);
    o.c0 = mem_alloc(nc * 4 + 4);
    o.ha = mem_alloc(na * 2 + 2);
    o.hb = mem_alloc(nb * 2 + 2);
    o.hc = mem_alloc(nc * 2 + 2);
    fill_both(o.a, o.ha, na, ty != T_F32);
    fill_both(o.b, o.hb, nb, ty != T_F32);
    fill_both(o.c, o.hc, nc, ty == T_BF16_OUT);
    memcpy(o.c0, o.c, nc * 4);
    return o;
}

static void operands_free(operands *o) {
    void *p[] = {o->a, o->b, o->c, o->c0, o->ha, o->hb, o->hc};
    for (size_t i = 0; i < sizeof p / sizeof p[0]; i++) mem_free(p[i]);
}

static void product(operands *o, gemm_mode mode, types ty, int M, int N, int Kd, float beta) {
    if (ty == T_F32) gemm_f32(mode, M, N, Kd, o->a, o->lda, o->b, o->ldb, beta, o->c, o->ldc);
    if (ty == T_BF16) gemm_bf16(mode, M, N, Kd, o->ha, o->lda, o->hb, o->ldb, beta, o->c, o->ldc);
    if (ty == T_BF16_OUT) gemm_bf16_out(mode, M, N, Kd, o->ha, o->lda, o->hb, o->ldb, o->hc, o->ldc);
}

static void one_case(gemm_mode mode, types ty, int M, int N, int Kd, int pad, float beta) {
    operands o = operands_new(mode, ty, M, N, Kd, pad);
    product(&o, mode, ty, M, N, Kd, beta);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < o.ldc; j++) {
            size_t at  = (size_t)i * (size_t)o.ldc + (size_t)j;
            double got = ty == T_BF16_OUT ? (double)bf16_to_f32(o.hc[at]) : (double)o.c[at];
            if (j >= N) {
                if (got != (double)o.c0[at])
                    fail_msg("%s type %d %dx%dx%d: wrote into the gap of row %d", mode_name[mode], ty, M, N, Kd, i);
                continue;
            }
            double want = beta != 0.0f ? (double)o.c0[at] : 0, mag = fabs(want);
            for (int l = 0; l < Kd; l++) {
                double x = (double)(mode == GEMM_TN ? o.a[l * o.lda + i] : o.a[i * o.lda + l]);
                double y = (double)(mode == GEMM_NT ? o.b[j * o.ldb + l] : o.b[l * o.ldb + j]);
                want += x * y;
                mag += fabs(x * y);
            }
            double tol = TOL_F32 * mag + (ty == T_BF16_OUT ? TOL_BF16_OUT * fabs(want) : 0);
            if (!(fabs(got - want) <= tol))
                fail_msg("%s %s type %d M=%d N=%d K=%d pad=%d beta=%g [%d,%d]: got %.9g, want %.9g, |diff| %.2g > %.2g",
                         K->name, mode_name[mode], ty, M, N, Kd, pad, (double)beta, i, j, got, want, fabs(got - want),
                         tol);
        }
    operands_free(&o);
}

static void all_modes(int M, int N, int Kd, int pad) {
    for (int mode = GEMM_NN; mode <= GEMM_TN; mode++)
        for (int beta = 0; beta < 2; beta++) {
            one_case((gemm_mode)mode, T_F32, M, N, Kd, pad, (float)beta);
            one_case((gemm_mode)mode, T_BF16, M, N, Kd, pad, (float)beta);
            if (!beta) one_case((gemm_mode)mode, T_BF16_OUT, M, N, Kd, pad, 0.0f);
        }
}

static void test_sizes(void **state) {
    (void)state;
    const int edge[][3] = {{1, 1, 1},    {1, 64, 32},   {64, 1, 32},   {64, 32, 1},   {2, 3, 5},      {32, 32, 32},
                           {33, 31, 65}, {1, 257, 96},  {16, 16, 16},  {17, 48, 127}, {0, 4, 4},      {4, 0, 4},
                           {4, 4, 0},    {96, 64, 256}, {64, 160, 64}, {5, 384, 100}, {128, 128, 33}, {160, 96, 300}};
    for (size_t i = 0; i < sizeof edge / sizeof edge[0]; i++)
        for (int pad = 0; pad < 10; pad += 3) all_modes(edge[i][0], edge[i][1], edge[i][2], pad);
    all_modes(33, 48, 1200, 5); /* more than one slab of a weight gradient */
    all_modes(32, 32, 512, 0);
    for (int i = 0; i < 12; i++)
        all_modes((int)rng_below(&R, 90), (int)rng_below(&R, 90), (int)rng_below(&R, 90), (int)rng_below(&R, 4) * 8);
}

static void test_reference_loops(void **state) {
    (void)state;
    const kern *keep    = K;
    K                   = &kern_ref;
    const int edge[][3] = {{1, 1, 1}, {2, 3, 5}, {17, 9, 33}, {0, 4, 4}, {4, 0, 4}, {4, 4, 0}};
    for (size_t i = 0; i < sizeof edge / sizeof edge[0]; i++)
        for (int pad = 0; pad < 6; pad += 3) all_modes(edge[i][0], edge[i][1], edge[i][2], pad);
    K = keep;
}

/* What a CPU without bf16 instructions does: oneDNN is told to be an AVX2 one, in a process of its own, because it asks
 * only once. Every bf16 product is then widened. */
static void test_without_bf16(void **state) {
    char        command[4200];
    const char *self = *state;
    int         n    = snprintf(command, sizeof command,
                                "DNNL_MAX_CPU_ISA=AVX2 ONEDNN_MAX_CPU_ISA=AVX2 R1_THREADS=1 '%s' sizes >/dev/null 2>&1", self);
    assert_in_range(n, 1, sizeof command - 1);
    assert_int_equal(system(command), 0);
}

/* Weight gradients: long sums over tokens, split over threads. */
static void test_same_bits_twice(void **state) {
    (void)state;
    const int size[][3] = {{256, 256, 1024}, {1024, 256, 256}, {96, 512, 640}, {32, 32, 2048}};
    for (size_t s = 0; s < sizeof size / sizeof size[0]; s++)
        for (int mode = GEMM_NN; mode <= GEMM_TN; mode++)
            for (types ty = T_F32; ty <= T_BF16; ty++) {
                int      M = size[s][0], N = size[s][1], Kd = size[s][2];
                size_t   bytes = (size_t)M * (size_t)N * sizeof(float);
                operands o     = operands_new((gemm_mode)mode, ty, M, N, Kd, 0);
                product(&o, (gemm_mode)mode, ty, M, N, Kd, 0.0f);
                memcpy(o.c0, o.c, bytes);
                for (int i = 0; i < 4; i++) {
                    if (i == 2) gemm_free(); /* a primitive made anew gives the same bits, too */
                    product(&o, (gemm_mode)mode, ty, M, N, Kd, 0.0f);
                    assert_memory_equal(o.c, o.c0, bytes);
                }
                operands_free(&o);
            }
}

/* More shapes than the cache holds: the old ones are dropped and made again. */
static void test_cache_overflow(void **state) {
    (void)state;
    enum { SHAPES = 2600 };
    float a[64], b[SHAPES], c[SHAPES]; /* [1, k], [k, n], [1, n] */
    for (int i = 0; i < 64; i++) a[i] = (float)(i % 5);
    for (int i = 0; i < SHAPES; i++) b[i] = (float)(i % 7);
    for (int i = 0; i < SHAPES; i++) {
        int n = 1 + i % (SHAPES - 64);
        gemm_f32(GEMM_NN, 1, n, 1, a + 3, 1, b, n, 0.0f, c, n + (i >= SHAPES - 64));
        assert_true(c[n - 1] == 3 * b[n - 1]);
    }
}

static void test_peak(void **state) {
    (void)state;
    double f = gemm_peak_f32(), h = gemm_peak_bf16();
    printf("measured peak on %d threads: f32 %.0f GFLOP/s, bf16 %.0f GFLOP/s (%.1fx)\n", par_threads(), f * 1e-9,
           h * 1e-9, h / f);
    assert_true(f > 1e8 && f < 1e15);
    assert_true(h > 1e8 && h < 1e15);
}

int main(int argc, char **argv) {
    const char *s    = getenv("R1_SEED");
    uint64_t    seed = s ? strtoull(s, NULL, 10) : 20250120;
    err         e    = {{0}};
    printf("test_gemm: seed %llu (R1_SEED)\n", (unsigned long long)seed);
    R = rng_seed(seed);
    par_init(0);
    if (!kern_init(NULL, &e)) {
        fprintf(stderr, "%s\n", e.msg);
        return 1;
    }
    gemm_init();
    const struct CMUnitTest sizes[] = {cmocka_unit_test(test_sizes)};
    const struct CMUnitTest t[]     = {
            cmocka_unit_test_prestate(test_without_bf16, argv[0]),
            cmocka_unit_test(test_sizes),
            cmocka_unit_test(test_reference_loops),
            cmocka_unit_test(test_same_bits_twice),
            cmocka_unit_test(test_cache_overflow),
            cmocka_unit_test(test_peak),
    };
    bool only_sizes = argc > 1 && strcmp(argv[1], "sizes") == 0;
    int  failed     = only_sizes ? cmocka_run_group_tests_name("gemm sizes", sizes, NULL, NULL)
                                 : cmocka_run_group_tests_name("gemm", t, NULL, NULL);
    gemm_free();
    return failed;
}
