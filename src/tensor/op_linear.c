#include "tensor/op_linear.h"
#include <string.h>
#include "base/par.h"
#include "base/prof.h"
#include "kernel/gemm.h"
#include "kernel/gemm_i8.h"
#include "kernel/kern.h"

enum {
    FEW_ROWS = 6,      /* below this, row-times-vector beats a GEMM that must pack its operands */
    PANEL    = 256,    /* rows of a quantized weight expanded at a time */
    PAR_MIN  = 1 << 19 /* multiply-adds (about 30 us) from which a second thread pays for its wake-up */
};

lin lin_of(const param *p) {
    return (lin){p->w.type, (int)p->w.ne[0], (int)p->w.ne[1], p->w.data, p->wb, p->g, p->w8, p->ws};
}

lin lin_rows(const lin *l, int r0, int n) {
    lin    r   = *l;
    size_t off = (size_t)r0 * (size_t)l->in;
    r.w        = (const char *)l->w + (size_t)r0 * dtype_row_bytes(l->type, l->in);
    if (r.wb) r.wb += off;
    if (r.g) r.g += off;
    r.out = n;
    r.w8  = NULL;
    return r;
}

lin lin_slice(const param *p, int e) {
    int out = (int)p->w.ne[1], in = (int)p->w.ne[2];
    lin all = {p->w.type, (int)p->w.ne[0] * out, in, p->w.data, p->wb, p->g, NULL, NULL}, one;
    one     = lin_rows(&all, e * out, out);
    if (p->w8) {
        one.w8 = p->w8 + (size_t)e * i8_bytes(out, in);
        one.ws = p->ws + (size_t)e * (size_t)out;
    }
    return one;
}

void op_cast(void *y, dtype yt, const float *x, size_t n) {
    prof_part was = prof_enter(PROF_CONVERT);
#pragma omp parallel
    {
        long lo, hi;
        par_split((long)n, 1024, par_id(), par_count(), &lo, &hi);
        if (hi > lo) {
            if (yt == DT_BF16) K->f32_to_bf16((uint16_t *)y + lo, x + lo, (size_t)(hi - lo));
            else memcpy((float *)y + lo, x + lo, (size_t)(hi - lo) * sizeof(float));
        }
    }
    prof_leave(was);
}

/* An upper bound: bf16 rows widened, float32 results on their way to bf16, an expanded panel; or a backward's dy. */
size_t op_linear_bytes(int T, int out, int in) {
    size_t t = (size_t)T, floats = arena_round(t * (size_t)in * 4) + arena_round(t * (size_t)out * 4);
    return floats + arena_round((size_t)PANEL * (size_t)in * 4) + gemm_i8_bytes(T, in);
}

static void gemv(float *y, const lin *w, const float *x, int r0, int n) {
    lin s = lin_rows(w, r0, n);
    switch (w->type) {
    case DT_F32: K->gemv_f32(y + r0, s.w, x, n, w->in); break;
    case DT_BF16: K->gemv_bf16(y + r0, s.w, x, n, w->in); break;
    case DT_F16: K->gemv_f16(y + r0, s.w, x, n, w->in); break;
    default: K->gemv_q8_0(y + r0, s.w, x, n, w->in); break;
    }
}

static void few_rows(float *y, const float *x, int T, const lin *w) {
#pragma omp parallel if ((long)T * w->out * w->in > PAR_MIN)
    {
        long lo, hi;
        par_split(w->out, 8, par_id(), par_count(), &lo, &hi);
        for (int t = 0; t < T; t++)
            if (hi > lo)
                gemv(y + (size_t)t * (size_t)w->out, w, x + (size_t)t * (size_t)w->in, (int)lo, (int)(hi - lo));
    }
}

static void expand(float *y, const lin *w, int r0, int n) {
    size_t row = dtype_row_bytes(w->type, w->in);
#pragma omp parallel for schedule(static)
    for (int r = 0; r < n; r++)
        tensor_to_f32(y + (size_t)r * (size_t)w->in, (const char *)w->w + (size_t)(r0 + r) * row, w->type, w->in);
}

static void fwd_f32(float *y, const float *x, int T, const lin *w, arena *scratch) {
    if (T < FEW_ROWS) {
        few_rows(y, x, T, w);
    } else if (w->type == DT_F32) {
        gemm_f32(GEMM_NT, T, w->out, w->in, x, w->in, w->w, w->in, 0, y, w->out);
    } else {
        size_t mark  = arena_mark(scratch);
        float *panel = arena_floats(scratch, (size_t)PANEL * (size_t)w->in);
        for (int r = 0; r < w->out; r += PANEL) {
            int n = w->out - r < PANEL ? w->out - r : PANEL;
            expand(panel, w, r, n);
            gemm_f32(GEMM_NT, T, n, w->in, x, w->in, panel, w->in, 0, y + r, w->out);
        }
        arena_reset(scratch, mark);
    }
}

/* bf16 rows and a weight that only its file has: what the file says, in float32. */
static void fwd_widened(float *y, const uint16_t *x, int T, const lin *w, arena *scratch) {
    size_t mark = arena_mark(scratch), n = (size_t)T * (size_t)w->in;
    float *f = arena_floats(scratch, n);
    K->bf16_to_f32(f, x, n);
    fwd_f32(y, f, T, w, scratch);
    arena_reset(scratch, mark);
}

static i8_product product8(const lin *w, void *y, dtype yt) {
    return (i8_product){w->w8, w->ws, w->out, yt == DT_BF16 ? BGEMM_BF16 : BGEMM_F32, y, w->out};
}

void op_linear_fwd_as(void *y, dtype yt, const void *x, dtype xt, int T, const lin *w, arena *scratch) {
    if (T == 0) return;
    if (w->w8) {
        i8_product p = product8(w, y, yt);
        gemm_i8(x, xt, T, w->in, &p, 1, scratch);
    } else if (yt == DT_F32) {
        if (xt == DT_F32) fwd_f32(y, x, T, w, scratch);
        else if (w->wb) gemm_bf16(GEMM_NT, T, w->out, w->in, x, w->in, w->wb, w->in, 0, y, w->out);
        else fwd_widened(y, x, T, w, scratch);
    } else if (xt == DT_BF16 && w->wb) {
        gemm_bf16_out(GEMM_NT, T, w->out, w->in, x, w->in, w->wb, w->in, y, w->out);
    } else {
        size_t mark = arena_mark(scratch), n = (size_t)T * (size_t)w->out;
        float *f = arena_floats(scratch, n);
        op_linear_fwd_as(f, DT_F32, x, xt, T, w, scratch);
        op_cast(y, DT_BF16, f, n);
        arena_reset(scratch, mark);
    }
}

void op_linear_fwd(float *y, const void *x, dtype xt, int T, const lin *w, arena *scratch) {
    op_linear_fwd_as(y, DT_F32, x, xt, T, w, scratch);
}

void op_linear_fwd_ct(void *y, const void *x, dtype xt, int T, const lin *w, arena *scratch) {
    op_linear_fwd_as(y, xt, x, xt, T, w, scratch);
}

void op_linear_fwd2(void *y0, const lin *w0, void *y1, const lin *w1, dtype yt, const void *x, dtype xt, int T,
                    arena *scratch) {
    if (w0->w8 && w1->w8) {
        i8_product p[2] = {product8(w0, y0, yt), product8(w1, y1, yt)};
        gemm_i8(x, xt, T, w0->in, p, 2, scratch);
    } else {
        op_linear_fwd_as(y0, yt, x, xt, T, w0, scratch);
        op_linear_fwd_as(y1, yt, x, xt, T, w1, scratch);
    }
}

/* Everything in bf16 but the sums. */
static void bwd_bf16(void *dx, dtype dxt, bool add_dx, const uint16_t *dy, const uint16_t *x, int T, const lin *w) {
    if (dx && dxt == DT_BF16) gemm_bf16_out(GEMM_NN, T, w->in, w->out, dy, w->out, w->wb, w->in, dx, w->in);
    else if (dx) gemm_bf16(GEMM_NN, T, w->in, w->out, dy, w->out, w->wb, w->in, add_dx ? 1.f : 0.f, dx, w->in);
    if (w->g) gemm_bf16(GEMM_TN, w->out, w->in, T, dy, w->out, x, w->in, 1, w->g, w->in);
}

void op_linear_bwd(void *dx, dtype dxt, bool add_dx, const void *dy, dtype dyt, const void *x, dtype xt, int T,
                   const lin *w, arena *scratch) {
    if (T == 0) return;
    if (xt != DT_BF16) {
        if (dx) gemm_f32(GEMM_NN, T, w->in, w->out, dy, w->out, w->w, w->in, add_dx ? 1.f : 0.f, dx, w->in);
        if (w->g) gemm_f32(GEMM_TN, w->out, w->in, T, dy, w->out, x, w->in, 1, w->g, w->in);
        return;
    }
    size_t mark = arena_mark(scratch), n = (size_t)T * (size_t)w->out;
    if (dyt == DT_F32) {
        uint16_t *d = arena_alloc(scratch, n * 2);
        op_cast(d, DT_BF16, dy, n);
        dy = d;
    }
    bwd_bf16(dx, dxt, add_dx, dy, x, T, w);
    arena_reset(scratch, mark);
}
