/* kern_ref.c -- the reference table: scalar C with libm, written to be read, never deleted.
 *
 * Every other table is a faster twin of this one and is held against it entry by entry by
 * tests/test_kern.c; R1_KERNEL=ref runs the whole program on it. Sums are kept in double, so
 * that the reference is the more accurate side of each comparison and a tolerance in the test
 * measures the twin alone. Nothing here is unrolled, blocked or reordered: when a result looks
 * wrong, this is the file to step through. */
#include "kernel/kern.h"

#include <float.h>
#include <math.h>

/* --- vectors --- */

static float dot_f32(const float *a, const float *b, int n) { /* a, b: [n] */
    double s = 0;
    for (int i = 0; i < n; i++) s += (double)a[i] * (double)b[i];
    return (float)s;
}

static void axpy_f32(float *y, float a, const float *x, int n) { /* y, x: [n] */
    for (int i = 0; i < n; i++) y[i] += a * x[i];
}

static void scale_f32(float *y, float a, int n) { /* y: [n] */
    for (int i = 0; i < n; i++) y[i] *= a;
}

static void scale_cols(float *y, const float *a, int rows, int n) { /* y: [rows, n], a: [n] */
    for (int r = 0; r < rows; r++)
        for (int i = 0; i < n; i++) y[(size_t)r * (size_t)n + (size_t)i] *= a[i];
}

static void add_f32(float *y, const float *x, size_t n) { /* y, x: [n] */
    for (size_t i = 0; i < n; i++) y[i] += x[i];
}

static float dot_bf16(const float *a, const uint16_t *b, int n) { /* a, b: [n] */
    double s = 0;
    for (int i = 0; i < n; i++) s += (double)a[i] * (double)bf16_to_f32(b[i]);
    return (float)s;
}

static void axpy_bf16(float *y, float a, const uint16_t *x, int n) { /* y, x: [n] */
    for (int i = 0; i < n; i++) y[i] += a * bf16_to_f32(x[i]);
}

static void scale_bf16(uint16_t *y, float a, const float *x, int n) { /* y, x: [n] */
    for (int i = 0; i < n; i++) y[i] = bf16_from_f32(a * x[i]);
}

static double sumsq_f32(const float *x, size_t n) { /* x: [n] */
    double s = 0;
    for (size_t i = 0; i < n; i++) s += (double)x[i] * (double)x[i];
    return s;
}

static float max_f32(const float *x, int n) { /* x: [n], n >= 1 */
    float m = x[0];
    for (int i = 1; i < n; i++)
        if (x[i] > m) m = x[i];
    return m;
}

static bool finite_f32(const float *x, size_t n) { /* x: [n] */
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return false;
    return true;
}

/* --- conversions --- */

static void cvt_f32_to_bf16(uint16_t *y, const float *x, size_t n) { /* x: [n] */
    for (size_t i = 0; i < n; i++) y[i] = bf16_from_f32(x[i]);
}

static void cvt_bf16_to_f32(float *y, const uint16_t *x, size_t n) { /* y: [n] */
    for (size_t i = 0; i < n; i++) y[i] = bf16_to_f32(x[i]);
}

static void cvt_f32_to_f16(uint16_t *y, const float *x, size_t n) { /* x: [n] */
    for (size_t i = 0; i < n; i++) y[i] = f16_from_f32(x[i]);
}

static void cvt_f16_to_f32(float *y, const uint16_t *x, size_t n) { /* y: [n] */
    for (size_t i = 0; i < n; i++) y[i] = f16_to_f32(x[i]);
}

static void cvt_q8_0_to_f32(float *y, const block_q8_0 *x, size_t n) { /* y: [n], n % 32 == 0 */
    for (size_t b = 0; b < n / Q8_0_BLOCK; b++) {
        float d = f16_to_f32(x[b].d);
        for (int j = 0; j < Q8_0_BLOCK; j++) y[b * Q8_0_BLOCK + (size_t)j] = d * (float)x[b].q[j];
    }
}

/* What is not a number in [-127.5, 127.5] after scaling (NaN, infinity, a block so small that 1/d
 * overflows) becomes 0: the cast below would otherwise be undefined. */
static void cvt_f32_to_q8_0(block_q8_0 *y, const float *x, size_t n) { /* x: [n], n % 32 == 0 */
    for (size_t b = 0; b < n / Q8_0_BLOCK; b++) {
        const float *xb   = x + b * Q8_0_BLOCK; /* [32] */
        float        amax = 0;
        for (int j = 0; j < Q8_0_BLOCK; j++)
            if (fabsf(xb[j]) > amax) amax = fabsf(xb[j]);
        float d = amax / 127.0f, inv = d > 0 ? 1.0f / d : 0.0f;
        y[b].d = f16_from_f32(d);
        for (int j = 0; j < Q8_0_BLOCK; j++) {
            float v   = xb[j] * inv;
            y[b].q[j] = fabsf(v) <= 127.5f ? (int8_t)fminf(fmaxf(roundf(v), -127.0f), 127.0f) : 0;
        }
    }
}

/* --- matrix times vector --- */

/* y: [rows], w: [rows, cols], x: [cols] */
static void gemv_f32(float *y, const float *w, const float *x, int rows, int cols) {
    for (int r = 0; r < rows; r++) y[r] = dot_f32(w + (size_t)r * (size_t)cols, x, cols);
}

static void gemv_bf16(float *y, const uint16_t *w, const float *x, int rows, int cols) { /* as gemv_f32 */
    for (int r = 0; r < rows; r++) {
        const uint16_t *wr = w + (size_t)r * (size_t)cols;
        double          s  = 0;
        for (int c = 0; c < cols; c++) s += (double)bf16_to_f32(wr[c]) * (double)x[c];
        y[r] = (float)s;
    }
}

static void gemv_f16(float *y, const uint16_t *w, const float *x, int rows, int cols) { /* as gemv_f32 */
    for (int r = 0; r < rows; r++) {
        const uint16_t *wr = w + (size_t)r * (size_t)cols;
        double          s  = 0;
        for (int c = 0; c < cols; c++) s += (double)f16_to_f32(wr[c]) * (double)x[c];
        y[r] = (float)s;
    }
}

/* as gemv_f32; cols % 32 == 0 */
static void gemv_q8_0(float *y, const block_q8_0 *w, const float *x, int rows, int cols) {
    int nb = cols / Q8_0_BLOCK;
    for (int r = 0; r < rows; r++) {
        const block_q8_0 *wr = w + (size_t)r * (size_t)nb;
        double            s  = 0;
        for (int b = 0; b < nb; b++) {
            double sb = 0;
            for (int j = 0; j < Q8_0_BLOCK; j++) sb += (double)wr[b].q[j] * (double)x[b * Q8_0_BLOCK + j];
            s += (double)f16_to_f32(wr[b].d) * sb;
        }
        y[r] = (float)s;
    }
}

/* --- small matrices --- */

/* A: [M, Kd] strided, B: [Kd, N], C: [M, N] */
static void sgemm(int M, int N, int Kd, float alpha, const float *A, int ars, int acs, const float *B, int ldb,
                  bool accumulate, float *C, int ldc) {
    for (int i = 0; i < M; i++) {
        float *c = C + (ptrdiff_t)i * ldc; /* [N] */
        for (int j = 0; j < N; j++) {
            double s = 0;
            for (int k = 0; k < Kd; k++)
                s += (double)A[(ptrdiff_t)i * ars + (ptrdiff_t)k * acs] * (double)B[(ptrdiff_t)k * ldb + j];
            s *= (double)alpha;
            c[j] = accumulate ? (float)((double)c[j] + s) : (float)s;
        }
    }
}

static size_t panel_at(int panel, int k, int n) {
    return (size_t)(n / 16) * (size_t)panel + (size_t)(k / 2 * 32 + n % 16 * 2 + k % 2);
}

static void bgemm(int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int panel, bgemm_out out,
                  void *C, int ldc) {
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            size_t at  = (size_t)i * (size_t)ldc + (size_t)j;
            float  sum = out == BGEMM_ADD ? ((float *)C)[at] : 0;
            for (int k = 0; k < Kd; k++)
                sum += bf16_to_f32(A[(size_t)i * (size_t)lda + (size_t)k]) * bf16_to_f32(B[panel_at(panel, k, j)]);
            if (out == BGEMM_BF16) ((uint16_t *)C)[at] = bf16_from_f32(sum);
            else ((float *)C)[at] = sum;
        }
}

static void panel_rows(uint16_t *y, int panel, const uint16_t *x, int ldx, int rows, int cols) {
    for (int k = 0; k < rows; k++)
        for (int n = 0; n < cols; n++) y[panel_at(panel, k, n)] = x[(size_t)k * (size_t)ldx + (size_t)n];
}

static void panel_cols(uint16_t *y, int panel, const uint16_t *x, int ldx, int rows, int cols) {
    for (int n = 0; n < rows; n++)
        for (int k = 0; k < cols; k++) y[panel_at(panel, k, n)] = x[(size_t)n * (size_t)ldx + (size_t)k];
}

/* --- 8 bits --- */

static float amax_f32(const float *x, int n) { /* x: [n] */
    float m = 0;
    for (int i = 0; i < n; i++) {
        if (!isfinite(x[i])) return NAN;
        m = fmaxf(m, fabsf(x[i]));
    }
    return m;
}

static void quant_by(int8_t *q, uint16_t *yb, const float *x, float s, int n) { /* q, yb, x: [n] */
    bool ok = s > 0 && s <= FLT_MAX;
    for (int i = 0; i < n; i++) {
        float v = ok ? nearbyintf(fminf(fmaxf(x[i] * (1 / s), -127), 127)) : 0;
        q[i]    = (int8_t)v;
        if (yb) yb[i] = bf16_from_f32(v * s);
    }
}

/* x / s, at most a hair above 127, plus 1.5 * 2^23: what float32 does there is rounding to a whole number, once. */
static int8_t quant_one(float x, float s) { return s > 0 ? (int8_t)(fmaf(x, 1 / s, 0x1.8p23f) - 0x1.8p23f) : 0; }

static float quant_f32(int8_t *q, const float *x, int n) { /* q, x: [n] */
    float s = i8_scale(amax_f32(x, n));
    for (int i = 0; i < n; i++) q[i] = quant_one(x[i], s);
    return s;
}

static float quant_bf16(int8_t *q, const uint16_t *x, int n) { /* q, x: [n] */
    float m = 0;
    for (int i = 0; i < n; i++) {
        float v = bf16_to_f32(x[i]);
        if (!isfinite(v)) m = INFINITY;
        m = fmaxf(m, fabsf(v));
    }
    float s = i8_scale(m);
    for (int i = 0; i < n; i++) q[i] = quant_one(bf16_to_f32(x[i]), s);
    return s;
}

static size_t i8_at(int panel, int k, int n) {
    return (size_t)(n / 16) * (size_t)panel + (size_t)(k / 4 * 64 + n % 16 * 4 + k % 4);
}

static void igemm(int M, int N, int Kd, const int8_t *A, int lda, const float *sx, const int8_t *B, int panel,
                  const float *sw, bgemm_out out, void *C, int ldc) {
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            size_t  at  = (size_t)i * (size_t)ldc + (size_t)j;
            int32_t sum = 0;
            for (int k = 0; k < Kd; k++) sum += A[(size_t)i * (size_t)lda + (size_t)k] * B[i8_at(panel, k, j)];
            float t = (float)sum * sx[i];
            if (out == BGEMM_ADD) ((float *)C)[at] = fmaf(t, sw[j], ((float *)C)[at]);
            else if (out == BGEMM_BF16) ((uint16_t *)C)[at] = bf16_from_f32(t * sw[j]);
            else ((float *)C)[at] = t * sw[j];
        }
}

static void panel_i8(int8_t *y, int panel, const int8_t *x, int ldx, int rows, int cols) {
    for (int n = 0; n < rows; n++)
        for (int k = 0; k < cols; k++) y[i8_at(panel, k, n)] = x[(size_t)n * (size_t)ldx + (size_t)k];
}

/* y: [cols, rows], x: [rows, cols] */
static void transpose_f32(float *y, int ldy, const float *x, int ldx, int rows, int cols) {
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < cols; c++) y[(ptrdiff_t)c * ldy + r] = x[(ptrdiff_t)r * ldx + c];
}

/* y: [cols, rows], x: [rows, cols] */
static void transpose_u16(uint16_t *y, int ldy, const uint16_t *x, int ldx, int rows, int cols) {
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < cols; c++) y[(ptrdiff_t)c * ldy + r] = x[(ptrdiff_t)r * ldx + c];
}

/* --- rows of the model --- */

static float row_rstd(const float *x, float eps, int n) { /* x: [n] */
    return (float)(1.0 / sqrt(sumsq_f32(x, (size_t)n) / (double)(n > 0 ? n : 1) + (double)eps));
}

static float rmsnorm(float *y, const float *x, const float *w, float eps, int n) { /* y, x, w: [n] */
    float rstd = row_rstd(x, eps, n);
    for (int i = 0; i < n; i++) y[i] = x[i] * rstd * w[i];
    return rstd;
}

static float rmsnorm_bf16(uint16_t *y, const float *x, const float *w, float eps, int n) { /* x, w: [n] */
    float rstd = row_rstd(x, eps, n);
    for (int i = 0; i < n; i++) y[i] = bf16_from_f32(x[i] * rstd * w[i]);
    return rstd;
}

/* y_i = x_i r w_i with r = (sum x^2 / n + eps)^-1/2, so dr/dx_j = -r^3 x_j / n and
 * dx_j = r (w_j dy_j) - x_j r^3 / n * sum_i dy_i w_i x_i. */
/* all [n] */
static void rmsnorm_bwd(float *dx, float *dw, const float *dy, const float *x, const float *w, float rstd, int n) {
    double s = 0;
    for (int i = 0; i < n; i++) s += (double)dy[i] * (double)w[i] * (double)x[i];
    float c = (float)(s * (double)rstd * (double)rstd * (double)rstd / (double)(n > 0 ? n : 1));
    for (int i = 0; i < n; i++) {
        dx[i] += rstd * (w[i] * dy[i]) - c * x[i];
        dw[i] += dy[i] * (x[i] * rstd);
    }
}

static float silu(float a) { return a / (1.0f + expf(-a)); }

static void swiglu(float *y, const float *a, const float *b, int n) { /* all [n] */
    for (int i = 0; i < n; i++) y[i] = silu(a[i]) * b[i];
}

static void swiglu_bf16(uint16_t *y, const uint16_t *a, const uint16_t *b, int n) { /* all [n] */
    for (int i = 0; i < n; i++) y[i] = bf16_from_f32(silu(bf16_to_f32(a[i])) * bf16_to_f32(b[i]));
}

/* silu'(a) = s + a s (1 - s) with s = sigmoid(a). */
static void swiglu_bwd(float *da, float *db, const float *dy, const float *a, const float *b, int n) { /* all [n] */
    for (int i = 0; i < n; i++) {
        float s = 1.0f / (1.0f + expf(-a[i])), g = dy[i] * a[i] * s;
        da[i] = dy[i] * b[i] * (s + a[i] * s * (1.0f - s));
        db[i] = g;
    }
}

static void swiglu_bwd_bf16(uint16_t *da, uint16_t *db, const uint16_t *dy, const uint16_t *a, const uint16_t *b,
                            int n) { /* all [n] */
    for (int i = 0; i < n; i++) {
        float g = bf16_to_f32(dy[i]), x = bf16_to_f32(a[i]), y = bf16_to_f32(b[i]), dx, dz;
        swiglu_bwd(&dx, &dz, &g, &x, &y, 1);
        da[i] = bf16_from_f32(dx);
        db[i] = bf16_from_f32(dz);
    }
}

static void attn_soft(uint16_t *pp, float *st, float *m, float *sum, float *fix, float c, int diag, int nk, int nq) {
    for (int j = 0; j < nq; j++) {
        float old = m[j];
        for (int i = 0; i < nk && i <= diag + j; i++)
            if (st[i * nq + j] > m[j]) m[j] = st[i * nq + j];
        fix[j]   = exp2f(c * (old - m[j]));
        double s = 0;
        for (int i = 0; i < nk; i++) {
            float e                     = i <= diag + j ? exp2f(c * (st[i * nq + j] - m[j])) : 0;
            pp[panel_at(nk * 16, i, j)] = bf16_from_f32(e);
            s += (double)e;
        }
        sum[j] = sum[j] * fix[j] + (float)s;
    }
}

static void attn_grads(uint16_t *p, uint16_t *ds, uint16_t *pp, const float *st, const float *dpt, const float *lse2,
                       const float *delta, float c, int diag, int nk, int nq) {
    for (int i = 0; i < nk; i++)
        for (int j = 0; j < nq; j++) {
            int   at                    = i * nq + j;
            float e                     = i <= diag + j ? exp2f(c * st[at] - lse2[j]) : 0;
            p[at]                       = bf16_from_f32(e);
            ds[at]                      = bf16_from_f32(e * (dpt[at] - delta[j]));
            pp[panel_at(nk * 16, i, j)] = ds[at];
        }
}

static float exp_sum(float *x, float m, int n) { /* x: [n] */
    double s = 0;
    for (int i = 0; i < n; i++) {
        x[i] = expf(x[i] - m);
        s += (double)x[i];
    }
    return (float)s;
}

static void exp_lse(float *s, float scale, float lse, int n) { /* s: [n] */
    for (int i = 0; i < n; i++) s[i] = expf(s[i] * scale - lse);
}

static void softmax_bwd(float *dp, const float *p, float d, float scale, int n) { /* dp, p: [n] */
    for (int i = 0; i < n; i++) dp[i] = p[i] * (dp[i] - d) * scale;
}

/* x: [2 n_pairs], c, s: [n_pairs] */
static void rope_pairs(float *x, const float *c, const float *s, int n_pairs, bool inv) {
    for (int i = 0; i < n_pairs; i++) {
        float si = inv ? -s[i] : s[i], x0 = x[2 * i], x1 = x[2 * i + 1];
        x[2 * i]     = x0 * c[i] - x1 * si;
        x[2 * i + 1] = x1 * c[i] + x0 * si;
    }
}

/* --- optimizer --- */

/* w, g, m, v: [n] */
static void adamw(float *w, uint16_t *wb, float *g, float *m, float *v, size_t n, const adamw_args *a) {
    for (size_t i = 0; i < n; i++) {
        float gi = g[i] * a->gscale;
        m[i]     = a->beta1 * m[i] + (1.0f - a->beta1) * gi;
        v[i]     = a->beta2 * v[i] + (1.0f - a->beta2) * (gi * gi);
        float mh = m[i] / a->c1, vh = v[i] / a->c2;
        w[i] -= a->lr * (mh / (sqrtf(vh) + a->eps) + a->wd * w[i]);
        if (wb) wb[i] = bf16_from_f32(w[i]);
        g[i] = 0;
    }
}

const kern kern_ref = {
    .name            = "ref",
    .dot_f32         = dot_f32,
    .axpy_f32        = axpy_f32,
    .scale_f32       = scale_f32,
    .add_f32         = add_f32,
    .sumsq_f32       = sumsq_f32,
    .max_f32         = max_f32,
    .finite_f32      = finite_f32,
    .f32_to_bf16     = cvt_f32_to_bf16,
    .bf16_to_f32     = cvt_bf16_to_f32,
    .f32_to_f16      = cvt_f32_to_f16,
    .f16_to_f32      = cvt_f16_to_f32,
    .q8_0_to_f32     = cvt_q8_0_to_f32,
    .f32_to_q8_0     = cvt_f32_to_q8_0,
    .gemv_f32        = gemv_f32,
    .gemv_bf16       = gemv_bf16,
    .gemv_f16        = gemv_f16,
    .gemv_q8_0       = gemv_q8_0,
    .sgemm           = sgemm,
    .bgemm           = bgemm,
    .dot_bf16        = dot_bf16,
    .axpy_bf16       = axpy_bf16,
    .scale_bf16      = scale_bf16,
    .swiglu_bwd_bf16 = swiglu_bwd_bf16,
    .scale_cols       = scale_cols,
    .attn_soft        = attn_soft,
    .attn_grads      = attn_grads,
    .panel_rows      = panel_rows,
    .panel_cols      = panel_cols,
    .amax_f32        = amax_f32,
    .quant_f32       = quant_f32,
    .quant_bf16      = quant_bf16,
    .quant_by        = quant_by,
    .igemm           = igemm,
    .panel_i8        = panel_i8,
    .transpose_f32   = transpose_f32,
    .transpose_u16   = transpose_u16,
    .rmsnorm         = rmsnorm,
    .rmsnorm_bf16    = rmsnorm_bf16,
    .rmsnorm_bwd     = rmsnorm_bwd,
    .swiglu          = swiglu,
    .swiglu_bf16     = swiglu_bf16,
    .swiglu_bwd      = swiglu_bwd,
    .exp_sum         = exp_sum,
    .exp_lse         = exp_lse,
    .softmax_bwd     = softmax_bwd,
    .rope_pairs      = rope_pairs,
    .adamw           = adamw,
};
