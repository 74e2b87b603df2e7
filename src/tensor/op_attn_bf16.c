/* op_attn_bf16.c -- the attention of op_attn.h with its products in bf16: for training in bf16 on CPUs that multiply
 * it.
 *
 * The same blocks and the same formulas as op_attn.c. Queries carry the scale. What is multiplied (q, k, v, P, dO, dS)
 * is rounded to bf16, what is summed (scores, log-sum-exp, outputs, gradients) is float32. For one (segment, head):
 *
 *   S = Qb Kc        Kc: keys as columns           dP = dOb Vc      Vc: values as columns
 *   O = P Vr         Vr: values as rows            dQ = dS Kr       Kr: keys as rows
 *   dV^T += dOb^T P  P, dS: rows of the block      dK^T += Qb^T dS
 *
 * Every right factor is in panels (kern.h). dV and dK are kept transposed, so that P and dS are right factors there too
 * and need no transposition, only their rows in pairs. Widths are padded with zeros to what bgemm takes. */
#include <math.h>
#include <string.h>
#include "base/par.h"
#include "base/prof.h"
#include "kernel/kern.h"
#include "tensor/op_attn.h"

enum { BQ = 64 };

static int round_to(int n, int m) { return (n + m - 1) / m * m; }

typedef struct dims {
    int qd, vd, nk; /* padded: key width, value width, keys */
} dims;

static dims dims_of(const attn_shape *s, int max_nk) {
    return (dims){round_to(s->nope + s->rope, 32), round_to(s->v, 32), round_to(max_nk, 32)};
}

typedef struct tile16 {
    dims      d;
    uint16_t *rows;                   /* [nk, max(qd, vd)] keys, then values, as rows */
    uint16_t *kc, *vr, *kr, *vc;      /* panels */
    uint16_t *q, *p, *pp;             /* [BQ, qd], [BQ, nk], panels of P or dS */
    uint16_t *dout, *ds, *qt, *dt;    /* [BQ, vd], [BQ, nk], [qd, BQ], [vd, BQ] */
    float    *s, *dp, *o, *dkt, *dvt; /* [BQ, nk], [BQ, nk], [BQ, max(qd, vd)], [qd, nk], [vd, nk] */
    float    *dkr;                    /* as in op_attn.c */
} tile16;

/* Hands out pieces of a block of memory; with mem NULL it counts. */
typedef struct cutter {
    char  *mem;
    size_t used;
} cutter;

static void *take(cutter *c, size_t bytes) {
    void *p = c->mem ? c->mem + c->used : NULL;
    c->used += (bytes + 63) & ~(size_t)63;
    return p;
}

static size_t tile16_cut(tile16 *t, char *mem, dims d, bool backward) {
    cutter c  = {mem, 0};
    size_t nk = (size_t)d.nk, qd = (size_t)d.qd, vd = (size_t)d.vd, w = qd > vd ? qd : vd;
    t->d    = d;
    t->rows = take(&c, nk * w * 2);
    t->kc   = take(&c, nk * qd * 2);
    t->q    = take(&c, BQ * qd * 2);
    t->p    = take(&c, BQ * nk * 2);
    t->s    = take(&c, BQ * nk * 4);
    t->o    = take(&c, BQ * w * 4);
    if (!backward) {
        t->vr = take(&c, nk * vd * 2);
        return c.used;
    }
    t->kr   = take(&c, nk * qd * 2);
    t->vc   = take(&c, nk * vd * 2);
    t->pp   = take(&c, BQ * nk * 2);
    t->dout = take(&c, BQ * vd * 2);
    t->ds   = take(&c, BQ * nk * 2);
    t->qt   = take(&c, BQ * qd * 2);
    t->dt   = take(&c, BQ * vd * 2);
    t->dp   = take(&c, BQ * nk * 4);
    t->dkt  = take(&c, nk * qd * 4);
    t->dvt  = take(&c, nk * vd * 4);
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

/* ---- rows to padded rows */
static void copy_rows(uint16_t *y, int ldy, const uint16_t *x, int ldx, int rows, int cols) {
    for (int r = 0; r < rows; r++) memcpy(y + (size_t)r * (size_t)ldy, x + (size_t)r * (size_t)ldx, (size_t)cols * 2);
}

static void zero_tail(uint16_t *y, int ld, int rows, int all_rows, int cols) {
    for (int r = 0; r < rows && cols < ld; r++) memset(y + (size_t)r * (size_t)ld + cols, 0, (size_t)(ld - cols) * 2);
    memset(y + (size_t)rows * (size_t)ld, 0, (size_t)(all_rows - rows) * (size_t)ld * 2);
}

static void load_keys(const tile16 *t, const attn_shape *s, const attn_seg *g, const uint16_t *kv, const float *kr,
                      int h) {
    int ldkv = s->heads * (s->nope + s->v), qd = t->d.qd;
    copy_rows(t->rows, qd, kv + (size_t)g->k0 * (size_t)ldkv + h * (s->nope + s->v), ldkv, g->nk, s->nope);
    for (int i = 0; i < g->nk; i++)
        K->f32_to_bf16(t->rows + (size_t)i * (size_t)qd + s->nope, kr + (size_t)(g->k0 + i) * (size_t)s->ldkr,
                       (size_t)s->rope);
    zero_tail(t->rows, qd, g->nk, round_to(g->nk, 32), s->nope + s->rope);
}

static void load_values(const tile16 *t, const attn_shape *s, const attn_seg *g, const uint16_t *kv, int h) {
    int ldkv = s->heads * (s->nope + s->v);
    copy_rows(t->rows, t->d.vd, kv + (size_t)g->k0 * (size_t)ldkv + h * (s->nope + s->v) + s->nope, ldkv, g->nk, s->v);
    zero_tail(t->rows, t->d.vd, g->nk, round_to(g->nk, 32), s->v);
}

/* n rows of one head; the block is padded to whole 32 rows. */
static void load_block(uint16_t *y, int ldy, const uint16_t *x, int ldx, int n, int cols) {
    copy_rows(y, ldy, x, ldx, n, cols);
    zero_tail(y, ldy, n, round_to(n, 32), cols);
}

/* ---- forward */
/* One block's probabilities, not yet divided by their sums, into p; the reciprocal sums into inv. */
static void soften(const tile16 *t, float scale, int seen, int n, int nk, float *inv, float *lse, int ldlse) {
    for (int i = 0; i < n; i++) {
        const float *row = t->s + (size_t)i * (size_t)nk;
        int          k   = seen + i + 1;
        float        m   = K->max_f32(row, k) * scale;
        float        sum = K->exp_sum_bf16(t->p + (size_t)i * (size_t)nk, row, scale, m, k);
        inv[i]           = 1 / sum;
        if (lse) lse[(size_t)i * (size_t)ldlse] = m + logf(sum);
        memset(t->p + (size_t)i * (size_t)nk + k, 0, (size_t)(nk - k) * 2);
    }
    memset(t->p + (size_t)n * (size_t)nk, 0, (size_t)(round_to(n, 16) - n) * (size_t)nk * 2);
}

static void fwd_head(const tile16 *t, const attn_shape *s, const attn_seg *g, uint16_t *o, float *lse,
                     const uint16_t *q, const uint16_t *kv, const float *kr, int h) {
    int qd = s->nope + s->rope, ldq = s->heads * qd, ldo = s->heads * s->v, nkp = round_to(g->nk, 32);
    load_keys(t, s, g, kv, kr, h);
    K->panel_cols(t->kc, t->d.qd * 16, t->rows, t->d.qd, nkp, t->d.qd);
    load_values(t, s, g, kv, h);
    K->panel_rows(t->vr, nkp * 16, t->rows, t->d.vd, nkp, t->d.vd);
    for (int i0 = 0; i0 < g->nq; i0 += BQ) {
        int    n = g->nq - i0 < BQ ? g->nq - i0 : BQ, seen = g->nk - g->nq + i0, nk = round_to(seen + n, 32);
        int    rows = round_to(n, 16);
        size_t r0   = (size_t)(g->q0 + i0);
        float  inv[BQ];
        load_block(t->q, t->d.qd, q + r0 * (size_t)ldq + h * qd, ldq, n, qd);
        K->bgemm(rows, nk, t->d.qd, t->q, t->d.qd, t->kc, t->d.qd * 16, BGEMM_F32, t->s, nk);
        soften(t, s->scale, seen, n, nk, inv, lse ? lse + r0 * (size_t)s->heads + h : NULL, s->heads);
        K->bgemm(rows, t->d.vd, nk, t->p, nk, t->vr, nkp * 16, BGEMM_F32, t->o, t->d.vd);
        for (int i = 0; i < n; i++) {
            size_t r = r0 + (size_t)i;
            K->scale_bf16(o + r * (size_t)ldo + h * s->v, inv[i], t->o + (size_t)i * (size_t)t->d.vd, s->v);
        }
    }
}

void op_attn_fwd_bf16(uint16_t *o, float *lse, const uint16_t *q, const uint16_t *kv, const float *kr,
                      const attn_shape *s, const attn_seg *seg, int n_seg, arena *scratch) {
    prof_part was = prof_enter(PROF_ATTN_FWD);
    size_t mark = arena_mark(scratch);
    dims   d    = dims_of(s, longest(seg, n_seg));
    tile16 none;
    size_t stride = tile16_cut(&none, NULL, d, false);
    char  *mem    = arena_alloc(scratch, stride * (size_t)par_threads());
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
/* P of one block recomputed, dS from it; both in bf16, rows padded to 32 with zeros. */
static void block_grads(const tile16 *t, float scale, const float *lse, int ldlse, int seen, int n, int nk) {
    for (int i = 0; i < n; i++) {
        size_t at = (size_t)i * (size_t)nk;
        int    k  = seen + i + 1;
        K->softmax_bwd_bf16(t->p + at, t->ds + at, t->s + at, t->dp + at, scale, lse[(size_t)i * (size_t)ldlse], k);
        memset(t->p + at + k, 0, (size_t)(nk - k) * 2);
        memset(t->ds + at + k, 0, (size_t)(nk - k) * 2);
    }
    size_t at = (size_t)n * (size_t)nk, left = (size_t)(round_to(n, 32) - n) * (size_t)nk * 2;
    memset(t->p + at, 0, left);
    memset(t->ds + at, 0, left);
}

static void bwd_block(const tile16 *t, const attn_shape *s, const attn_seg *g, uint16_t *dq, const uint16_t *dout,
                      const float *lse, const uint16_t *q, int h, int i0) {
    int    qd = s->nope + s->rope, ldq = s->heads * qd, ldo = s->heads * s->v, nkp = round_to(g->nk, 32);
    int    n = g->nq - i0 < BQ ? g->nq - i0 : BQ, seen = g->nk - g->nq + i0, nk = round_to(seen + n, 32);
    int    rows = round_to(n, 32), QD = t->d.qd, VD = t->d.vd;
    size_t r0 = (size_t)(g->q0 + i0);
    load_block(t->q, QD, q + r0 * (size_t)ldq + h * qd, ldq, n, qd);
    load_block(t->dout, VD, dout + r0 * (size_t)ldo + h * s->v, ldo, n, s->v);
    K->bgemm(rows, nk, QD, t->q, QD, t->kc, QD * 16, BGEMM_F32, t->s, nk);
    K->bgemm(rows, nk, VD, t->dout, VD, t->vc, VD * 16, BGEMM_F32, t->dp, nk);
    block_grads(t, s->scale, lse + r0 * (size_t)s->heads + h, s->heads, seen, n, nk);
    K->transpose_u16(t->dt, BQ, t->dout, VD, rows, VD);
    K->panel_rows(t->pp, rows * 16, t->p, nk, rows, nk);
    K->bgemm(VD, nk, rows, t->dt, BQ, t->pp, rows * 16, BGEMM_ADD, t->dvt, nkp);
    K->bgemm(rows, QD, nk, t->ds, nk, t->kr, nkp * 16, BGEMM_F32, t->o, QD);
    for (int i = 0; i < n; i++)
        K->scale_bf16(dq + (r0 + (size_t)i) * (size_t)ldq + h * qd, s->scale, t->o + (size_t)i * (size_t)QD, qd);
    K->transpose_u16(t->qt, BQ, t->q, QD, rows, QD);
    K->panel_rows(t->pp, rows * 16, t->ds, nk, rows, nk);
    K->bgemm(QD, nk, rows, t->qt, BQ, t->pp, rows * 16, BGEMM_ADD, t->dkt, nkp);
}

static void bwd_head(const tile16 *t, const attn_shape *s, const attn_seg *g, uint16_t *dq, uint16_t *dkv,
                     const uint16_t *dout, const float *lse, const uint16_t *q, const uint16_t *kv, const float *kr,
                     int h) {
    int ldkv = s->heads * (s->nope + s->v), lddkr = s->heads * s->rope, nkp = round_to(g->nk, 32);
    load_keys(t, s, g, kv, kr, h);
    K->panel_cols(t->kc, t->d.qd * 16, t->rows, t->d.qd, nkp, t->d.qd);
    K->panel_rows(t->kr, nkp * 16, t->rows, t->d.qd, nkp, t->d.qd);
    load_values(t, s, g, kv, h);
    K->panel_cols(t->vc, t->d.vd * 16, t->rows, t->d.vd, nkp, t->d.vd);
    memset(t->dkt, 0, (size_t)t->d.qd * (size_t)nkp * 4);
    memset(t->dvt, 0, (size_t)t->d.vd * (size_t)nkp * 4);
    for (int i0 = 0; i0 < g->nq; i0 += BQ) bwd_block(t, s, g, dq, dout, lse, q, h, i0);
    uint16_t *dk = dkv + (size_t)g->k0 * (size_t)ldkv + h * (s->nope + s->v);
    K->scale_f32(t->dkt, s->scale, (s->nope + s->rope) * nkp);
    K->f32_to_bf16(t->rows, t->dkt, (size_t)s->nope * (size_t)nkp);
    K->transpose_u16(dk, ldkv, t->rows, nkp, s->nope, g->nk);
    K->f32_to_bf16(t->rows, t->dvt, (size_t)s->v * (size_t)nkp);
    K->transpose_u16(dk + s->nope, ldkv, t->rows, nkp, s->v, g->nk);
    K->transpose_f32(t->dkr + (size_t)g->k0 * (size_t)lddkr + h * s->rope, lddkr,
                     t->dkt + (size_t)s->nope * (size_t)nkp, nkp, s->rope, g->nk);
}

void op_attn_bwd_bf16(uint16_t *dq, uint16_t *dkv, float *dkr, int lddkr, const uint16_t *dout, const float *lse,
                      const uint16_t *q, const uint16_t *kv, const float *kr, const attn_shape *s, const attn_seg *seg,
                      int n_seg, arena *scratch) {
    prof_part was = prof_enter(PROF_ATTN_BWD);
    size_t mark = arena_mark(scratch);
    dims   d    = dims_of(s, longest(seg, n_seg));
    int    tk   = 0;
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
        bwd_head(&t, s, &seg[j / s->heads], dq, dkv, dout, lse, q, kv, kr, j % s->heads);
    }
    op_attn_sum_heads(dkr, lddkr, part, s, seg, n_seg);
    arena_reset(scratch, mark);
    prof_leave(was);
}
