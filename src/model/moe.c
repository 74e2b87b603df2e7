/* moe.c -- the feed-forward half of a block: a dense SwiGLU, or DeepSeekMoE (V3, eq. 12-16): shared experts that
 * every token passes, plus routed experts of which the gate picks a few. The router works in float32 from the
 * float32 norm, whatever the compute type: near-ties decide discretely, so its rounding must not depend on it. */
#include <math.h>
#include <string.h>
#include "base/prof.h"
#include "kernel/kern.h"
#include "model/parts.h"
#include "tensor/op_act.h"
#include "tensor/op_norm.h"

static route_shape route_of(const cfg *c) {
    return (route_shape){c->n_routed_experts,     c->num_experts_per_tok,          c->n_group,
                         c->topk_group,           c->scoring_func == GATE_SIGMOID, c->norm_topk_prob,
                         c->routed_scaling_factor};
}

void ffn_fwd(pass *p, const ffn_w *w, acts *a, float *y) {
    lin g = lin_of(w->gate), u = lin_of(w->up), d = lin_of(w->down);
    op_linear_fwd2(a->h1, &g, a->h3, &u, p->ct, a->n2, p->ct, p->Tp, p->s);
    op_swiglu_fwd(a->a, a->h1, a->h3, p->ct, (size_t)p->Tp * (size_t)g.out);
    op_linear_fwd(y, a->a, p->ct, p->Tp, &d, p->s);
}

void ffn_bwd(pass *p, const ffn_w *w, acts *a, float *dn2, const float *dy) {
    lin    g = lin_of(w->gate), u = lin_of(w->up), d = lin_of(w->down);
    size_t mark = arena_mark(p->s), n = (size_t)p->Tp * (size_t)g.out;
    void  *da = arena_alloc(p->s, n * ct_bytes(p->ct));
    op_linear_bwd(da, p->ct, false, dy, DT_F32, a->a, p->ct, p->Tp, &d, p->s);
    op_swiglu_bwd(a->h1, a->h3, da, a->h1, a->h3, p->ct, n); /* in place: the forward's values are not needed again */
    op_linear_bwd(dn2, DT_F32, false, a->h1, p->ct, a->n2, p->ct, p->Tp, &g, p->s);
    op_linear_bwd(dn2, DT_F32, true, a->h3, p->ct, a->n2, p->ct, p->Tp, &u, p->s);
    arena_reset(p->s, mark);
}

/* The normed rows in float32, for the router. */
static const float *router_in(pass *p, const block_w *b, acts *a) {
    if (p->ct == DT_F32) return a->n2;
    int    D = p->m->c.hidden_size;
    float *n = arena_floats(p->s, (size_t)p->Tp * (size_t)D);
    op_norm_fwd(n, D, DT_F32, NULL, a->x2, D, b->ffn_norm->w.data, p->m->c.rms_norm_eps, p->Tp, D);
    return n;
}

/* One expert's rows and matrices. */
typedef struct expert {
    int    n; /* rows, padding included */
    lin    gate, up, down;
    char  *x, *act, *e1, *e3; /* [n, D], [n, M], [n, M], [n, M] ct */
    size_t rd, rm;            /* byte offset of its rows in [slots, D] and [slots, M] ct */
} expert;

static bool expert_at(const pass *p, const block_w *b, const acts *a, int e, expert *x) {
    size_t r = (size_t)a->pl.first[e], cb = ct_bytes(p->ct);
    x->n = a->pl.first[e + 1] - a->pl.first[e];
    if (x->n == 0) return false; /* nobody chose it */
    x->gate = lin_slice(b->experts.gate, e);
    x->up   = lin_slice(b->experts.up, e);
    x->down = lin_slice(b->experts.down, e);
    x->rd   = r * (size_t)p->m->c.hidden_size * cb;
    x->rm   = r * (size_t)p->m->c.moe_intermediate_size * cb;
    x->x    = (char *)a->xs + x->rd;
    x->act  = (char *)a->ea + x->rm;
    x->e1   = (char *)a->e1 + x->rm;
    x->e3   = (char *)a->e3 + x->rm;
    return true;
}

static void experts_fwd(pass *p, const block_w *b, acts *a) {
    expert x;
    for (int e = 0; e < p->m->c.n_routed_experts; e++) {
        if (!expert_at(p, b, a, e, &x)) continue;
        op_gather(a->xs, a->n2, p->ct, &a->pl, a->pl.first[e], a->pl.first[e + 1], x.gate.in);
        op_linear_fwd2(x.e1, &x.gate, x.e3, &x.up, p->ct, x.x, p->ct, x.n, p->s);
        op_swiglu_fwd(x.act, x.e1, x.e3, p->ct, (size_t)x.n * (size_t)x.gate.out);
        op_linear_fwd_ct((char *)a->ys + x.rd, x.act, p->ct, x.n, &x.down, p->s);
    }
}

/* Entropy of the scores as shares, over ln E: 1 when all experts look alike. Summed in row order. */
static void note_gate(const pass *p, const block_w *b, const acts *a, int E) {
    gate_sums *g = &p->m->gate[b->moe];
    for (int t = 0; t < p->T; t++) {
        const float *s   = a->rt.score + (size_t)t * (size_t)E;
        double       sum = 0, slog = 0;
        for (int i = 0; i < E; i++) {
            double v = (double)s[i];
            sum += v;
            slog += v > 0 ? v * log(v) : 0;
        }
        if (sum > 0 && E > 1) g->entropy += (log(sum) - slog / sum) / log(E);
        g->rows++;
    }
}

void moe_router_fwd(pass *p, const block_w *b, acts *a, float *logits) {
    size_t    mark   = arena_mark(p->s);
    lin       router = lin_of(b->router);
    prof_part was    = prof_enter(PROF_ROUTER);
    op_linear_fwd(logits, router_in(p, b, a), DT_F32, p->Tp, &router, p->s);
    arena_reset(p->s, mark);
    prof_leave(was);
}

void moe_experts_fwd(pass *p, const block_w *b, acts *a, const float *logits, float *y) {
    model      *m   = p->m;
    route_shape rs  = route_of(&m->c);
    prof_part   was = prof_enter(PROF_ROUTER);
    op_route_fwd(&a->rt, logits, b->bias ? b->bias->w.data : NULL, &rs, p->T);
    op_plan(&a->pl, a->rt.expert, p->T, &rs, p->train ? ROW_PAD : 1);
    if (p->train && !p->loss->backward) note_gate(p, b, a, rs.experts);
    prof_leave(was);
    if (p->train && p->loss->backward) {
        int64_t *load = m->load + (size_t)b->moe * (size_t)rs.experts;
        for (int e = 0; e < rs.experts; e++) load[e] += a->pl.count[e];
    }
    experts_fwd(p, b, a);
    op_combine_fwd(y, a->ys, p->ct, &a->rt, &a->pl, p->T, &rs, m->c.hidden_size);
    if (p->train && p->loss->balance_alpha > 0 && !p->loss->backward)
        p->balance += op_balance(NULL, &a->rt, &rs, p->start, p->n_seq, p->loss->balance_alpha, 1);
}

/* dxs [slots, D]; dweight [T, k] */
static void experts_bwd(pass *p, const block_w *b, acts *a, float *dxs, float *dweight, const float *dy) {
    route_shape rs   = route_of(&p->m->c);
    size_t      mark = arena_mark(p->s), cb = ct_bytes(p->ct), n = 0;
    for (int e = 0; e < rs.experts; e++) {
        size_t k = (size_t)(a->pl.first[e + 1] - a->pl.first[e]);
        n        = k > n ? k : n;
    }
    char  *da  = arena_alloc(p->s, n * (size_t)p->m->c.moe_intermediate_size * cb);
    char  *dys = arena_alloc(p->s, n * (size_t)p->m->c.hidden_size * cb);
    expert x;
    for (int e = 0; e < rs.experts; e++) {
        if (!expert_at(p, b, a, e, &x)) continue;
        op_combine_bwd(dys, dweight, dy, a->ys, p->ct, &a->rt, &a->pl, a->pl.first[e], a->pl.first[e + 1], &rs,
                       x.gate.in);
        op_linear_bwd(da, p->ct, false, dys, p->ct, x.act, p->ct, x.n, &x.down, p->s);
        op_swiglu_bwd(x.e1, x.e3, da, x.e1, x.e3, p->ct, (size_t)x.n * (size_t)x.gate.out);
        float *dx = dxs + (size_t)a->pl.first[e] * (size_t)x.gate.in;
        op_linear_bwd(dx, DT_F32, false, x.e1, p->ct, x.x, p->ct, x.n, &x.gate, p->s);
        op_linear_bwd(dx, DT_F32, true, x.e3, p->ct, x.x, p->ct, x.n, &x.up, p->s);
    }
    arena_reset(p->s, mark);
}

void moe_experts_bwd(pass *p, const block_w *b, acts *a, float *dxs, float *dlogits, const float *dy) {
    route_shape rs   = route_of(&p->m->c);
    size_t      mark = arena_mark(p->s), n = (size_t)p->T * (size_t)rs.experts;
    float      *dscore = NULL, *dweight = arena_floats(p->s, (size_t)p->T * (size_t)rs.topk);
    experts_bwd(p, b, a, dxs, dweight, dy);
    prof_part was = prof_enter(PROF_ROUTER);
    if (p->loss->balance_alpha > 0) {
        dscore = arena_floats(p->s, n);
        p->balance +=
            op_balance(dscore, &a->rt, &rs, p->start, p->n_seq, p->loss->balance_alpha, p->loss->scale * (float)p->T);
    }
    op_route_bwd(dlogits, dweight, dscore, &a->rt, &rs, p->T);
    memset(dlogits + n, 0, (size_t)(p->Tp - p->T) * (size_t)rs.experts * 4);
    prof_leave(was);
    arena_reset(p->s, mark);
}

void moe_rows_bwd(pass *p, const block_w *b, acts *whole, acts *a, int r0, const float *dxs, const float *dlogits,
                  float *dn2) {
    route_shape rs     = route_of(&p->m->c);
    size_t      mark   = arena_mark(p->s);
    lin         router = lin_of(b->router);
    op_gather_bwd(dn2, dxs, &whole->pl, r0, p->T, &rs, p->m->c.hidden_size);
    prof_part was = prof_enter(PROF_ROUTER);
    op_linear_bwd(dn2, DT_F32, true, dlogits + (size_t)r0 * (size_t)rs.experts, DT_F32, router_in(p, b, a), DT_F32,
                  p->Tp, &router, p->s);
    prof_leave(was);
    arena_reset(p->s, mark);
}
