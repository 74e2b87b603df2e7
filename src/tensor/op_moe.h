/* op_moe.h -- DeepSeekMoE's routing and the bookkeeping around the experts (DeepSeek-V3, section 2.1.2).
 *
 * Routing (eq. 13-16): s = sigmoid(logits) (or softmax); chosen by s + b, where b is the balancing bias; with groups,
 * a group's score is the sum of its two best biased scores (its maximum when there is no bias) and only the best
 * topk_group groups compete; weights are the unbiased s of the chosen, divided by their sum, times the scaling factor.
 *
 *   op_route_fwd(&rt, logits, bias, &rs, T);               // rt.expert, rt.weight, rt.score
 *   op_plan(&pl, rt.expert, T, &rs, 32);                    // slots sorted by expert, padded to a multiple of 32
 *   for each expert e: op_gather(xs, x, ct, &pl, pl.first[e], pl.first[e + 1], D); ... the expert on these rows ...;
 *   op_combine_fwd(y, ys, ct, &rt, &pl, T, &rs, D);                    // y[t] += sum_k weight * ys[slot]
 *
 * No token is ever dropped: an expert takes as many slots as chose it.
 * Memory: all arrays are the caller's (route_bytes/plan_bytes tell how much).   Threads: call from one. */
#ifndef R1_OP_MOE_H
#define R1_OP_MOE_H
#include "base/mem.h"
#include "kernel/dtype.h"

typedef struct route_shape {
    int   experts, topk, groups, topk_groups;
    bool  sigmoid, norm; /* sigmoid or softmax scores; divide by their sum */
    float scale;
} route_shape;
typedef struct route { /* per token */
    float   *score;    /* [T, E] s, unbiased */
    int32_t *expert;   /* [T, k] */
    float   *weight;   /* [T, k] */
} route;
typedef struct plan { /* tokens sorted by expert */
    int      n;       /* slots, padding included */
    int32_t *first;   /* [E + 1] */
    int32_t *count;   /* [E] real slots of each expert */
    int32_t *token;   /* [n] row of each slot, -1 for padding */
    int32_t *slot;    /* [T, k] */
} plan;

void   route_alloc(route *r, arena *a, int T, const route_shape *s);
void   plan_alloc(plan *p, arena *a, int T, const route_shape *s, int pad);
size_t route_bytes(int T, const route_shape *s);
size_t plan_bytes(int T, const route_shape *s, int pad);
int    plan_max_slots(int T, const route_shape *s, int pad);

void op_route_fwd(route *r, const float *logits /* [T, E] */, const float *bias /* [E] or NULL */, const route_shape *s,
                  int T);
/* dlogits [T, E] assigned, from dweight [T, k] and, where given, dscore [T, E] (the balance loss's gradient) */
void op_route_bwd(float *dlogits, const float *dweight, const float *dscore, const route *r, const route_shape *s,
                  int T);

/* Sequence-wise balance loss (eq. 17-20): alpha * sum_i f_i P_i for each segment of rows, f constant; returns the
 * mean over the segments weighted by their length; dscore [T, E] (NULL: not wanted) gets scale * its gradient. */
double op_balance(float *dscore, const route *r, const route_shape *s, const int32_t *start /* [n_seg + 1] */,
                  int n_seg, float alpha, float scale);

void op_plan(plan *p, const int32_t *expert /* [T, k] */, int T, const route_shape *s, int pad);
/* The rows of slots s0..s1; padding rows become 0. */
void op_gather(void *xs /* [n, D] */, const void *x /* [T, D] */, dtype t, const plan *p, int s0, int s1, int D);
/* dx [T, D] += the gradients of all slots of rows t0..t0 + T, in slot order k = 0, 1, ... */
void op_gather_bwd(float *dx, const float *dxs /* [n, D] */, const plan *p, int t0, int T, const route_shape *s, int D);
void op_combine_fwd(float *y /* [T, D] += */, const void *ys /* [n, D] t */, dtype t, const route *r, const plan *p,
                    int T, const route_shape *s, int D);
/* Of slots s0..s1: dys [s1 - s0, D] of type t, assigned (padding 0); their dweight [T, k] assigned */
void op_combine_bwd(void *dys, float *dweight, const float *dy /* [T, D] */, const void *ys /* [n, D] */, dtype t,
                    const route *r, const plan *p, int s0, int s1, const route_shape *s, int D);
#endif
