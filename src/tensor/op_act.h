/* op_act.h -- SwiGLU on rows: y = silu(a) * b (Shazeer 2020, eq. 6 without biases), and elementwise sums.
 *
 * Memory: caller's buffers.   Threads: call from one; all are used. */
#ifndef R1_OP_ACT_H
#define R1_OP_ACT_H
#include <stddef.h>
#include "kernel/dtype.h"

/* All [n] of type t, f32 or bf16 (float32 between the ends). */
void op_swiglu_fwd(void *y, const void *a, const void *b, dtype t, size_t n);
/* da may be a and db may be b */
void op_swiglu_bwd(void *da, void *db, const void *dy, const void *a, const void *b, dtype t, size_t n);
void op_add(float *y, const float *x, size_t n);                 /* y += x */
void op_sum(float *y, const float *a, const float *b, size_t n); /* y = a + b */
#endif
