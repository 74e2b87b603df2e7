/* block.c -- one transformer block, pre-norm: x2 = x + attn(norm(x)); y = x2 + ffn(norm(x2)); and its buffers. */
#include "model/parts.h"
#include "base/par.h"
#include "tensor/op_act.h"
#include "tensor/op_norm.h"

void block_fwd(pass *p, const block_w *b, acts *a, int layer, float *y) {
    int    D    = p->m->c.hidden_size;
    float  eps  = p->m->c.rms_norm_eps;
    size_t mark = arena_mark(p->s), n = (size_t)p->Tp * (size_t)D;
    float *t = arena_floats(p->s, n);
    op_norm_fwd(a->n1, D, p->ct, a->r1, a->x, D, b->attn_norm->w.data, eps, p->Tp, D);
    mla_fwd(p, &b->attn, a, layer, t);
    op_sum(a->x2, a->x, t, n);
    op_norm_fwd(a->n2, D, p->ct, a->r2, a->x2, D, b->ffn_norm->w.data, eps, p->Tp, D);
    if (b->moe >= 0) moe_fwd(p, b, a, t);
    else ffn_fwd(p, &b->ffn, a, t);
    op_sum(y, a->x2, t, n);
    arena_reset(p->s, mark);
}

void block_bwd(pass *p, const block_w *b, acts *a, float *d) {
    int    D    = p->m->c.hidden_size;
    size_t mark = arena_mark(p->s);
    float *t    = arena_floats(p->s, (size_t)p->Tp * (size_t)D);
    if (b->moe >= 0) moe_bwd(p, b, a, t, d);
    else ffn_bwd(p, &b->ffn, a, t, d);
    op_norm_bwd(d, D, b->ffn_norm->g, t, D, a->x2, D, b->ffn_norm->w.data, a->r2, p->Tp, D, p->s);
    mla_bwd(p, &b->attn, a, t, d);
    op_norm_bwd(d, D, b->attn_norm->g, t, D, a->x, D, b->attn_norm->w.data, a->r1, p->Tp, D, p->s);
    arena_reset(p->s, mark);
}

static route_shape moe_shape(const cfg *c) {
    return (route_shape){.experts = c->n_routed_experts, .topk = c->num_experts_per_tok};
}

static void alloc_moe(acts *a, arena *mem, const cfg *c, int T, size_t cb, bool train) {
    route_shape rs  = moe_shape(c);
    int         pad = train ? ROW_PAD : 1;
    size_t n = (size_t)plan_max_slots(T, &rs, pad), M = (size_t)c->moe_intermediate_size, D = (size_t)c->hidden_size;
    route_alloc(&a->rt, mem, T, &rs);
    plan_alloc(&a->pl, mem, T, &rs, pad);
    a->xs = arena_alloc(mem, n * D * cb);
    a->e1 = arena_alloc(mem, n * M * cb);
    a->e3 = arena_alloc(mem, n * M * cb);
    a->ea = arena_alloc(mem, n * M * cb);
    a->ys = arena_alloc(mem, n * D * cb);
}

void acts_alloc(acts *a, arena *mem, const model *m, const block_w *b, int T, dtype ct, bool train) {
    const cfg *c = &m->c;
    size_t     t = (size_t)T, D = (size_t)c->hidden_size, H = (size_t)c->num_attention_heads, cb = ct_bytes(ct);
    size_t     P = (size_t)c->qk_nope_head_dim, R = (size_t)c->qk_rope_head_dim, V = (size_t)c->v_head_dim;
    size_t     Kl = (size_t)c->kv_lora_rank, Q = (size_t)c->q_lora_rank;
    a->x     = arena_floats(mem, t * D);
    a->n1    = arena_alloc(mem, t * D * cb);
    a->r1    = arena_floats(mem, t);
    a->cq    = arena_floats(mem, t * Q);
    a->rq    = arena_floats(mem, t);
    a->nq    = arena_alloc(mem, t * Q * cb);
    a->q     = arena_alloc(mem, t * H * (P + R) * cb);
    a->ckv   = arena_floats(mem, t * (Kl + R));
    a->rkv   = arena_floats(mem, t);
    a->nc    = arena_alloc(mem, t * Kl * cb);
    a->kv    = arena_alloc(mem, t * H * (P + V) * cb);
    a->lse   = arena_floats(mem, t * H);
    a->o     = arena_alloc(mem, t * H * V * cb);
    a->x2    = arena_floats(mem, t * D);
    a->n2    = arena_alloc(mem, t * D * cb);
    a->r2    = arena_floats(mem, t);
    size_t F = 0;
    if (!b || b->moe < 0) F = (size_t)c->intermediate_size;
    size_t S = (size_t)(c->n_shared_experts * c->moe_intermediate_size);
    if ((!b || b->moe >= 0) && S > F) F = S;
    a->h1 = arena_alloc(mem, t * F * cb);
    a->h3 = arena_alloc(mem, t * F * cb);
    a->a  = arena_alloc(mem, t * F * cb);
    if (c->n_routed_experts && (!b || b->moe >= 0)) alloc_moe(a, mem, c, T, cb, train);
}

/* An upper bound of what the parts take from scratch at once: the widest matrices of the backward pass, side by
 * side. Pages that are never touched cost nothing, so the bound need not be tight. */
size_t block_scratch(const model *m, int T, int plain_ctx, bool train) {
    const cfg *c = &m->c;
    size_t     t = (size_t)T + ROW_PAD, H = (size_t)c->num_attention_heads, D = (size_t)c->hidden_size;
    size_t     P = (size_t)c->qk_nope_head_dim, R = (size_t)c->qk_rope_head_dim, V = (size_t)c->v_head_dim;
    size_t     Kl = (size_t)c->kv_lora_rank, Q = (size_t)c->q_lora_rank, E = (size_t)c->n_routed_experts;
    attn_shape s    = {(int)H, (int)P, (int)R, (int)V, (int)(Kl + R), 1};
    int        nk   = plain_ctx > T ? plain_ctx : T + ROW_PAD;
    size_t     wide = H * (2 * P + R + 3 * V) + 2 * Kl + R + 3 * Q + 6 * D + 3 * E + 64;
    size_t     n    = t * wide * 4 + op_attn_bytes(&s, nk, nk, train) + op_attn_bf16_bytes(&s, nk, nk, train);
    n += (size_t)nk * H * (P + V) * 4; /* plain attention over a cache */
    n += t * (2 * H * Kl + 1) * 4 + Kl * V * 4 + (size_t)par_threads() * (H * (size_t)nk * 4 + 256); /* absorbed */
    size_t F = (size_t)c->intermediate_size, S = (size_t)(c->n_shared_experts * c->moe_intermediate_size);
    if (S > F) F = S;
    n += t * F * 6;
    if (E) {
        route_shape rs    = moe_shape(c);
        size_t      slots = (size_t)plan_max_slots(T + ROW_PAD, &rs, train ? ROW_PAD : 1);
        n += slots * (2 * D + (size_t)c->moe_intermediate_size) * 6;
    }
    size_t widest = F > H * (P + R) ? F : H * (P + R);
    if (H * V > widest) widest = H * V;
    n += op_linear_bytes(T + ROW_PAD, (int)(widest > 2 * D ? widest : 2 * D), (int)(widest > 2 * D ? widest : 2 * D));
    n += op_norm_bytes((int)D) + (1u << 20);
    return n;
}
