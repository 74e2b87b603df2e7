/* op_norm.h -- RMSNorm over rows: y = x * rstd * w (Zhang & Sennrich 2019, eq. 4), forward and backward.
 *
 * x may be a column range of a wider matrix (ldx): MLA norms only the latent part of its down-projection.
 * Memory: caller's buffers; scratch is given back.   Threads: call from one; all are used. */
#ifndef R1_OP_NORM_H
#define R1_OP_NORM_H
#include "base/mem.h"
#include "kernel/dtype.h"

/* y [T, n] (row stride ldy) in yt (f32 or bf16); rstd [T] may be NULL */
void op_norm_fwd(void *y, int ldy, dtype yt, float *rstd, const float *x, int ldx, const float *w /* [n] */, float eps,
                 int T, int n);
/* dx [T, n] (lddx) +=; dw [n] += */
void   op_norm_bwd(float *dx, int lddx, float *dw, const float *dy /* [T, n] */, int lddy, const float *x, int ldx,
                   const float *w, const float *rstd, int T, int n, arena *scratch);
size_t op_norm_bytes(int n);
#endif
