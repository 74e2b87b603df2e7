/* kernels.c -- micro benchmark: every entry of every kernel table, and the matrix products of gemm.h.
 *
 *   build/bench/kernels              all
 *   build/bench/kernels gemv         only entries whose name contains "gemv"
 *   build/bench/kernels gemm         only the products
 *
 * A line an entry: the rate of each table and its ratio to the reference. GB/s counts every byte that must be
 * read or written once, GFLOP/s multiplies and adds. Medians of 7 runs of at least 10 ms, on one thread in
 * CPU time; the products use all of par_threads() and are timed by the clock. Two data sizes: "L2" fits the
 * second-level cache, "mem" does not fit any but the last. The first line measures what plain reading gives, as the
 * limit to compare with. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "base/rng.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"

enum { RUNS = 7, ROW = 512, BIG = 1 << 24 };

typedef struct data {        /* BIG floats each */
    float    *a, *b, *c, *d; /* [BIG] */
    uint16_t *h;             /* [BIG] */
    float     sink;
} data;
static data D;

typedef struct work {
    const char *name;
    void (*run)(const kern *k, int n); /* n: elements, or the entry's own size */
    int    n;
    double per; /* bytes or FLOPs of one call */
    bool   flops;
} work;

static int cmp_double(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* CPU time of this thread: a busy machine then only disturbs through the caches. */
static double cpu_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double median_seconds(double (*now)(void), void (*run)(const kern *, int), const kern *k, int n, double least) {
    double t[RUNS];
    run(k, n);
    int reps = 1;
    for (int i = 0; i < RUNS; i++) {
        double start = now(), dt;
        for (int r = 0; r < reps; r++) run(k, n);
        dt = now() - start;
        if (i == 0 && dt < least) { /* the first run finds how many calls fill the time */
            reps  = (int)(reps * fmin(least / fmax(dt, 1e-7) + 1, 1e6));
            i     = reps > 1 ? -1 : 0;
            least = 0;
            continue;
        }
        t[i] = dt / reps;
    }
    qsort(t, RUNS, sizeof t[0], cmp_double);
    return t[RUNS / 2];
}

#define RUN(fn) static void run_##fn(const kern *k, int n)
RUN(dot_f32) { D.sink += k->dot_f32(D.a, D.b, n); }
RUN(axpy_f32) { k->axpy_f32(D.a, 1e-9f, D.b, n); }
RUN(scale_f32) { k->scale_f32(D.a, 1.0f, n); }
RUN(add_f32) { k->add_f32(D.d, D.b, (size_t)n); }
RUN(sumsq_f32) { D.sink += (float)k->sumsq_f32(D.a, (size_t)n); }
RUN(max_f32) { D.sink += k->max_f32(D.a, n); }
RUN(finite_f32) { D.sink += k->finite_f32(D.a, (size_t)n); }
RUN(f32_to_bf16) { k->f32_to_bf16(D.h, D.a, (size_t)n); }
RUN(bf16_to_f32) { k->bf16_to_f32(D.d, D.h, (size_t)n); }
RUN(f32_to_f16) { k->f32_to_f16(D.h, D.a, (size_t)n); }
RUN(f16_to_f32) { k->f16_to_f32(D.d, D.h, (size_t)n); }
RUN(q8_0_to_f32) { k->q8_0_to_f32(D.d, (const block_q8_0 *)(const void *)D.h, (size_t)n); }
RUN(f32_to_q8_0) { k->f32_to_q8_0((block_q8_0 *)(void *)D.h, D.a, (size_t)n); }
RUN(gemv_f32) { k->gemv_f32(D.d, D.a, D.b, n / ROW, ROW); }
RUN(gemv_bf16) { k->gemv_bf16(D.d, D.h, D.b, n / ROW, ROW); }
RUN(gemv_f16) { k->gemv_f16(D.d, D.h, D.b, n / ROW, ROW); }
RUN(gemv_q8_0) { k->gemv_q8_0(D.d, (const block_q8_0 *)(const void *)D.h, D.b, n / ROW, ROW); }
RUN(transpose_u16) { k->transpose_u16((uint16_t *)(void *)D.d, n, D.h, n, n, n); }
RUN(transpose_f32) { k->transpose_f32(D.d, n, D.a, n, n, n); }
RUN(rmsnorm) {
    for (int i = 0; i < 64; i++) D.sink += k->rmsnorm(D.d + i * n, D.a + i * n, D.b, 1e-6f, n);
}
RUN(rmsnorm_bf16) {
    for (int i = 0; i < 64; i++) D.sink += k->rmsnorm_bf16(D.h + i * n, D.a + i * n, D.b, 1e-6f, n);
}
RUN(rmsnorm_bwd) {
    for (int i = 0; i < 64; i++) k->rmsnorm_bwd(D.d + i * n, D.c + i * n, D.a + i * n, D.b, D.b, 1.0f, n);
}
RUN(swiglu) { k->swiglu(D.d, D.a, D.b, n); }
RUN(swiglu_bf16) { k->swiglu_bf16(D.h, D.h + 65536, D.h + 131072, n); }
RUN(swiglu_bwd_bf16) { k->swiglu_bwd_bf16(D.h, D.h + 32768, D.h + 65536, D.h + 131072, D.h + 196608, n); }
RUN(attn_soft) { k->attn_soft(D.h, D.a, D.b, D.b + 64, D.b + 128, 0.1f, 64, 64, n / 64); }
RUN(attn_grads) { k->attn_grads(D.h, D.h + 4096, D.h + 8192, D.a, D.b, D.b + 4096, D.b + 4160, 0.1f, 64, 64, n / 64); }
RUN(swiglu_bwd) { k->swiglu_bwd(D.c, D.d, D.a, D.b, D.a, n); }
RUN(exp_sum) { memcpy(D.d, D.a, 4 * (size_t)n), D.sink += k->exp_sum(D.d, 4.0f, n); }
RUN(exp_lse) { memcpy(D.d, D.a, 4 * (size_t)n), k->exp_lse(D.d, 0.5f, 4.0f, n); }
RUN(softmax_bwd) { k->softmax_bwd(D.d, D.a, 0.5f, 0.5f, n); }
RUN(rope_pairs) {       /* the angle of i on the unit circle: (1 - t^2, 2t) / (1 + t^2) */
    float c[64], s[64]; /* [n / 2] */
    for (int i = 0; i < n / 2; i++) {
        float t = (float)i * 0.01f;
        c[i]    = (1 - t * t) / (1 + t * t);
        s[i]    = 2 * t / (1 + t * t);
    }
    for (int i = 0; i < 64; i++) k->rope_pairs(D.b + i * n, c, s, n / 2, false);
}
RUN(adamw) {
    adamw_args t = {.lr     = 1e-9f,
                    .beta1  = 0.9f,
                    .beta2  = 0.95f,
                    .eps    = 1e-8f,
                    .wd     = 0.1f,
                    .c1     = 0.271f,
                    .c2     = 0.142625f,
                    .gscale = 1};
    k->adamw(D.a, D.h, D.b, D.c, D.d, (size_t)n, &t);
}
/* attention's shapes: scores [n, n] = Q K^T with K transposed, then P V */
RUN(sgemm_scores) { k->sgemm(n, n, 48, 0.1f, D.a, 512, 1, D.b, n, false, D.d, n); }
RUN(sgemm_values) { k->sgemm(n, 32, n, 1.0f, D.a, n, 1, D.b, 256, false, D.d, 256); }
RUN(sgemm_values64) { k->sgemm(n, 64, n, 1.0f, D.a, n, 1, D.b, 512, false, D.d, 512); }
RUN(sgemm_trans) { k->sgemm(n, 48, n, 1.0f, D.a, 1, n, D.b, 512, true, D.d, 512); }
RUN(sgemm_row) { k->sgemm(1, n, 48, 1.0f, D.a, 512, 1, D.b, n, false, D.d, n); }

/* the same in bf16, B in panels; whole linear layers: 512 rows times [256, n] */
RUN(bgemm_scores) { k->bgemm(64, n, 64, D.h, 64, D.h + 65536, 64 * 16, BGEMM_F32, D.d, n); }
RUN(bgemm_values) { k->bgemm(64, 32, n, D.h, n, D.h + 65536, n * 16, BGEMM_F32, D.d, 32); }
RUN(bgemm_grads) { k->bgemm(64, n, 64, D.h, 64, D.h + 65536, 64 * 16, BGEMM_ADD, D.d, n); }
RUN(bgemm_linear) { k->bgemm(512, n, 256, D.h, 256, D.h + 262144, 256 * 16, BGEMM_F32, D.d, n); }
RUN(bgemm_linear_bf16) { k->bgemm(512, n, 256, D.h, 256, D.h + 262144, 256 * 16, BGEMM_BF16, D.d, n); }

/* 8 bits: D.h holds random bytes as well as anything. igemm_row is decoding: one row, n weights in rows of ROW. */
static int8_t *bytes(size_t at) { return (int8_t *)(void *)D.h + at; }
RUN(quant_f32) {
    for (int i = 0; i < 64; i++) D.sink += k->quant_f32(bytes((size_t)(i * n)), D.a + i * n, n);
}
RUN(quant_bf16) {
    for (int i = 0; i < 64; i++) D.sink += k->quant_bf16(bytes((size_t)(i * n)), D.h + 65536 + i * n, n);
}
RUN(quant_by) { k->quant_by(bytes(0), D.h + n, D.a, 0.01f, n); }
RUN(panel_i8) { k->panel_i8(bytes(0), n * 16, bytes(1 << 20), n, n, n); }
RUN(igemm_row) { k->igemm(1, n / ROW, ROW, bytes(0), ROW, D.b, bytes(4096), ROW * 16, D.b, BGEMM_F32, D.d, n / ROW); }
RUN(igemm_rows4) { k->igemm(4, n / ROW, ROW, bytes(0), ROW, D.b, bytes(4096), ROW * 16, D.b, BGEMM_F32, D.d, n / ROW); }
RUN(igemm_rows8) { k->igemm(8, n / ROW, ROW, bytes(0), ROW, D.b, bytes(4096), ROW * 16, D.b, BGEMM_F32, D.d, n / ROW); }
RUN(igemm_linear) { k->igemm(512, n, 256, bytes(0), 256, D.b, bytes(262144), 256 * 16, D.b, BGEMM_F32, D.d, n); }
RUN(igemm_linear_bf16) { k->igemm(512, n, 256, bytes(0), 256, D.b, bytes(262144), 256 * 16, D.b, BGEMM_BF16, D.d, n); }

enum { SMALL = 1 << 15, MEM = 1 << 23 };
#define BYTES(fn, n, b)                                                                                                \
    { #fn, run_##fn, n, (double)(n) * (b), false }
#define FLOPS(fn, n, f)                                                                                                \
    { #fn, run_##fn, n, f, true }
static const work works[] = {
    BYTES(dot_f32, SMALL, 8),
    BYTES(axpy_f32, SMALL, 12),
    BYTES(scale_f32, SMALL, 8),
    BYTES(add_f32, SMALL, 12),
    BYTES(sumsq_f32, SMALL, 4),
    BYTES(sumsq_f32, MEM, 4),
    BYTES(max_f32, SMALL, 4),
    BYTES(finite_f32, SMALL, 4),
    BYTES(f32_to_bf16, SMALL, 6),
    BYTES(bf16_to_f32, SMALL, 6),
    BYTES(f32_to_f16, SMALL, 6),
    BYTES(f16_to_f32, SMALL, 6),
    BYTES(q8_0_to_f32, SMALL, 5.0625),
    BYTES(f32_to_q8_0, SMALL, 5.0625),
    BYTES(gemv_f32, 8 * SMALL, 4),
    BYTES(gemv_f32, MEM, 4),
    BYTES(gemv_bf16, 8 * SMALL, 2),
    BYTES(gemv_bf16, 2 * MEM, 2),
    BYTES(gemv_f16, 8 * SMALL, 2),
    BYTES(gemv_f16, 2 * MEM, 2),
    BYTES(gemv_q8_0, 8 * SMALL, 1.0625),
    BYTES(gemv_q8_0, 2 * MEM, 1.0625),
    {"transpose_u16", run_transpose_u16, 256, 256.0 * 256 * 4, false},
    {"transpose_f32", run_transpose_f32, 256, 256.0 * 256 * 8, false},
    {"rmsnorm", run_rmsnorm, 256, 64 * 256 * 8, false},
    {"rmsnorm_bf16", run_rmsnorm_bf16, 256, 64 * 256 * 6, false},
    {"rmsnorm_bwd", run_rmsnorm_bwd, 256, 64 * 256 * 20, false},
    BYTES(swiglu, SMALL, 12),
    BYTES(swiglu_bf16, SMALL, 6),
    BYTES(swiglu_bwd_bf16, SMALL, 10),
    BYTES(attn_soft, 4096, 6),
    BYTES(attn_grads, 4096, 14),
    BYTES(swiglu_bwd, SMALL, 20),
    BYTES(exp_sum, 8192, 8),
    BYTES(exp_lse, 8192, 8),
    BYTES(softmax_bwd, SMALL, 12),
    {"rope_pairs", run_rope_pairs, 32, 64 * 32 * 8, false},
    BYTES(adamw, SMALL, 34),
    BYTES(adamw, MEM, 34),
    FLOPS(sgemm_scores, 64, 2.0 * 64 * 64 * 48),
    FLOPS(sgemm_scores, 256, 2.0 * 256 * 256 * 48),
    FLOPS(sgemm_values, 64, 2.0 * 64 * 64 * 32),
    FLOPS(sgemm_values, 256, 2.0 * 256 * 256 * 32),
    FLOPS(sgemm_values, 512, 2.0 * 512 * 512 * 32),
    FLOPS(sgemm_values64, 256, 2.0 * 256 * 256 * 64),
    FLOPS(sgemm_trans, 256, 2.0 * 256 * 256 * 48),
    FLOPS(sgemm_row, 256, 2.0 * 256 * 48),
    FLOPS(bgemm_scores, 256, 2.0 * 64 * 256 * 64),
    FLOPS(bgemm_values, 256, 2.0 * 64 * 256 * 32),
    FLOPS(bgemm_grads, 256, 2.0 * 64 * 256 * 64),
    FLOPS(bgemm_linear, 256, 2.0 * 512 * 256 * 256),
    FLOPS(bgemm_linear, 768, 2.0 * 512 * 256 * 768),
    FLOPS(bgemm_linear_bf16, 256, 2.0 * 512 * 256 * 256),
    FLOPS(bgemm_linear_bf16, 768, 2.0 * 512 * 256 * 768),
    {"quant_f32", run_quant_f32, 256, 64 * 256 * 5, false},
    {"quant_bf16", run_quant_bf16, 256, 64 * 256 * 3, false},
    {"quant_bf16", run_quant_bf16, 64, 64 * 64 * 3, false},
    BYTES(quant_by, SMALL, 7),
    {"panel_i8", run_panel_i8, 256, 256.0 * 256 * 2, false},
    BYTES(igemm_row, 8 * SMALL, 1),
    BYTES(igemm_row, 3 * MEM, 1),
    BYTES(igemm_rows4, 8 * SMALL, 1),
    BYTES(igemm_rows8, 8 * SMALL, 1),
    FLOPS(igemm_linear, 256, 2.0 * 512 * 256 * 256),
    FLOPS(igemm_linear, 768, 2.0 * 512 * 256 * 768),
    FLOPS(igemm_linear_bf16, 256, 2.0 * 512 * 256 * 256),
    FLOPS(igemm_linear_bf16, 768, 2.0 * 512 * 256 * 768),
};

/* Sums of 8 streams: what one thread can read. */
static void run_read(const kern *k, int n) {
    (void)k;
    uint64_t        s[8] = {0};
    const uint64_t *p    = (const uint64_t *)(const void *)D.a;
    for (int i = 0; i + 8 <= n / 2; i += 8)
        for (int j = 0; j < 8; j++) s[j] ^= p[i + j];
    for (int j = 0; j < 8; j++) D.sink += (float)(s[j] & 1);
}

static void bench_table(const char *filter) {
    const kern *tab[5];
    int         n = kern_all(tab);
    printf("%-16s %9s", "entry", "n");
    for (int i = 0; i < n; i++) printf(" %10s %6s", tab[i]->name, i ? "x" : "");
    printf("\n");
    if (!filter)
        printf("%-16s %9d %10.1f GB/s\n", "plain reading", MEM,
               4.0 * MEM / median_seconds(cpu_now, run_read, NULL, MEM, 0.01) * 1e-9);
    for (size_t w = 0; w < sizeof works / sizeof works[0]; w++) {
        const work *k   = &works[w];
        double      ref = 0;
        if (filter && !strstr(k->name, filter)) continue;
        printf("%-16s %9d", k->name, k->n);
        for (int i = 0; i < n; i++) {
            double rate = k->per / median_seconds(cpu_now, k->run, tab[i], k->n, 0.01) * 1e-9;
            if (i == 0) ref = rate;
            printf(" %10.1f %6.1f", rate, rate / ref);
            fflush(stdout);
        }
        printf("  %s\n", k->flops ? "GFLOP/s" : "GB/s");
    }
}

typedef struct shape {
    gemm_mode mode;
    int       m, n, k, types; /* types: 0 f32, 1 bf16 -> f32, 2 bf16 -> bf16 */
    float     beta;
} shape;
static shape shape_now; /* what run_gemm multiplies */

static void run_gemm(const kern *k, int n) {
    (void)k, (void)n;
    const shape *s   = &shape_now;
    int          lda = s->mode == GEMM_TN ? s->m : s->k, ldb = s->mode == GEMM_NT ? s->k : s->n;
    uint16_t    *h2 = D.h + BIG / 2;
    if (s->types == 0) gemm_f32(s->mode, s->m, s->n, s->k, D.a, lda, D.b, ldb, s->beta, D.c, s->n);
    if (s->types == 1) gemm_bf16(s->mode, s->m, s->n, s->k, D.h, lda, h2, ldb, s->beta, D.c, s->n);
    if (s->types == 2) gemm_bf16_out(s->mode, s->m, s->n, s->k, D.h, lda, h2, ldb, (uint16_t *)(void *)D.c, s->n);
}

static void bench_gemm(void) {
    static const char *const mode[] = {"NN", "NT", "TN"}, *const type[] = {"f32", "bf16", "bf16out"};
    static const int size[][2] = {{256, 256}, {1024, 256}, {256, 1024}, {128, 512}, {2048, 256}}; /* out, in */
    static const int tokens[]  = {4096, 2048, 64};
    double           peak[2]   = {gemm_peak_f32(), gemm_peak_bf16()};
    printf("\ngemm on %d threads; measured peak f32 %.0f, bf16 %.0f GFLOP/s\n", par_threads(), peak[0] * 1e-9,
           peak[1] * 1e-9);
    printf("%-8s %-4s %5s %5s %5s %5s %10s %8s %8s\n", "types", "mode", "M", "N", "K", "beta", "GFLOP/s", "of peak",
           "us");
    for (int ty = 0; ty < 2; ty++)
        for (size_t t = 0; t < sizeof tokens / sizeof tokens[0]; t++)
            for (size_t s = 0; s < sizeof size / sizeof size[0]; s++) {
                int         o = size[s][0], in = size[s][1], T = tokens[t];
                const shape three[] = {
                    {GEMM_NT, T, o, in, ty, 0}, {GEMM_NN, T, in, o, ty, 0}, {GEMM_TN, o, in, T, ty, 1}};
                for (int i = 0; i < 3; i++) {
                    shape_now   = three[i];
                    double sec  = median_seconds(time_now, run_gemm, NULL, 0, 0.01);
                    double rate = 2.0 * three[i].m * (double)three[i].n * three[i].k / sec;
                    printf("%-8s %-4s %5d %5d %5d %5.0f %10.0f %7.0f%% %8.1f\n", type[ty], mode[three[i].mode],
                           three[i].m, three[i].n, three[i].k, (double)three[i].beta, rate * 1e-9,
                           100 * rate / peak[ty], sec * 1e6);
                }
            }
    for (int ty = 0; ty < 3; ty++) { /* what a call costs: nearly no arithmetic */
        shape_now = (shape){GEMM_NT, 1, 16, 16, ty, 0};
        printf("%-8s one call of 1 x 16 x 16: %.2f us\n", type[ty],
               1e6 * median_seconds(time_now, run_gemm, NULL, 0, 0.01));
    }
}

int main(int argc, char **argv) {
    const char *filter = argc > 1 ? argv[1] : NULL;
    err         e      = {{0}};
    par_init(0);
    if (!kern_init(NULL, &e)) {
        fprintf(stderr, "%s\n", e.msg);
        return 1;
    }
    gemm_init();
    printf("cpu: %s; %d threads\n", kern_cpu(), par_threads());
    rng    r     = rng_seed(1);
    float *all[] = {0, 0, 0, 0};
    for (int j = 0; j < 4; j++) all[j] = mem_alloc((size_t)BIG * sizeof(float));
    for (int j = 0; j < 4; j++)
        for (int i = 0; i < BIG; i++) all[j][i] = (float)(rng_f64(&r) * 2 - 1) * (j == 3 ? 1e-3f : 1.0f);
    for (int i = 0; i < BIG; i++) all[3][i] = fabsf(all[3][i]); /* a second moment is not negative */
    D = (data){all[0], all[1], all[2], all[3], mem_alloc((size_t)BIG * sizeof(uint16_t)), 0};
    kern_ref.f32_to_bf16(D.h, D.b, BIG);
    if (!filter || strcmp(filter, "gemm") != 0) bench_table(filter);
    if (!filter || strcmp(filter, "gemm") == 0) bench_gemm();
    for (int j = 0; j < 4; j++) mem_free(all[j]);
    mem_free(D.h);
    gemm_free();
    return D.sink == 12345.678f; /* the sums are used */
}
