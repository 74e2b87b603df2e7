#include "tensor/op_norm.h"
#include <string.h>
#include "base/par.h"
#include "base/prof.h"
#include "kernel/kern.h"

void op_norm_fwd(void *y, int ldy, dtype yt, float *rstd, const float *x, int ldx, const float *w, float eps, int T,
                 int n) {
    prof_part was = prof_enter(PROF_NORM);
#pragma omp parallel for schedule(static) if (T > 8)
    for (int t = 0; t < T; t++) {
        const float *xt = x + (size_t)t * (size_t)ldx;
        size_t       o  = (size_t)t * (size_t)ldy;
        float        r  = yt == DT_BF16 ? K->rmsnorm_bf16((uint16_t *)y + o, xt, w, eps, n)
                                        : K->rmsnorm((float *)y + o, xt, w, eps, n);
        if (rstd) rstd[t] = r;
    }
    prof_leave(was);
}

size_t op_norm_bytes(int n) { return (size_t)par_threads() * arena_round((size_t)n * 4); }

void op_norm_bwd(float *dx, int lddx, float *dw, const float *dy, int lddy, const float *x, int ldx, const float *w,
                 const float *rstd, int T, int n, arena *scratch) {
    prof_part was = prof_enter(PROF_NORM);
    /* Each thread sums its rows' dw by itself; the sums are added in thread order, so the result depends only on
     * the thread count. */
    size_t mark   = arena_mark(scratch);
    int    nt     = par_threads();
    size_t stride = arena_round((size_t)n * 4) / 4;
    float *part   = arena_floats(scratch, (size_t)nt * stride);
    memset(part, 0, (size_t)nt * stride * 4);
#pragma omp parallel for schedule(static)
    for (int t = 0; t < T; t++)
        K->rmsnorm_bwd(dx + (size_t)t * (size_t)lddx, part + (size_t)par_id() * stride, dy + (size_t)t * (size_t)lddy,
                       x + (size_t)t * (size_t)ldx, w, rstd[t], n);
    if (dw)
        for (int i = 0; i < nt; i++) K->add_f32(dw, part + (size_t)i * stride, (size_t)n);
    arena_reset(scratch, mark);
    prof_leave(was);
}
