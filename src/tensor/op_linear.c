#include "tensor/op_linear.h"
#include <string.h>
#include "base/par.h"
#include "base/prof.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"

enum {
    FEW_ROWS = 6,      /* below this, row-times-vector beats a GEMM that must pack its operands */
    PANEL    = 256,    /* rows of a quantized weight expanded at a time */
    PAR_MIN  = 1 << 19 /* multiply-adds (about 30 us) from which a second thread pays for its wake-up */
};

lin lin_of(const param *p) { return (lin){p->w.type, (int)p->w.ne[0], (int)p->w.ne[1], p->w.data, p->wb, p->g}; }

lin lin_rows(const lin *l, int r0, int n) {
    lin    r   = *l;
    size_t off = (size_t)r0 * (size_t)l->in;
    r.w        = (const char *)l->w + (size_t)r0 * dtype_row_bytes(l->type, l->in);
    if (r.wb) r.wb += off;
    if (r.g) r.g += off;
    r.out = n;
    return r;
}

lin lin_slice(const param *p, int e) {
    int out = (int)p->w.ne[1];
    lin all = {p->w.type, (int)p->w.ne[0] * out, (int)p->w.ne[2], p->w.data, p->wb, p->g};
    return lin_rows(&all, e * out, out);
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

size_t op_linear_bytes(int T, int out, int in) {
    size_t panel = arena_round((size_t)PANEL * (size_t)in * 4) * 1;
    size_t dyb   = arena_round((size_t)T * (size_t)out * 2);
    return panel > dyb ? panel : dyb;
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

void op_linear_fwd(float *y, const void *x, dtype xt, int T, const lin *w, arena *scratch) {
    if (T == 0) return;
    if (xt == DT_BF16) {
        gemm_bf16(GEMM_NT, T, w->out, w->in, x, w->in, w->wb, w->in, 0, y, w->out);
    } else if (T < FEW_ROWS) {
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

void op_linear_fwd_ct(void *y, const void *x, dtype xt, int T, const lin *w, arena *scratch) {
    if (xt != DT_BF16) op_linear_fwd(y, x, xt, T, w, scratch);
    else if (T > 0) gemm_bf16_out(GEMM_NT, T, w->out, w->in, x, w->in, w->wb, w->in, y, w->out);
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
