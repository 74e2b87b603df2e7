/* op_attn.h -- causal softmax attention over packed rows, blocked so that no [T, T] matrix exists.
 *
 * MLA's shapes: a key is [nope | rope] where the rope part is shared by all heads, so keys are given as two arrays
 * and never put together; values have their own width.
 *
 *   attn_shape s = {.heads = H, .nope = P, .rope = R, .v = V, .ldkr = R, .scale = 1/sqrt(P+R)};
 *   op_attn_fwd(o, lse, q, kv, kr, &s, segs, n_segs, scratch);
 *   op_attn_bwd(dq, dkv, dkr, R, dout, lse, q, kv, kr, &s, segs, n_segs, scratch);
 *
 * Layout: q [Tq, H*(P+R)], per head nope then rope; kv [Tk, H*(P+V)], per head key nope then value;
 * kr [Tk, ldkr], R floats used; o [Tq, H*V]; lse [Tq, H] (log-sum-exp of the scaled scores, for the backward).
 * A segment is one sequence: nq query rows that are the last nq of its nk keys; query i sees keys <= nk - nq + i.
 * The backward recomputes P block by block from lse (Dao et al. 2022, algorithm 4): D = rowsum(P * dO V^T),
 * dS = P * (dO V^T - D) * scale.
 *
 * Memory: scratch of op_attn_bytes is used and given back.   Threads: call from one; (sequence, head) pairs are
 * shared out. Outputs are assigned, rows outside all segments are not touched. */
#ifndef R1_OP_ATTN_H
#define R1_OP_ATTN_H
#include <stdbool.h>
#include <stdint.h>
#include "base/mem.h"

typedef struct attn_shape {
    int   heads, nope, rope, v;
    int   ldkr; /* row stride of kr */
    float scale;
} attn_shape;
typedef struct attn_seg {
    int q0, nq, k0, nk; /* first row and count in q/o, first row and count in kv/kr */
} attn_seg;

/* max_nk: longest segment; tk: rows of kv */
size_t op_attn_bytes(const attn_shape *s, int max_nk, int tk, bool backward);
void   op_attn_fwd(float *o /* [Tq, H*V] */, float *lse /* [Tq, H] or NULL */, const float *q, const float *kv,
                   const float *kr, const attn_shape *s, const attn_seg *seg, int n_seg, arena *scratch);
/* dq [Tq, H*(P+R)], dkv [Tk, H*(P+V)] and dkr [Tk, lddkr] are assigned; dout [Tq, H*V] */
void op_attn_bwd(float *dq, float *dkv, float *dkr, int lddkr, const float *dout, const float *lse, const float *q,
                 const float *kv, const float *kr, const attn_shape *s, const attn_seg *seg, int n_seg, arena *scratch);

/* ---- the same in bf16, ends included but for lse and the rope key; scratch of op_attn_bf16_bytes; the
 * backward takes D from the forward's o: D = rowsum(dO * o) */
size_t op_attn_bf16_bytes(const attn_shape *s, int max_nk, int tk, bool backward);
void   op_attn_fwd_bf16(uint16_t *o /* [Tq, H*V] */, float *lse, const uint16_t *q, const uint16_t *kv, const float *kr,
                        const attn_shape *s, const attn_seg *seg, int n_seg, arena *scratch);
void   op_attn_bwd_bf16(uint16_t *dq, uint16_t *dkv, float *dkr, int lddkr, const uint16_t *dout, const uint16_t *o,
                        const float *lse, const uint16_t *q, const uint16_t *kv, const float *kr, const attn_shape *s,
                        const attn_seg *seg, int n_seg, arena *scratch);
/* dkr[r] = sum over heads of part [Tk, H*R]: the rope key is shared */
void op_attn_sum_heads(float *dkr, int lddkr, const float *part, const attn_shape *s, const attn_seg *seg, int n_seg);
#endif
