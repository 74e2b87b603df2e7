/* mla.c -- multi-head latent attention (DeepSeek-V2, section 2.1; V3, eq. 1-11).
 *
 * What is cached per token is not keys and values of H heads but the latent c (K floats) they are made from, and
 * one rotated key k_r (R floats) that all heads share. Two ways to attend over it:
 *
 *   plain     k_h = W_uk_h c, v_h = W_uv_h c are made for every cached token, then ordinary attention. Right when
 *             many queries share the keys (training, prefill).
 *   absorbed  (q_h . W_uk_h c) = (W_uk_h^T q_h) . c: fold W_uk into the query once, attend over the latents
 *             themselves, and apply W_uv to the one averaged latent: sum_j p_j W_uv c_j = W_uv (sum_j p_j c_j).
 *             Reads K + R floats a token instead of H (P + V): right for decoding.
 *
 * Both give the same numbers up to rounding; tests/test_golden.c holds both against the official logits. */
#include <math.h>
#include <string.h>
#include "base/par.h"
#include "kernel/kern.h"
#include "model/parts.h"
#include "tensor/op_norm.h"

enum { PLAIN_MIN = 12 }; /* new rows of a sequence from which making its keys and values pays */

static attn_shape shape(const model *m, int ldkr) {
    const cfg *c = &m->c;
    return (attn_shape){c->num_attention_heads, c->qk_nope_head_dim, c->qk_rope_head_dim, c->v_head_dim, ldkr,
                        m->attn_scale};
}

/* W_uk_h and W_uv_h of every head stand in kv_b as [H][P rows, V rows][K]; floats. */
static const float *kv_b_head(const mla_w *w, const attn_shape *s, int h) {
    const float *f = w->kv_b->wf ? w->kv_b->wf : (const float *)w->kv_b->w.data;
    return f + (size_t)h * (size_t)(s->nope + s->v) * (size_t)w->kv_b->w.ne[1];
}

/* qa [nq, H, K]: W_uk folded into the queries q [nq, H * (P+R)] */
static void fold_keys(const mla_w *w, const attn_shape *s, float *qa, const float *q, int nq) {
    int K_ = (int)w->kv_b->w.ne[1], H = s->heads, ldq = H * (s->nope + s->rope);
    for (int h = 0; h < H; h++) {
        const float *qh = q + h * (s->nope + s->rope);
        if (!w->k_b) {
            K->sgemm(nq, K_, s->nope, 1, qh, ldq, 1, kv_b_head(w, s, h), K_, false, qa + h * K_, H * K_);
            continue;
        }
        const block_q8_0 *k = w->k_b + (size_t)h * (size_t)K_ * (size_t)(s->nope / Q8_0_BLOCK);
        for (int i = 0; i < nq; i++)
            K->gemv_q8_0(qa + ((size_t)i * (size_t)H + (size_t)h) * (size_t)K_, k, qh + (size_t)i * (size_t)ldq, K_,
                         s->nope);
    }
}

enum { UNFOLD_MIN = 4 }; /* rows from which turning W_uv round for a product pays */

/* o [n, H * V] = W_uv of the heads' mean latents [n, H, K]; vt [K, V] scratch */
static void unfold_values(const mla_w *w, const attn_shape *s, float *o, const float *mean, int n, float *vt) {
    int K_ = (int)w->kv_b->w.ne[1], H = s->heads;
    for (int h = 0; h < H; h++) {
        size_t row = (size_t)h * (size_t)(s->nope + s->v) + (size_t)s->nope;
        if (!w->k_b && n >= UNFOLD_MIN) {
            K->transpose_f32(vt, s->v, kv_b_head(w, s, h) + (size_t)s->nope * (size_t)K_, K_, s->v, K_);
            K->sgemm(n, s->v, K_, 1, mean + h * K_, H * K_, 1, vt, s->v, false, o + h * s->v, H * s->v);
            continue;
        }
        for (int i = 0; i < n; i++) {
            float       *oh = o + (size_t)i * (size_t)(H * s->v) + h * s->v;
            const float *mh = mean + ((size_t)i * (size_t)H + (size_t)h) * (size_t)K_;
            if (w->k_b)
                K->gemv_q8_0(oh, (const block_q8_0 *)w->kv_b->w.data + row * (size_t)(K_ / Q8_0_BLOCK), mh, s->v, K_);
            else K->gemv_f32(oh, kv_b_head(w, s, h) + (size_t)s->nope * (size_t)K_, mh, s->v, K_);
        }
    }
}

/* One query row over n cached tokens; qa [H, K] is the folded query, prob [H, n] scratch; mean [H, K] is assigned. */
static void absorbed_row(const mla_w *w, const attn_shape *s, const float *qa, const float *q, const float *c,
                         const float *kr, int n, float *prob, float *mean) {
    int K_ = (int)w->kv_b->w.ne[1], qd = s->nope + s->rope;
    for (int h = 0; h < s->heads; h++) {
        float *p    = prob + (size_t)h * (size_t)n;
        float *rope = mean; /* free until the loop below */
        for (int j0 = 0; j0 < n; j0 += K_) {
            int k = n - j0 < K_ ? n - j0 : K_;
            K->gemv_f32(p + j0, c + (size_t)j0 * (size_t)K_, qa + (size_t)h * (size_t)K_, k, K_);
            K->gemv_f32(rope, kr + (size_t)j0 * (size_t)s->rope, q + h * qd + s->nope, k, s->rope);
            K->add_f32(p + j0, rope, (size_t)k);
        }
        K->scale_f32(p, s->scale, n);
        float sum = K->exp_sum(p, K->max_f32(p, n), n);
        K->scale_f32(p, 1 / sum, n);
    }
    K->sgemm(s->heads, K_, n, 1, prob, n, 1, c, K_, false, mean, K_);
}

/* Sequences [from, to): their rows stand side by side, each with a cache of its own. Rows of all of them are shared out
 * over the threads and fold and unfold together, which is what makes a batch of single tokens more than a loop. Works
 * on floats; in a bf16 pass the queries are widened and the result is rounded. */
static void absorbed_seqs(pass *p, const mla_w *w, acts *a, int layer, int from, int to, void *o) {
    attn_shape s  = shape(p->m, p->m->c.qk_rope_head_dim);
    int        r0 = p->seg[from].q0, n = p->seg[to - 1].q0 + p->seg[to - 1].nq - r0, longest = 0;
    int        K_ = p->m->c.kv_lora_rank, H = s.heads, ldq = H * (s.nope + s.rope), ldo = H * s.v;
    size_t     mark = arena_mark(p->s), rows = (size_t)n, q0 = (size_t)r0 * (size_t)ldq, o0 = (size_t)r0 * (size_t)ldo;
    float     *qa = arena_floats(p->s, rows * (size_t)(H * K_)), *mean = arena_floats(p->s, rows * (size_t)(H * K_));
    float     *vt  = arena_floats(p->s, (size_t)(K_ * s.v));
    int       *seq = arena_alloc(p->s, rows * sizeof *seq); /* [n] of each row */
    for (int q = from, i = 0; q < to; q++) {
        if (p->seg[q].nk > longest) longest = p->seg[q].nk;
        for (int k = 0; k < p->seg[q].nq; k++) seq[i++] = q;
    }
    size_t per = arena_round((size_t)H * (size_t)longest * 4) / 4;
    float *mem = arena_floats(p->s, per * (size_t)par_threads());
    float *qf = (float *)a->q + q0, *of = (float *)o + o0;
    if (p->ct == DT_BF16) {
        qf = arena_floats(p->s, rows * (size_t)ldq);
        of = arena_floats(p->s, rows * (size_t)ldo);
        K->bf16_to_f32(qf, (const uint16_t *)a->q + q0, rows * (size_t)ldq);
    }
    fold_keys(w, &s, qa, qf, n);
#pragma omp parallel for schedule(static) if (n > 1)
    for (int i = 0; i < n; i++) {
        const attn_seg *g  = &p->seg[seq[i]];
        const kv_cache *kv = p->kv[seq[i]];
        absorbed_row(w, &s, qa + (size_t)i * (size_t)(H * K_), qf + (size_t)i * (size_t)ldq, kv->c[layer], kv->r[layer],
                     g->nk - g->nq + (r0 + i - g->q0) + 1, mem + per * (size_t)par_id(),
                     mean + (size_t)i * (size_t)(H * K_));
    }
    unfold_values(w, &s, of, mean, n, vt);
    if (p->ct == DT_BF16) K->f32_to_bf16((uint16_t *)o + o0, of, rows * (size_t)ldo);
    arena_reset(p->s, mark);
}

/* Keys and values of the whole timeline, then ordinary attention. */
static void plain_seq(pass *p, const mla_w *w, acts *a, int layer, int q, void *o) {
    attn_shape      s    = shape(p->m, p->m->c.qk_rope_head_dim);
    const kv_cache *kv   = p->kv[q];
    attn_seg        g    = p->seg[q];
    size_t          mark = arena_mark(p->s);
    void           *all  = arena_alloc(p->s, (size_t)g.nk * (size_t)(s.heads * (s.nope + s.v)) * ct_bytes(p->ct));
    lin             kv_b = lin_of(w->kv_b);
    op_linear_fwd_as(all, p->ct, kv->c[layer], DT_F32, g.nk, &kv_b, p->s);
    g.k0 = 0;
    if (p->ct == DT_BF16) op_attn_fwd_bf16(o, NULL, a->q, all, kv->r[layer], &s, &g, 1, p->s);
    else op_attn_fwd(o, NULL, a->q, all, kv->r[layer], &s, &g, 1, p->s);
    arena_reset(p->s, mark);
}

/* Rows of the latent as the cache keeps them. In an 8-bit model that is what its 8-bit row says: kv_b then sees the
 * same integers whether keys are made from them or absorbed, and quantizing such a row again changes nothing. */
static void put_latent(const pass *p, const mla_w *w, float *y, const void *nc, int row, int K_, int8_t *q) {
    const uint16_t *h = (const uint16_t *)nc + (size_t)row * (size_t)K_;
    if (p->ct != DT_BF16) {
        memcpy(y, (const float *)nc + (size_t)row * (size_t)K_, (size_t)K_ * 4);
    } else if (w->kv_b->w8) {
        float s = K->quant_bf16(q, h, K_);
        for (int i = 0; i < K_; i++) y[i] = s * (float)q[i];
    } else {
        K->bf16_to_f32(y, h, (size_t)K_);
    }
}

static void append(pass *p, const mla_w *w, acts *a, int layer) {
    int     K_ = p->m->c.kv_lora_rank, R = p->m->c.qk_rope_head_dim;
    size_t  mark = arena_mark(p->s);
    int8_t *row  = arena_alloc(p->s, (size_t)K_);
    for (int q = 0; q < p->n_seq; q++) {
        const attn_seg *g    = &p->seg[q];
        kv_cache       *kv   = p->kv[q];
        int             past = g->nk - g->nq;
        for (int i = 0; i < g->nq; i++) {
            put_latent(p, w, kv->c[layer] + (size_t)(past + i) * (size_t)K_, a->nc, g->q0 + i, K_, row);
            memcpy(kv->r[layer] + (size_t)(past + i) * (size_t)R, a->ckv + (size_t)(g->q0 + i) * (size_t)(K_ + R) + K_,
                   (size_t)R * 4);
        }
    }
    arena_reset(p->s, mark);
}

/* q, latent and rotated key of every row; without a cache its keys and values. */
void mla_in(pass *p, const mla_w *w, acts *a) {
    const cfg *c = &p->m->c;
    int T = p->Tp, H = c->num_attention_heads, P = c->qk_nope_head_dim, R = c->qk_rope_head_dim, K_ = c->kv_lora_rank;
    const void *qin = a->n1;
    lin         q_b = lin_of(w->q_b), kv_a = lin_of(w->kv_a);
    if (w->q_a) {
        lin q_a = lin_of(w->q_a);
        op_linear_fwd2(a->cq, &q_a, a->ckv, &kv_a, DT_F32, a->n1, p->ct, T, p->s);
        op_norm_fwd(a->nq, q_a.out, p->ct, a->rq, a->cq, q_a.out, w->q_a_norm->w.data, c->rms_norm_eps, T, q_a.out);
        qin = a->nq;
    } else {
        op_linear_fwd(a->ckv, a->n1, p->ct, T, &kv_a, p->s);
    }
    op_linear_fwd_ct(a->q, qin, p->ct, T, &q_b, p->s);
    op_rope((char *)a->q + (size_t)P * ct_bytes(p->ct), p->ct, q_b.out, T, H, P + R, p->pos, &p->m->rope, false);
    op_norm_fwd(a->nc, K_, p->ct, a->rkv, a->ckv, K_ + R, w->kv_a_norm->w.data, c->rms_norm_eps, T, K_);
    op_rope(a->ckv + K_, DT_F32, K_ + R, T, 1, 0, p->pos, &p->m->rope, false);
    if (!p->kv) {
        lin kv_b = lin_of(w->kv_b);
        op_linear_fwd_ct(a->kv, a->nc, p->ct, T, &kv_b, p->s);
    }
}

static bool use_plain(const pass *p, int q) {
    if (p->mode != ATTN_AUTO) return p->mode == ATTN_PLAIN;
    return p->seg[q].nq >= PLAIN_MIN;
}

/* Attention of whole sequences, in the compute type; the padding rows of o are zeroed. */
static void attend(pass *p, acts *a, size_t HV) {
    attn_shape   s  = shape(p->m, p->m->c.kv_lora_rank + p->m->c.qk_rope_head_dim);
    const float *kr = a->ckv + p->m->c.kv_lora_rank;
    size_t       cb = ct_bytes(p->ct);
    if (p->ct == DT_BF16) op_attn_fwd_bf16(a->o, a->lse, a->q, a->kv, kr, &s, p->seg, p->n_seq, p->s);
    else op_attn_fwd(a->o, a->lse, a->q, a->kv, kr, &s, p->seg, p->n_seq, p->s);
    memset((char *)a->o + (size_t)p->T * HV * cb, 0, (size_t)(p->Tp - p->T) * HV * cb);
}

void mla_attend(pass *p, const mla_w *w, acts *a, int layer) {
    if (!p->kv) {
        attend(p, a, (size_t)w->o->w.ne[1]);
        return;
    }
    append(p, w, a, layer);
    for (int q = 0, to; q < p->n_seq; q = to) {
        to = q + 1;
        if (use_plain(p, q)) {
            plain_seq(p, w, a, layer, q, a->o);
            continue;
        }
        while (to < p->n_seq && !use_plain(p, to)) to++;
        absorbed_seqs(p, w, a, layer, q, to, a->o);
    }
}

void mla_out(pass *p, const mla_w *w, acts *a, float *y) {
    lin proj = lin_of(w->o);
    op_linear_fwd(y, a->o, p->ct, p->Tp, &proj, p->s);
}

mla_grads mla_grads_new(pass *p, const mla_w *w) {
    size_t    t = (size_t)p->Tp, cb = ct_bytes(p->ct);
    mla_grads g = {.dout = arena_alloc(p->s, t * (size_t)w->o->w.ne[1] * cb),
                   .dq   = arena_alloc(p->s, t * (size_t)w->q_b->w.ne[0] * cb),
                   .dkv  = arena_alloc(p->s, t * (size_t)w->kv_b->w.ne[0] * cb),
                   .dckv = arena_floats(p->s, t * (size_t)w->kv_a->w.ne[0])};
    return g;
}

void mla_out_bwd(pass *p, const mla_w *w, acts *a, const mla_grads *g, int r0, const float *dy) {
    lin   o    = lin_of(w->o);
    char *dout = (char *)g->dout + (size_t)r0 * (size_t)o.in * ct_bytes(p->ct);
    op_linear_bwd(dout, p->ct, false, dy, DT_F32, a->o, p->ct, p->Tp, &o, p->s);
}

/* Of dckv the rope key's part is assigned, the latent's part 0; rotations are undone in mla_in_bwd. */
void mla_attend_bwd(pass *p, acts *a, const mla_grads *g) {
    const cfg *c = &p->m->c;
    int        H = c->num_attention_heads, P = c->qk_nope_head_dim, R = c->qk_rope_head_dim, K_ = c->kv_lora_rank;
    int        lq = H * (P + R), lkv = H * (P + c->v_head_dim);
    attn_shape s  = shape(p->m, K_ + R);
    size_t     cb = ct_bytes(p->ct), t = (size_t)p->T, pad = (size_t)(p->Tp - p->T);
    memset((char *)g->dq + t * (size_t)lq * cb, 0, pad * (size_t)lq * cb);
    memset((char *)g->dkv + t * (size_t)lkv * cb, 0, pad * (size_t)lkv * cb);
    memset(g->dckv, 0, (size_t)p->Tp * (size_t)(K_ + R) * 4);
    if (p->ct == DT_BF16)
        op_attn_bwd_bf16(g->dq, g->dkv, g->dckv + K_, K_ + R, g->dout, a->o, a->lse, a->q, a->kv, a->ckv + K_, &s,
                         p->seg, p->n_seq, p->s);
    else
        op_attn_bwd(g->dq, g->dkv, g->dckv + K_, K_ + R, g->dout, a->lse, a->q, a->kv, a->ckv + K_, &s, p->seg,
                    p->n_seq, p->s);
}

void mla_in_bwd(pass *p, const mla_w *w, acts *a, const mla_grads *g, int r0, float *dn1) {
    int    T = p->Tp, H = p->m->c.num_attention_heads, P = p->m->c.qk_nope_head_dim, R = p->m->c.qk_rope_head_dim;
    int    K_   = p->m->c.kv_lora_rank;
    size_t mark = arena_mark(p->s), t = (size_t)T, at = (size_t)r0, cb = ct_bytes(p->ct);
    lin    q_b = lin_of(w->q_b), kv_a = lin_of(w->kv_a), kv_b = lin_of(w->kv_b);
    char  *dq = (char *)g->dq + at * (size_t)q_b.out * cb, *dkv = (char *)g->dkv + at * (size_t)kv_b.out * cb;
    float *dckv = g->dckv + at * (size_t)(K_ + R), *dnc = arena_floats(p->s, t * (size_t)K_);
    op_rope(dq + (size_t)P * cb, p->ct, q_b.out, T, H, P + R, p->pos, &p->m->rope, true);
    op_rope(dckv + K_, DT_F32, K_ + R, T, 1, 0, p->pos, &p->m->rope, true);
    op_linear_bwd(dnc, DT_F32, false, dkv, p->ct, a->nc, p->ct, T, &kv_b, p->s);
    op_norm_bwd(dckv, K_ + R, w->kv_a_norm->g, dnc, K_, a->ckv, K_ + R, w->kv_a_norm->w.data, a->rkv, T, K_, p->s);
    op_linear_bwd(dn1, DT_F32, false, dckv, DT_F32, a->n1, p->ct, T, &kv_a, p->s);
    if (w->q_a) {
        lin    q_a = lin_of(w->q_a);
        float *dnq = arena_floats(p->s, t * (size_t)q_a.out), *dcq = arena_floats(p->s, t * (size_t)q_a.out);
        op_linear_bwd(dnq, DT_F32, false, dq, p->ct, a->nq, p->ct, T, &q_b, p->s);
        memset(dcq, 0, t * (size_t)q_a.out * 4);
        op_norm_bwd(dcq, q_a.out, w->q_a_norm->g, dnq, q_a.out, a->cq, q_a.out, w->q_a_norm->w.data, a->rq, T, q_a.out,
                    p->s);
        op_linear_bwd(dn1, DT_F32, true, dcq, DT_F32, a->n1, p->ct, T, &q_a, p->s);
    } else {
        op_linear_bwd(dn1, DT_F32, true, dq, p->ct, a->n1, p->ct, T, &q_b, p->s);
    }
    arena_reset(p->s, mark);
}
