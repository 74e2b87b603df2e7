/* op_attn_bf16.c -- the attention of op_attn.h with its products in bf16: for training in bf16 on CPUs that multiply
 * it.
 *
 * Flash attention (Dao 2023, algorithms 1 and 2) on transposed blocks: 64 keys by 64 queries of scores S^T = K Q^T, so
 * that a query is a column. Its maximum, its sum and what scales them are then vectors, no row is ever summed across,
 * and everything of a block stays in the first-level cache. What is multiplied (q, k, v, P, dO, dS) is rounded to bf16,
 * what is summed (scores, outputs, gradients) is float32. For one (segment, head), c = scale log2 e:
 *
 *   forward, block of queries by block of keys     backward, block of keys by block of queries
 *     S^T = K Qc        m, sum, P^T of it            S^T = K Qc          dP^T = V dOc
 *     O^T = O^T 2^(m' - m) + V^T P^T                 P^T = 2^(c S^T - lse)    dS^T = P^T (dP^T - D), D = rowsum(dO O)
 *                                                    dV += P^T dOr       dK += dS^T Qr       dQ^T += K^T dS^T
 *
 * Every right factor is in panels (kern.h): c made from columns, r from rows. P^T and dS^T as right factors come in
 * panels from the kernel that makes them. Widths are padded with zeros to what bgemm takes. */
#include <math.h>
#include <string.h>
#include "base/par.h"
#include "base/prof.h"
#include "kernel/kern.h"
#include "tensor/op_attn.h"

enum { BLOCK = 64 }; /* queries and keys of a block */

static int round_to(int n, int m) { return (n + m - 1) / m * m; }
static int at_most(int n, int m) { return n < m ? n : m; }

typedef struct dims {
    int qd, vd, n; /* padded: key width, value width, keys */
} dims;

static dims dims_of(const attn_shape *s, int max_nk) {
    return (dims){round_to(s->nope + s->rope, 32), round_to(s->v, 32), round_to(max_nk, 32)};
}

typedef struct tile16 {
    dims      d;
    uint16_t *k, *vt;      /* [n, qd]; [vd, n] */
    uint16_t *rows, *qc;   /* [BLOCK, max(qd, vd)] padded rows on their way; panels [qd, BLOCK] */
    float    *st, *ot;     /* [BLOCK, BLOCK]; [max(qd, vd), BLOCK] */
    uint16_t *pp, *narrow; /* panels of [BLOCK, BLOCK]; [max(qd, vd), BLOCK] */
    uint16_t *v, *kt;      /* [n, vd]; [qd, n] */
    uint16_t *qcs, *qrs, *dcs,
        *drs;         /* panels of each block of queries: [qd, BLOCK], [BLOCK, qd], [vd, BLOCK], [BLOCK, vd] */
    uint16_t *p, *ds; /* [BLOCK, BLOCK] */
    float    *dpt, *dk, *dv, *dqt; /* [BLOCK, BLOCK]; [BLOCK, qd]; [BLOCK, vd]; of each block of queries [qd, BLOCK] */
    float    *lse2, *delta;        /* [n] */
    float    *dkr;                 /* as in op_attn.c */
} tile16;

/* Hands out pieces of a block of memory; with mem NULL it counts. */
typedef struct cutter {
    char  *mem;
    size_t used;
} cutter;

static void *take(cutter *c, size_t n, size_t size) {
    void *p = c->mem ? c->mem + c->used : NULL;
    c->used += (n * size + 63) & ~(size_t)63;
    return p;
}

static size_t tile16_cut(tile16 *t, char *mem, dims d, bool backward) {
    cutter c = {mem, 0};
    size_t n = (size_t)round_to(d.n, BLOCK), qd = (size_t)d.qd, vd = (size_t)d.vd, w = qd > vd ? qd : vd;
    t->d      = d;
    t->k      = take(&c, n * qd, 2);
    t->rows   = take(&c, BLOCK * w, 2);
    t->st     = take(&c, BLOCK * BLOCK, 4);
    t->ot     = take(&c, BLOCK * w, 4);
    t->pp     = take(&c, BLOCK * BLOCK, 2);
    t->narrow = take(&c, BLOCK * w, 2);
    if (!backward) {
        t->vt = take(&c, n * vd, 2);
        t->qc = take(&c, BLOCK * qd, 2);
        return c.used;
    }
    t->v     = take(&c, n * vd, 2);
    t->kt    = take(&c, n * qd, 2);
    t->qcs   = take(&c, n * qd, 2);
    t->qrs   = take(&c, n * qd, 2);
    t->dcs   = take(&c, n * vd, 2);
    t->drs   = take(&c, n * vd, 2);
    t->p     = take(&c, BLOCK * BLOCK, 2);
    t->ds    = take(&c, BLOCK * BLOCK, 2);
    t->dpt   = take(&c, BLOCK * BLOCK, 4);
    t->dk    = take(&c, BLOCK * qd, 4);
    t->dv    = take(&c, BLOCK * vd, 4);
    t->dqt   = take(&c, n * qd, 4);
    t->lse2  = take(&c, n, 4);
    t->delta = take(&c, n, 4);
    return c.used;
}

size_t op_attn_bf16_bytes(const attn_shape *s, int max_nk, int tk, bool backward) {
    tile16 t;
    size_t n = (size_t)par_threads() * tile16_cut(&t, NULL, dims_of(s, max_nk), backward) + 64;
    if (backward) n += arena_round((size_t)tk * (size_t)(s->heads * s->rope) * 4);
    return arena_round(n);
}

static int longest(const attn_seg *seg, int n_seg) {
    int m = 0;
    for (int i = 0; i < n_seg; i++)
        if (seg[i].nk > m) m = seg[i].nk;
    return m;
}

/* n rows of `cols` to padded rows: zeros to the right of them and below, to whole 32. A head's row is a few 16 bytes:
 * too few for a call each. */
static void load(uint16_t *y, int ldy, const uint16_t *x, int ldx, int n, int cols) {
    static const uint16_t zero[8];
    for (int r = 0; r < n; r++, x += ldx, y += ldy) {
        int c = 0;
        for (; c + 8 <= cols; c += 8) memcpy(y + c, x + c, 16);
        if (c < cols) {
            memcpy(y + c, x + c, (size_t)(cols - c) * 2);
            memset(y + cols, 0, (size_t)(ldy - cols) * 2);
        } else {
            for (; c < ldy; c += 8) memcpy(y + c, zero, 16);
        }
    }
    memset(y, 0, (size_t)(round_to(n, 32) - n) * (size_t)ldy * 2);
}

static void load_keys(const tile16 *t, const attn_shape *s, const attn_seg *g, const uint16_t *kv, const float *kr,
                      int h) {
    int ldkv = s->heads * (s->nope + s->v), qd = t->d.qd;
    load(t->k, qd, kv + (size_t)g->k0 * (size_t)ldkv + h * (s->nope + s->v), ldkv, g->nk, s->nope);
    for (int i = 0; i < g->nk; i++)
        K->f32_to_bf16(t->k + (size_t)i * (size_t)qd + s->nope, kr + (size_t)(g->k0 + i) * (size_t)s->ldkr,
                       (size_t)s->rope);
}

static const uint16_t *values(const attn_shape *s, const attn_seg *g, const uint16_t *kv, int h) {
    return kv + (size_t)g->k0 * (size_t)(s->heads * (s->nope + s->v)) + h * (s->nope + s->v) + s->nope;
}

/* ---- forward */
typedef struct column_state { /* of the queries of a block */
    float m[BLOCK], sum[BLOCK], fix[BLOCK];
} column_state;

static bool all_one(const float *x, int n) {
    int i = 0;
    while (i < n && x[i] == 1) i++;
    return i == n;
}

/* o = O^T / sum, as rows */
static void leave_rows(const tile16 *t, const attn_shape *s, uint16_t *o, const column_state *c, int n, int np) {
    float inv[BLOCK];
    for (int j = 0; j < np; j++) inv[j] = 1 / c->sum[j];
    K->scale_cols(t->ot, inv, s->v, np);
    K->f32_to_bf16(t->narrow, t->ot, (size_t)(s->v * np));
    K->transpose_u16(o, s->heads * s->v, t->narrow, np, s->v, n);
}

static void fwd_head(const tile16 *t, const attn_shape *s, const attn_seg *g, uint16_t *o, float *lse,
                     const uint16_t *q, const uint16_t *kv, const float *kr, int h) {
    int   qd = s->nope + s->rope, ldq = s->heads * qd, QD = t->d.qd, VD = t->d.vd, nkp = round_to(g->nk, 32);
    int   past = g->nk - g->nq, ldkv = s->heads * (s->nope + s->v);
    float c = s->scale * (float)M_LOG2E;
    load_keys(t, s, g, kv, kr, h);
    for (int k0 = 0; k0 < g->nk; k0 += BLOCK) { /* V^T, by way of padded rows */
        int n = at_most(g->nk - k0, BLOCK);
        load(t->rows, VD, values(s, g, kv, h) + (size_t)k0 * (size_t)ldkv, ldkv, n, s->v);
        K->transpose_u16(t->vt + k0, nkp, t->rows, VD, round_to(n, 32), VD);
    }
    for (int i0 = 0; i0 < g->nq; i0 += BLOCK) {
        int          n = at_most(g->nq - i0, BLOCK), np = round_to(n, 32), seen = past + i0;
        size_t       r0 = (size_t)(g->q0 + i0);
        column_state z;
        for (int j = 0; j < np; j++) z.m[j] = -1e30f, z.sum[j] = 0;
        load(t->rows, QD, q + r0 * (size_t)ldq + h * qd, ldq, n, qd);
        K->panel_cols(t->qc, QD * 16, t->rows, QD, np, QD);
        for (int k0 = 0; k0 < seen + n; k0 += BLOCK) {
            int nk = round_to(at_most(g->nk - k0, BLOCK), 32);
            K->bgemm(nk, np, QD, t->k + (size_t)k0 * (size_t)QD, QD, t->qc, QD * 16, BGEMM_F32, t->st, np);
            K->attn_soft(t->pp, t->st, z.m, z.sum, z.fix, c, seen - k0, nk, np);
            if (k0 && !all_one(z.fix, np)) K->scale_cols(t->ot, z.fix, VD, np);
            K->bgemm(VD, np, nk, t->vt + k0, nkp, t->pp, nk * 16, k0 ? BGEMM_ADD : BGEMM_F32, t->ot, np);
        }
        for (int j = 0; lse && j < n; j++)
            lse[(r0 + (size_t)j) * (size_t)s->heads + (size_t)h] = s->scale * z.m[j] + logf(z.sum[j]);
        leave_rows(t, s, o + r0 * (size_t)(s->heads * s->v) + h * s->v, &z, n, np);
    }
}

void op_attn_fwd_bf16(uint16_t *o, float *lse, const uint16_t *q, const uint16_t *kv, const float *kr,
                      const attn_shape *s, const attn_seg *seg, int n_seg, arena *scratch) {
    prof_part was  = prof_enter(PROF_ATTN_FWD);
    size_t    mark = arena_mark(scratch);
    dims      d    = dims_of(s, longest(seg, n_seg));
    tile16    none;
    size_t    stride = tile16_cut(&none, NULL, d, false);
    char     *mem    = arena_alloc(scratch, stride * (size_t)par_threads());
#pragma omp parallel for schedule(dynamic, 1)
    for (int j = 0; j < n_seg * s->heads; j++) {
        tile16 t;
        tile16_cut(&t, mem + stride * (size_t)par_id(), d, false);
        fwd_head(&t, s, &seg[j / s->heads], o, lse, q, kv, kr, j % s->heads);
    }
    arena_reset(scratch, mark);
    prof_leave(was);
}

/* ---- backward */
/* What a block of queries is needed as, and its numbers; zeros beyond its rows, so that these add nothing. */
static void load_queries(const tile16 *t, const attn_shape *s, const attn_seg *g, const uint16_t *dout,
                         const uint16_t *o, const float *lse, const uint16_t *q, int h, int i0) {
    int    qd = s->nope + s->rope, ldq = s->heads * qd, ldo = s->heads * s->v, QD = t->d.qd, VD = t->d.vd;
    int    n = at_most(g->nq - i0, BLOCK), np = round_to(n, 32);
    size_t r0 = (size_t)(g->q0 + i0), iq = (size_t)i0 * (size_t)QD, iv = (size_t)i0 * (size_t)VD;
    float  x[1024];
    load(t->rows, QD, q + r0 * (size_t)ldq + h * qd, ldq, n, qd);
    K->panel_cols(t->qcs + iq, QD * 16, t->rows, QD, np, QD);
    K->panel_rows(t->qrs + iq, np * 16, t->rows, QD, np, QD);
    load(t->rows, VD, dout + r0 * (size_t)ldo + h * s->v, ldo, n, s->v);
    K->panel_cols(t->dcs + iv, VD * 16, t->rows, VD, np, VD);
    K->panel_rows(t->drs + iv, np * 16, t->rows, VD, np, VD);
    memset(t->dqt + iq, 0, (size_t)QD * (size_t)np * 4);
    for (int j = 0; j < n; j++) {
        const uint16_t *oj = o + (r0 + (size_t)j) * (size_t)ldo + h * s->v;
        float           d  = 0;
        for (int v = 0; v < s->v; v += 1024) {
            int w = at_most(s->v - v, 1024);
            K->bf16_to_f32(x, oj + v, (size_t)w);
            d += K->dot_bf16(x, t->rows + (size_t)j * (size_t)VD + v, w);
        }
        t->delta[i0 + j] = d;
        t->lse2[i0 + j]  = lse[(r0 + (size_t)j) * (size_t)s->heads + (size_t)h] * (float)M_LOG2E;
    }
    for (int j = n; j < np; j++) t->delta[i0 + j] = t->lse2[i0 + j] = 0;
}

/* One block of keys against one block of queries. */
static void bwd_block(const tile16 *t, const attn_shape *s, const attn_seg *g, int k0, int i0) {
    int    QD = t->d.qd, VD = t->d.vd, nkp = round_to(g->nk, 32);
    int    nk = round_to(at_most(g->nk - k0, BLOCK), 32), nq = round_to(at_most(g->nq - i0, BLOCK), 32);
    size_t iq = (size_t)i0 * (size_t)QD, iv = (size_t)i0 * (size_t)VD;
    K->bgemm(nk, nq, QD, t->k + (size_t)k0 * (size_t)QD, QD, t->qcs + iq, QD * 16, BGEMM_F32, t->st, nq);
    K->bgemm(nk, nq, VD, t->v + (size_t)k0 * (size_t)VD, VD, t->dcs + iv, VD * 16, BGEMM_F32, t->dpt, nq);
    K->attn_grads(t->p, t->ds, t->pp, t->st, t->dpt, t->lse2 + i0, t->delta + i0, s->scale * (float)M_LOG2E,
                  g->nk - g->nq + i0 - k0, nk, nq);
    K->bgemm(nk, VD, nq, t->p, nq, t->drs + iv, nq * 16, BGEMM_ADD, t->dv, VD);
    K->bgemm(nk, QD, nq, t->ds, nq, t->qrs + iq, nq * 16, BGEMM_ADD, t->dk, QD);
    K->bgemm(QD, nq, nk, t->kt + k0, nkp, t->pp, nk * 16, BGEMM_ADD, t->dqt + iq, nq);
}

/* The gradients of a block of keys, to where they belong. */
static void leave_keys(const tile16 *t, const attn_shape *s, const attn_seg *g, uint16_t *dkv, int h, int k0) {
    int ldkv = s->heads * (s->nope + s->v), lddkr = s->heads * s->rope;
    for (int i = 0; i < at_most(g->nk - k0, BLOCK); i++) {
        size_t    r  = (size_t)(g->k0 + k0 + i);
        uint16_t *d  = dkv + r * (size_t)ldkv + h * (s->nope + s->v);
        float    *dk = t->dk + (size_t)i * (size_t)t->d.qd, *kr = t->dkr + r * (size_t)lddkr + h * s->rope;
        K->scale_bf16(d, s->scale, dk, s->nope);
        memcpy(kr, dk + s->nope, (size_t)s->rope * 4);
        K->scale_f32(kr, s->scale, s->rope);
        K->f32_to_bf16(d + s->nope, t->dv + (size_t)i * (size_t)t->d.vd, (size_t)s->v);
    }
}

static void bwd_head(const tile16 *t, const attn_shape *s, const attn_seg *g, uint16_t *dq, uint16_t *dkv,
                     const uint16_t *dout, const uint16_t *o, const float *lse, const uint16_t *q, const uint16_t *kv,
                     const float *kr, int h) {
    int ldkv = s->heads * (s->nope + s->v), qd = s->nope + s->rope, ldq = s->heads * qd, past = g->nk - g->nq;
    int QD = t->d.qd, VD = t->d.vd, nkp = round_to(g->nk, 32);
    load_keys(t, s, g, kv, kr, h);
    K->transpose_u16(t->kt, nkp, t->k, QD, nkp, QD);
    load(t->v, VD, values(s, g, kv, h), ldkv, g->nk, s->v);
    for (int i0 = 0; i0 < g->nq; i0 += BLOCK) load_queries(t, s, g, dout, o, lse, q, h, i0);
    for (int k0 = 0; k0 < g->nk; k0 += BLOCK) {
        memset(t->dk, 0, (size_t)(BLOCK * QD) * 4);
        memset(t->dv, 0, (size_t)(BLOCK * VD) * 4);
        int first = k0 > past ? (k0 - past) / BLOCK * BLOCK : 0; /* the first block whose last query sees key k0 */
        for (int i0 = first; i0 < g->nq; i0 += BLOCK) bwd_block(t, s, g, k0, i0);
        leave_keys(t, s, g, dkv, h, k0);
    }
    for (int i0 = 0; i0 < g->nq; i0 += BLOCK) {
        int    n = at_most(g->nq - i0, BLOCK), np = round_to(n, 32);
        float *d = t->dqt + (size_t)i0 * (size_t)QD;
        K->scale_bf16(t->narrow, s->scale, d, qd * np);
        K->transpose_u16(dq + (size_t)(g->q0 + i0) * (size_t)ldq + h * qd, ldq, t->narrow, np, qd, n);
    }
}

void op_attn_bwd_bf16(uint16_t *dq, uint16_t *dkv, float *dkr, int lddkr, const uint16_t *dout, const uint16_t *o,
                      const float *lse, const uint16_t *q, const uint16_t *kv, const float *kr, const attn_shape *s,
                      const attn_seg *seg, int n_seg, arena *scratch) {
    prof_part was  = prof_enter(PROF_ATTN_BWD);
    size_t    mark = arena_mark(scratch);
    dims      d    = dims_of(s, longest(seg, n_seg));
    int       tk   = 0;
    for (int i = 0; i < n_seg; i++)
        if (seg[i].k0 + seg[i].nk > tk) tk = seg[i].k0 + seg[i].nk;
    tile16 none;
    size_t stride = tile16_cut(&none, NULL, d, true);
    char  *mem    = arena_alloc(scratch, stride * (size_t)par_threads());
    float *part   = arena_floats(scratch, (size_t)tk * (size_t)(s->heads * s->rope));
#pragma omp parallel for schedule(dynamic, 1)
    for (int j = 0; j < n_seg * s->heads; j++) {
        tile16 t;
        tile16_cut(&t, mem + stride * (size_t)par_id(), d, true);
        t.dkr = part;
        bwd_head(&t, s, &seg[j / s->heads], dq, dkv, dout, o, lse, q, kv, kr, j % s->heads);
    }
    op_attn_sum_heads(dkr, lddkr, part, s, seg, n_seg);
    arena_reset(scratch, mark);
    prof_leave(was);
}
