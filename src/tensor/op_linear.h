/* op_linear.h -- y = x W^T, for every type a weight can have.
 *
 *   lin w = lin_of(&layer->o_proj);
 *   op_linear_fwd(y, x, DT_BF16, T, &w, scratch);         // y [T, out] f32, x [T, in] f32 or bf16
 *   op_linear_bwd(dx, DT_F32, false, dy, DT_F32, x, DT_BF16, T, &w, scratch);   // dx = (or +=) dy W, w.g += dy^T x
 *
 * Which path: a weight with an 8-bit twin: its product is one of integers, x quantized row by row (gemm_i8.h). Else
 * x in bf16 (training): GEMM on the bf16 twin. x in f32: a GEMM in float32 for many rows (a quantized weight is
 * expanded panel by panel), row times vector products for few (decoding). The backward is the straight-through one:
 * it knows the values that wb has and takes the rounding of weights and rows for the identity.
 * Memory: scratch is used and given back.   Threads: call from one; all are used. */
#ifndef R1_OP_LINEAR_H
#define R1_OP_LINEAR_H
#include "base/mem.h"
#include "tensor/param.h"

typedef struct lin {
    dtype           type;
    int             out, in;
    const void     *w;  /* [out, in] of type */
    const uint16_t *wb; /* [out, in] bf16 twin, or NULL */
    float          *g;  /* [out, in] gradient, or NULL */
    const int8_t   *w8; /* 8-bit twin in panels, or NULL */
    const float    *ws; /* [out] its scales */
} lin;
lin lin_of(const param *p);                /* 2-D parameter */
lin lin_slice(const param *p, int e);      /* matrix e of a stacked [E, out, in] parameter */
lin lin_rows(const lin *l, int r0, int n); /* rows r0..r0+n of a matrix, without the 8-bit twin */

void op_linear_fwd(float *y /* [T, out] */, const void *x /* [T, in] */, dtype xt, int T, const lin *w, arena *scratch);
/* The same with y in x's type: bf16 results are half the memory to write and to read again. */
void op_linear_fwd_ct(void *y /* [T, out] xt */, const void *x, dtype xt, int T, const lin *w, arena *scratch);
/* The same with y in yt, float32 or bf16. */
void op_linear_fwd_as(void *y, dtype yt, const void *x, dtype xt, int T, const lin *w, arena *scratch);
/* Two weights on one x, both results of type yt: in 8 bits x is quantized once. */
void op_linear_fwd2(void *y0, const lin *w0, void *y1, const lin *w1, dtype yt, const void *x, dtype xt, int T,
                    arena *scratch);
/* dx in float32 (assigned or added) or in xt (assigned), NULL: not wanted; dy in float32 or in xt, which saves a cast.
 */
void op_linear_bwd(void *dx /* [T, in] dxt */, dtype dxt, bool add_dx, const void *dy /* [T, out] dyt */, dtype dyt,
                   const void *x /* [T, in] xt */, dtype xt, int T, const lin *w, arena *scratch);
/* Scratch bytes the two need at most for T rows of this shape. */
size_t op_linear_bytes(int T, int out, int in);
/* x [n] floats -> compute type, in parallel */
void op_cast(void *y, dtype yt, const float *x, size_t n);
#endif
