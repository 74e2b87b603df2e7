/* kern.h -- the kernel table: every inner loop of the program, by instruction set.
 *
 * Why: slow and right stays. kern_ref.c is scalar C that one can read; kern_simd.inc
 * is the vector body, compiled once as AVX2 and once as AVX-512 (kern_avx2.c,
 * kern_avx512.c, with hand-written overrides where they pay; the table "amx" has the products of kern_amx.c). kern_init
 * picks one table at start by what the CPU has; R1_KERNEL=ref|avx2|avx512|amx forces one.
 * tests/test_kern.c compares every entry of every table with the reference.
 *
 *   kern_init(NULL, &e);
 *   float d = K->dot_f32(a, b, n);
 *
 * Memory:  raw pointers, no malloc, unaligned is fine; outputs do not overlap inputs
 *          unless said ("in place").
 * Errors:  none; kern_init fails if R1_KERNEL names what this CPU lacks.
 * Threads: all entries are single-threaded and reentrant; callers split the work. */
#ifndef R1_KERN_H
#define R1_KERN_H
#include "base/err.h"
#include "kernel/dtype.h"

typedef struct adamw_args {      /* Loshchilov & Hutter 2019, alg. 2; bias correction folded into lr_t and eps_t */
    float lr;                    /* learning rate of this step */
    float beta1, beta2, eps, wd; /* wd is decoupled: w -= lr * wd * w */
    float c1, c2;                /* 1 - beta1^t, 1 - beta2^t */
    float gscale;                /* the gradient is multiplied by this (clipping, 1/batch) */
} adamw_args;

/* What a bgemm or an igemm does with its sums: float32 assigned, float32 added, rounded to bf16. */
typedef enum { BGEMM_F32, BGEMM_ADD, BGEMM_BF16 } bgemm_out;

enum { I8_K_MAX = 1 << 17 }; /* 127 * 127 * 2^17 < 2^31 */

typedef struct kern {
    const char *name; /* "ref", "avx2", "avx512", "amx" */

    /* --- vectors of n floats --- */
    float (*dot_f32)(const float *a, const float *b, int n);
    void (*axpy_f32)(float *y, float a, const float *x, int n);    /* y += a x */
    void (*scale_f32)(float *y, float a, int n);                   /* y *= a */
    void (*add_f32)(float *y, const float *x, size_t n);           /* y += x */
    void (*scale_cols)(float *y, const float *a, int rows, int n); /* y [rows, n] *= a [n] */
    float (*dot_bf16)(const float *a, const uint16_t *b, int n);
    void (*axpy_bf16)(float *y, float a, const uint16_t *x, int n);  /* y += a x */
    void (*scale_bf16)(uint16_t *y, float a, const float *x, int n); /* y = bf16(a x) */
    double (*sumsq_f32)(const float *x, size_t n);                   /* fixed order of summation */
    float (*max_f32)(const float *x, int n);                         /* n >= 1 */
    bool (*finite_f32)(const float *x, size_t n);                    /* no NaN, no infinity */

    /* --- conversions --- */
    void (*f32_to_bf16)(uint16_t *y, const float *x, size_t n);
    void (*bf16_to_f32)(float *y, const uint16_t *x, size_t n);
    void (*f32_to_f16)(uint16_t *y, const float *x, size_t n);
    void (*f16_to_f32)(float *y, const uint16_t *x, size_t n);
    void (*q8_0_to_f32)(float *y, const block_q8_0 *x, size_t n); /* n % 32 == 0 */
    /* d = f16(max|x| / 127) per block, q = round-half-away(x * (1/d as f32)), as ggml's reference */
    void (*f32_to_q8_0)(block_q8_0 *y, const float *x, size_t n);

    /* --- matrix times vector, for decoding: y[r] = sum_c w[r, c] x[c] --- */
    void (*gemv_f32)(float *y, const float *w, const float *x, int rows, int cols);
    void (*gemv_bf16)(float *y, const uint16_t *w, const float *x, int rows, int cols);
    void (*gemv_f16)(float *y, const uint16_t *w, const float *x, int rows, int cols);
    void (*gemv_q8_0)(float *y, const block_q8_0 *w, const float *x, int rows, int cols); /* float activations */

    /* --- small float GEMM on one thread, for attention ---
     * C[M,N] (row-major, ldc) = or += alpha * A * B;  A(i,k) = A[i*ars + k*acs], so a transpose is free;
     * B[K,N] row-major (ldb). Any M, N, K >= 0. */
    void (*sgemm)(int M, int N, int Kd, float alpha, const float *A, int ars, int acs, const float *B, int ldb,
                  bool accumulate, float *C, int ldc);
    /* --- small bf16 GEMM on one thread, sums in float32 ---
     * C[M,N] (row-major, ldc) = A[M,K] B[K,N]; M, N multiples of 16, K of 32: pad with zeros. A row-major (lda); B in
     * panels of 16 columns with pairs of rows side by side, B(k, n) = B[n/16 * panel + k/2 * 32 + n%16 * 2 + k%2]:
     * what one AMX tile or one VDPBF16PS reads is in one piece. */
    void (*bgemm)(int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int panel, bgemm_out out,
                  void *C, int ldc);
    /* B from rows: x [rows, cols] is B itself (rows are k) -> panels; rows even. y: [cols/16][panel] */
    void (*panel_rows)(uint16_t *y, int panel, const uint16_t *x, int ldx, int rows, int cols);
    /* B from columns: x [rows, cols] is B transposed (rows are n) -> panels; rows a multiple of 16, cols even */
    void (*panel_cols)(uint16_t *y, int panel, const uint16_t *x, int ldx, int rows, int cols);

    /* --- 8 bits: a row is s q, q int8 within +-127, s one float32 (dtype.h says which) --- */
    float (*amax_f32)(const float *x, int n); /* max |x|; not finite where one x is not */
    /* q = x / s to the nearest (ties to even, one rounding); returns s = i8_scale(max |x|). Where s is 0 or NaN, q is 0
     */
    float (*quant_f32)(int8_t *q, const float *x, int n);
    float (*quant_bf16)(int8_t *q, const uint16_t *x, int n);
    /* the same with an s of the caller's, q held within +-127; yb gets s q in bf16 (NULL: not wanted) */
    void (*quant_by)(int8_t *q, uint16_t *yb, const float *x, float s, int n);
    /* C[M,N] = (float)(A[M,K] B[K,N]) * sx[m] * sw[n], in this order, with exact sums in int32: every table gives the
     * same bits. Added: one fused operation more. Any M, N; K a multiple of 64 (pad with zeros), at most I8_K_MAX;
     * |A|, |B| <= 127. B in panels of 16 columns (the last one filled up with anything) with fours of rows side by
     * side: B(k, n) = B[n/16 * panel + k/4 * 64 + n%16 * 4 + k%4]. A few rows read B once, at the memory's rate. */
    void (*igemm)(int M, int N, int Kd, const int8_t *A, int lda, const float *sx, const int8_t *B, int panel,
                  const float *sw, bgemm_out out, void *C, int ldc);
    /* B from columns: x [rows, cols] is B transposed (rows are n) -> panels; rows a multiple of 16, cols of 4 */
    void (*panel_i8)(int8_t *y, int panel, const int8_t *x, int ldx, int rows, int cols);
    /* y[c*ldy + r] = x[r*ldx + c] for r < rows, c < cols */
    void (*transpose_f32)(float *y, int ldy, const float *x, int ldx, int rows, int cols);
    /* the same on 16-bit elements (bf16, f16) */
    void (*transpose_u16)(uint16_t *y, int ldy, const uint16_t *x, int ldx, int rows, int cols);

    /* --- rows of the model --- */
    /* y = x * rstd * w, returns rstd = 1/sqrt(mean(x^2) + eps) (Zhang & Sennrich 2019, eq. 4) */
    float (*rmsnorm)(float *y, const float *x, const float *w, float eps, int n);
    /* the same with y rounded to bf16 */
    float (*rmsnorm_bf16)(uint16_t *y, const float *x, const float *w, float eps, int n);
    /* dx += d(y)/d(x)^T dy;  dw += dy * x * rstd */
    void (*rmsnorm_bwd)(float *dx, float *dw, const float *dy, const float *x, const float *w, float rstd, int n);
    /* y = silu(a) * b; silu(a) = a / (1 + e^-a) */
    void (*swiglu)(float *y, const float *a, const float *b, int n);
    void (*swiglu_bf16)(uint16_t *y, const uint16_t *a, const uint16_t *b, int n);
    /* da = dy * b * silu'(a); db = dy * silu(a). da may be a, db may be b (in place). */
    void (*swiglu_bwd)(float *da, float *db, const float *dy, const float *a, const float *b, int n);
    void (*swiglu_bwd_bf16)(uint16_t *da, uint16_t *db, const uint16_t *dy, const uint16_t *a, const uint16_t *b,
                            int n);
    /* x[j] = exp(x[j] - m) for j < n in place; returns the sum (m >= max x) */
    float (*exp_sum)(float *x, float m, int n);
    /* P[j] = exp(S[j] * scale - lse) in place (S and P the same array) */
    void (*exp_lse)(float *s, float scale, float lse, int n);
    /* s[j] = p[j] * (dp[j] - d) * scale: the softmax backward row, written over dp */
    void (*softmax_bwd)(float *dp, const float *p, float d, float scale, int n);
    /* --- blocks of attention: scores S^T [nk, nq], a query is a column; query j sees the keys i <= diag + j of the
     * block; c = scale * log2 e; nk, nq multiples of 32 (op_attn_bf16.c) --- */
    /* Online softmax (Milakov & Gimelshein 2018, alg. 3): m' = max(m, column), fix = 2^(c (m - m')), sum = sum fix +
     * column of P, P = 2^(c (S - m')) or 0; pp: bf16(P^T) in panels for bgemm. st is overwritten. */
    void (*attn_soft)(uint16_t *pp, float *st, float *m, float *sum, float *fix, float c, int diag, int nk, int nq);
    /* P = 2^(c S - lse2) or 0, dS = P (dP - delta); p, ds: bf16 as they lie [nk, nq]; pp: dS^T in panels */
    void (*attn_grads)(uint16_t *p, uint16_t *ds, uint16_t *pp, const float *st, const float *dpt, const float *lse2,
                       const float *delta, float c, int diag, int nk, int nq);
    /* rotate pairs (2i, 2i+1) by (c[i], s[i]) in place; inv = true rotates back (the backward pass) */
    void (*rope_pairs)(float *x, const float *c, const float *s, int n_pairs, bool inv);

    /* --- optimizer --- */
    /* one step on n parameters; wb (may be NULL) gets the bf16 twin of the new w; g is set to 0 */
    void (*adamw)(float *w, uint16_t *wb, float *g, float *m, float *v, size_t n, const adamw_args *a);
} kern;

extern const kern *K; /* set once by kern_init; the reference before that */
extern const kern  kern_ref;
bool               kern_init(const char *force, err *e); /* force: NULL = R1_KERNEL or the best */
/* Do K->bgemm and K->igemm run on tiles, faster than oneDNN? */
bool kern_tiles(void);
/* All tables this CPU can run, for tests. Returns how many. */
int kern_all(const kern *out[5]);
/* "avx512f avx512_bf16 amx_bf16 ...", for reports. Static string. */
const char *kern_cpu(void);
#endif
