/* block.c -- one transformer block, pre-norm: x2 = x + attn(norm(x)); y = x2 + ffn(norm(x2)); and its buffers. */
#include "model/parts.h"
#include "base/par.h"
#include "tensor/op_act.h"
#include "tensor/op_norm.h"

pass band_of(const pass *p, int r0) {
    pass q = *p;
    q.Tp   = p->Tp - r0 < BAND ? p->Tp - r0 : BAND;
    q.T    = p->T - r0 < q.Tp ? p->T - r0 : q.Tp;
    if (q.T < 0) q.T = 0;
    q.pos = p->pos + r0;
    return q;
}

static void *move(void *p, int r0, int cols, size_t size) {
    return p ? (char *)p + (size_t)r0 * (size_t)cols * size : p;
}

acts acts_at(const acts *a, const model *m, dtype ct, int r0) {
    const cfg *c  = &m->c;
    acts       b  = *a;
    size_t     cb = ct_bytes(ct);
    int        D = c->hidden_size, H = c->num_attention_heads, P = c->qk_nope_head_dim, R = c->qk_rope_head_dim;
    int        Kl = c->kv_lora_rank, Q = c->q_lora_rank, V = c->v_head_dim;
    b.x   = move(a->x, r0, D, 4);
    b.n1  = move(a->n1, r0, D, cb);
    b.r1  = move(a->r1, r0, 1, 4);
    b.cq  = move(a->cq, r0, Q, 4);
    b.rq  = move(a->rq, r0, 1, 4);
    b.nq  = move(a->nq, r0, Q, cb);
    b.q   = move(a->q, r0, H * (P + R), cb);
    b.ckv = move(a->ckv, r0, Kl + R, 4);
    b.rkv = move(a->rkv, r0, 1, 4);
    b.nc  = move(a->nc, r0, Kl, cb);
    b.kv  = move(a->kv, r0, H * (P + V), cb);
    b.lse = move(a->lse, r0, H, 4);
    b.o   = move(a->o, r0, H * V, cb);
    b.x2  = move(a->x2, r0, D, 4);
    b.n2  = move(a->n2, r0, D, cb);
    b.r2  = move(a->r2, r0, 1, 4);
    b.h1  = move(a->h1, r0, a->F, cb);
    b.h3  = move(a->h3, r0, a->F, cb);
    b.a   = move(a->a, r0, a->F, cb);
    return b;
}

void block_fwd(pass *p, const block_w *b, acts *a, int layer, float *y) {
    int    D = p->m->c.hidden_size, E = b->moe >= 0 ? p->m->c.n_routed_experts : 0;
    float  eps    = p->m->c.rms_norm_eps;
    size_t mark   = arena_mark(p->s);
    float *logits = arena_floats(p->s, (size_t)p->Tp * (size_t)E), *t = arena_floats(p->s, (size_t)BAND * (size_t)D);
    for (int r = 0; r < p->Tp; r += BAND) {
        pass q = band_of(p, r);
        acts z = acts_at(a, p->m, p->ct, r);
        op_norm_fwd(z.n1, D, p->ct, z.r1, z.x, D, b->attn_norm->w.data, eps, q.Tp, D);
        mla_in(&q, &b->attn, &z);
    }
    mla_attend(p, &b->attn, a, layer);
    for (int r = 0; r < p->Tp; r += BAND) {
        pass   q  = band_of(p, r);
        acts   z  = acts_at(a, p->m, p->ct, r);
        size_t n  = (size_t)q.Tp * (size_t)D;
        float *yr = y + (size_t)r * (size_t)D;
        mla_out(&q, &b->attn, &z, t);
        op_sum(z.x2, z.x, t, n);
        op_norm_fwd(z.n2, D, p->ct, z.r2, z.x2, D, b->ffn_norm->w.data, eps, q.Tp, D);
        if (E) moe_router_fwd(&q, b, &z, logits + (size_t)r * (size_t)E);
        if (b->ffn.gate) {
            ffn_fwd(&q, &b->ffn, &z, t);
            op_sum(yr, z.x2, t, n);
        } else memcpy(yr, z.x2, n * 4);
    }
    if (E) moe_experts_fwd(p, b, a, logits, y);
    arena_reset(p->s, mark);
}

void block_bwd(pass *p, const block_w *b, acts *a, float *d) {
    int       D = p->m->c.hidden_size, E = b->moe >= 0 ? p->m->c.n_routed_experts : 0;
    size_t    mark = arena_mark(p->s), slots = E ? (size_t)a->pl.n : 0;
    mla_grads g       = mla_grads_new(p, &b->attn);
    float    *t       = arena_floats(p->s, (size_t)BAND * (size_t)D);
    float    *dlogits = arena_floats(p->s, (size_t)p->Tp * (size_t)E), *dxs = arena_floats(p->s, slots * (size_t)D);
    if (E) moe_experts_bwd(p, b, a, dxs, dlogits, d);
    for (int r = 0; r < p->Tp; r += BAND) {
        pass   q  = band_of(p, r);
        acts   z  = acts_at(a, p->m, p->ct, r);
        float *dr = d + (size_t)r * (size_t)D;
        if (b->ffn.gate) ffn_bwd(&q, &b->ffn, &z, t, dr);
        else memset(t, 0, (size_t)q.Tp * (size_t)D * 4);
        if (E) moe_rows_bwd(&q, b, a, &z, r, dxs, dlogits, t);
        op_norm_bwd(dr, D, b->ffn_norm->g, t, D, z.x2, D, b->ffn_norm->w.data, z.r2, q.Tp, D, p->s);
        mla_out_bwd(&q, &b->attn, &z, &g, r, dr);
    }
    mla_attend_bwd(p, a, &g);
    for (int r = 0; r < p->Tp; r += BAND) {
        pass   q  = band_of(p, r);
        acts   z  = acts_at(a, p->m, p->ct, r);
        float *dr = d + (size_t)r * (size_t)D;
        mla_in_bwd(&q, &b->attn, &z, &g, r, t);
        op_norm_bwd(dr, D, b->attn_norm->g, t, D, z.x, D, b->attn_norm->w.data, z.r1, q.Tp, D, p->s);
    }
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
    a->F  = (int)F;
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
