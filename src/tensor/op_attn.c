#include "tensor/op_attn.h"
#include <math.h>
#include <string.h>
#include "base/par.h"
#include "base/prof.h"
#include "kernel/kern.h"

enum { BQ = 64 }; /* query rows a block: its scores [64, 512] are 128 KB, half of them in L2 beside K and V */

/* What one thread works with for one (segment, head). */
typedef struct tile {
    float *kt;     /* [P+R, nk] keys transposed: scores are rows of q times this */
    float *vt;     /* [V, nk], backward only */
    float *s, *dp; /* [BQ, nk] */
    float *dkr;    /* backward: this head's share of the rope key's gradient, [tk, H*R] with stride H*R */
} tile;

static size_t tile_floats(const attn_shape *s, int max_nk, bool backward) {
    size_t nk = (size_t)max_nk, n = arena_round((size_t)(s->nope + s->rope) * nk * 4) + arena_round(BQ * nk * 4);
    if (backward) n += arena_round((size_t)s->v * nk * 4) + arena_round(BQ * nk * 4);
    return n / 4;
}

size_t op_attn_bytes(const attn_shape *s, int max_nk, int tk, bool backward) {
    size_t n = (size_t)par_threads() * tile_floats(s, max_nk, backward) * 4;
    if (backward) n += arena_round((size_t)tk * (size_t)(s->heads * s->rope) * 4);
    return n;
}

static tile tile_at(float *mem, const attn_shape *s, int max_nk, bool backward) {
    size_t nk = (size_t)max_nk;
    tile   t  = {0};
    t.kt      = mem;
    t.s       = t.kt + arena_round((size_t)(s->nope + s->rope) * nk * 4) / 4;
    if (backward) {
        t.dp = t.s + arena_round(BQ * nk * 4) / 4;
        t.vt = t.dp + arena_round(BQ * nk * 4) / 4;
    }
    return t;
}

static int longest(const attn_seg *seg, int n_seg) {
    int m = 0;
    for (int i = 0; i < n_seg; i++)
        if (seg[i].nk > m) m = seg[i].nk;
    return m;
}

static void pack_keys(const tile *t, const attn_shape *s, const attn_seg *g, const float *kv, const float *kr, int h) {
    int ldkv = s->heads * (s->nope + s->v);
    K->transpose_f32(t->kt, g->nk, kv + (size_t)g->k0 * (size_t)ldkv + h * (s->nope + s->v), ldkv, g->nk, s->nope);
    K->transpose_f32(t->kt + (size_t)s->nope * (size_t)g->nk, g->nk, kr + (size_t)g->k0 * (size_t)s->ldkr, s->ldkr,
                     g->nk, s->rope);
}

static void fwd_head(const tile *t, const attn_shape *s, const attn_seg *g, float *o, float *lse, const float *q,
                     const float *kv, const float *kr, int h) {
    int          qd = s->nope + s->rope, ldq = s->heads * qd, ldkv = s->heads * (s->nope + s->v), ldo = s->heads * s->v;
    const float *v = kv + (size_t)g->k0 * (size_t)ldkv + h * (s->nope + s->v) + s->nope;
    pack_keys(t, s, g, kv, kr, h);
    for (int i0 = 0; i0 < g->nq; i0 += BQ) {
        int          n = g->nq - i0 < BQ ? g->nq - i0 : BQ, seen = g->nk - g->nq + i0; /* keys before the block */
        int          nk = seen + n;
        size_t       r0 = (size_t)(g->q0 + i0);
        const float *qb = q + r0 * (size_t)ldq + h * qd;
        float       *ob = o + r0 * (size_t)ldo + h * s->v;
        K->sgemm(n, nk, qd, s->scale, qb, ldq, 1, t->kt, g->nk, false, t->s, nk);
        float inv[BQ];
        for (int i = 0; i < n; i++) {
            float *row = t->s + (size_t)i * (size_t)nk;
            int    k   = seen + i + 1;
            float  m = K->max_f32(row, k), sum = K->exp_sum(row, m, k);
            memset(row + k, 0, (size_t)(nk - k) * 4);
            inv[i] = 1 / sum;
            if (lse) lse[(r0 + (size_t)i) * (size_t)s->heads + (size_t)h] = m + logf(sum);
        }
        K->sgemm(n, s->v, nk, 1, t->s, nk, 1, v, ldkv, false, ob, ldo);
        for (int i = 0; i < n; i++) K->scale_f32(ob + (size_t)i * (size_t)ldo, inv[i], s->v);
    }
}

void op_attn_fwd(float *o, float *lse, const float *q, const float *kv, const float *kr, const attn_shape *s,
                 const attn_seg *seg, int n_seg, arena *scratch) {
    prof_part was = prof_enter(PROF_ATTN_FWD);
    size_t mark   = arena_mark(scratch);
    int    max_nk = longest(seg, n_seg);
    size_t stride = tile_floats(s, max_nk, false);
    float *mem    = arena_floats(scratch, stride * (size_t)par_threads());
#pragma omp parallel for schedule(dynamic, 1) if (n_seg * s->heads * max_nk > 64)
    for (int j = 0; j < n_seg * s->heads; j++) {
        tile t = tile_at(mem + stride * (size_t)par_id(), s, max_nk, false);
        fwd_head(&t, s, &seg[j / s->heads], o, lse, q, kv, kr, j % s->heads);
    }
    arena_reset(scratch, mark);
    prof_leave(was);
}

/* P of one block of queries, recomputed, and dS over dp. */
static void bwd_block(const tile *t, const attn_shape *s, const attn_seg *g, const float *lse, int i0, int n, int h) {
    int seen = g->nk - g->nq + i0, nk = seen + n;
    for (int i = 0; i < n; i++) {
        float *p = t->s + (size_t)i * (size_t)nk, *dp = t->dp + (size_t)i * (size_t)nk;
        int    k = seen + i + 1;
        K->exp_lse(p, s->scale, lse[(size_t)(g->q0 + i0 + i) * (size_t)s->heads + (size_t)h], k);
        K->softmax_bwd(dp, p, K->dot_f32(p, dp, k), s->scale, k);
        memset(p + k, 0, (size_t)(nk - k) * 4);
        memset(dp + k, 0, (size_t)(nk - k) * 4);
    }
}

static void zero_rows(float *x, int ld, int rows, int cols) {
    for (int r = 0; r < rows; r++) memset(x + (size_t)r * (size_t)ld, 0, (size_t)cols * 4);
}

static void bwd_head(const tile *t, const attn_shape *s, const attn_seg *g, float *dq, float *dkv, const float *dout,
                     const float *lse, const float *q, const float *kv, const float *kr, int h) {
    int    P = s->nope, R = s->rope, V = s->v, qd = P + R;
    int    ldq = s->heads * qd, ldkv = s->heads * (P + V), ldo = s->heads * V, lddkr = s->heads * R;
    size_t koff = (size_t)g->k0 * (size_t)ldkv + (size_t)(h * (P + V));
    float *dk = dkv + koff, *dkr = t->dkr + (size_t)g->k0 * (size_t)lddkr + h * R;
    pack_keys(t, s, g, kv, kr, h);
    K->transpose_f32(t->vt, g->nk, kv + koff + P, ldkv, g->nk, V);
    zero_rows(dk, ldkv, g->nk, P + V);
    zero_rows(dkr, lddkr, g->nk, R);
    for (int i0 = 0; i0 < g->nq; i0 += BQ) {
        int          n = g->nq - i0 < BQ ? g->nq - i0 : BQ, nk = g->nk - g->nq + i0 + n;
        size_t       r0 = (size_t)(g->q0 + i0);
        const float *qb = q + r0 * (size_t)ldq + h * qd, *db = dout + r0 * (size_t)ldo + h * V;
        float       *dqb = dq + r0 * (size_t)ldq + h * qd;
        K->sgemm(n, nk, qd, 1, qb, ldq, 1, t->kt, g->nk, false, t->s, nk);
        K->sgemm(n, nk, V, 1, db, ldo, 1, t->vt, g->nk, false, t->dp, nk);
        bwd_block(t, s, g, lse, i0, n, h);
        K->sgemm(nk, V, n, 1, t->s, 1, nk, db, ldo, true, dk + P, ldkv);       /* dV += P^T dO */
        K->sgemm(n, P, nk, 1, t->dp, nk, 1, kv + koff, ldkv, false, dqb, ldq); /* dQ = dS K */
        K->sgemm(n, R, nk, 1, t->dp, nk, 1, kr + (size_t)g->k0 * (size_t)s->ldkr, s->ldkr, false, dqb + P, ldq);
        K->sgemm(nk, P, n, 1, t->dp, 1, nk, qb, ldq, true, dk, ldkv); /* dK += dS^T Q */
        K->sgemm(nk, R, n, 1, t->dp, 1, nk, qb + P, ldq, true, dkr, lddkr);
    }
}

void op_attn_sum_heads(float *dkr, int lddkr, const float *part, const attn_shape *s, const attn_seg *seg, int n_seg) {
    int R = s->rope;
#pragma omp parallel for schedule(static)
    for (int j = 0; j < n_seg; j++)
        for (int r = seg[j].k0; r < seg[j].k0 + seg[j].nk; r++) {
            const float *src = part + (size_t)r * (size_t)(s->heads * R);
            float       *d   = dkr + (size_t)r * (size_t)lddkr;
            memcpy(d, src, (size_t)R * 4);
            for (int h = 1; h < s->heads; h++) K->add_f32(d, src + h * R, (size_t)R);
        }
}

void op_attn_bwd(float *dq, float *dkv, float *dkr, int lddkr, const float *dout, const float *lse, const float *q,
                 const float *kv, const float *kr, const attn_shape *s, const attn_seg *seg, int n_seg,
                 arena *scratch) {
    prof_part was = prof_enter(PROF_ATTN_BWD);
    size_t mark   = arena_mark(scratch);
    int    max_nk = longest(seg, n_seg), tk = 0;
    for (int i = 0; i < n_seg; i++)
        if (seg[i].k0 + seg[i].nk > tk) tk = seg[i].k0 + seg[i].nk;
    size_t stride = tile_floats(s, max_nk, true);
    float *mem    = arena_floats(scratch, stride * (size_t)par_threads());
    float *part   = arena_floats(scratch, (size_t)tk * (size_t)(s->heads * s->rope));
#pragma omp parallel for schedule(dynamic, 1)
    for (int j = 0; j < n_seg * s->heads; j++) {
        tile t = tile_at(mem + stride * (size_t)par_id(), s, max_nk, true);
        t.dkr  = part;
        bwd_head(&t, s, &seg[j / s->heads], dq, dkv, dout, lse, q, kv, kr, j % s->heads);
    }
    op_attn_sum_heads(dkr, lddkr, part, s, seg, n_seg);
    arena_reset(scratch, mark);
    prof_leave(was);
}
