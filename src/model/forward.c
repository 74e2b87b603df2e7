/* forward.c -- the one forward: rows in, hidden states out; for training, scoring, decoding and drafting alike. */
#include "model/forward.h"
#include <string.h>
#include "base/par.h"
#include "tensor/op_embed.h"
#include "tensor/op_norm.h"

enum { PLAIN_CTX_MAX = 8192 };

/* Everything a work holds, taken from `a` in order; run once with a counting arena, once for real. */
static void layout(model_work *w, arena *a) {
    model *m     = w->m;
    bool   train = w->kind == WORK_TRAIN;
    dtype  ct    = w->ct;
    int    T     = train ? (w->max_rows + ROW_PAD - 1) / ROW_PAD * ROW_PAD : w->max_rows;
    size_t t = (size_t)T, D = (size_t)m->c.hidden_size, cb = ct_bytes(ct);
    int    L = m->c.num_hidden_layers, n_mtp = m->c.num_nextn_predict_layers;
    if (train) {
        for (int l = 0; l < L; l++) acts_alloc(&w->act[l], a, m, &m->block[l], T, ct, true);
        for (int k = 0; k < n_mtp; k++) acts_alloc(&w->act[L + k], a, m, &m->mtp[k].block, T, ct, true);
    } else {
        acts_alloc(&w->act[0], a, m, NULL, T, ct, false);
    }
    w->out     = arena_floats(a, t * D);
    w->hid     = arena_floats(a, t * D);
    w->hid_ct  = ct == DT_F32 ? w->hid : arena_alloc(a, t * D * cb);
    w->rf      = arena_floats(a, t);
    w->cat     = arena_alloc(a, 2 * t * D * cb);
    w->emb     = arena_floats(a, t * D);
    w->re      = arena_floats(a, t);
    w->rh      = arena_floats(a, t);
    w->mout    = arena_floats(a, t * D);
    w->mhid    = arena_floats(a, t * D);
    w->mhid_ct = ct == DT_F32 ? w->mhid : arena_alloc(a, t * D * cb);
    w->rm      = arena_floats(a, t);
    w->tok     = arena_alloc(a, t * 4);
    w->next    = arena_alloc(a, t * 4);
    w->tgt     = arena_alloc(a, t * 4);
    w->tgt2    = arena_alloc(a, t * 4);
    w->w       = arena_floats(a, t);
    w->w2      = arena_floats(a, t);
    w->pos     = arena_alloc(a, t * 4);
    w->seg     = arena_alloc(a, t * sizeof(attn_seg));
    w->start   = arena_alloc(a, (t + 1) * 4);
}

model_work *work_new(model *m, int max_rows, work_kind kind, err *e) {
    if (max_rows < 1 || max_rows > 1 << 20) {
        err_set(e, "work of %d rows: expected 1..%d", max_rows, 1 << 20);
        return NULL;
    }
    if (kind == WORK_TRAIN && !m->train) {
        err_set(e, "a training work needs model_train_begin first");
        return NULL;
    }
    model_work *w = mem_calloc(1, sizeof *w);
    w->m          = m;
    w->kind       = kind;
    w->max_rows   = max_rows;
    /* A model that trains in bf16 answers in bf16, too: the same rounding, and half the memory to read. */
    w->ct        = kind == WORK_TRAIN || m->compute == DT_BF16 || !m->c.qat_bits ? m->compute : DT_BF16;
    w->plain_ctx = m->c.max_position_embeddings < PLAIN_CTX_MAX ? m->c.max_position_embeddings : PLAIN_CTX_MAX;
    int n        = kind == WORK_TRAIN ? m->c.num_hidden_layers + m->c.num_nextn_predict_layers : 1;
    w->act       = mem_calloc((size_t)n, sizeof(acts));
    arena count = {.base = NULL, .size = SIZE_MAX / 2}; /* its addresses are never read: only how far they go matters */
    layout(w, &count);
    arena_init(&w->fixed, count.used);
    layout(w, &w->fixed);
    size_t head = train_head_bytes(m);
    arena_init(&w->s, block_scratch(m, max_rows, kind == WORK_TRAIN ? 0 : w->plain_ctx, kind == WORK_TRAIN) +
                          (kind == WORK_TRAIN ? head : 0) +
                          op_linear_bytes(max_rows + ROW_PAD, m->c.vocab_size, m->c.hidden_size));
    return w;
}

void work_free(model_work *w) {
    if (!w) return;
    arena_free(&w->fixed);
    arena_free(&w->s);
    mem_free(w->act);
    mem_free(w);
}

int work_max_rows(const model_work *w) { return w->max_rows; }

void pass_begin(pass *p, model_work *w, const model_rows *r, attn_mode mode) {
    bool train = w->kind == WORK_TRAIN;
    *p = (pass){.m = w->m, .T = r->T, .tok = r->tok, .start = r->start, .n_seq = r->n_seq, .kv = r->kv, .mode = mode};
    p->ct    = w->ct;
    p->Tp    = train ? (r->T + ROW_PAD - 1) / ROW_PAD * ROW_PAD : r->T;
    p->train = train;
    p->pos   = w->pos;
    p->seg   = w->seg;
    p->s     = &w->s;
    arena_reset(p->s, 0);
    for (int q = 0; q < r->n_seq; q++) {
        int past = r->kv ? r->kv[q]->len : 0, n = r->start[q + 1] - r->start[q];
        for (int i = 0; i < n; i++) w->pos[r->start[q] + i] = past + i;
        w->seg[q] = (attn_seg){r->start[q], n, r->start[q], past + n};
    }
    for (int t = p->T; t < p->Tp; t++) w->pos[t] = 0;
}

static void grow_caches(const pass *p) {
    if (p->kv)
        for (int q = 0; q < p->n_seq; q++) p->kv[q]->len = p->seg[q].nk;
}

/* Where block l reads its input: its own buffer in training, the shared one in inference. */
acts *work_acts(model_work *w, int l) { return &w->act[w->kind == WORK_TRAIN ? l : 0]; }

void trunk_fwd(pass *p, model_work *w, const int32_t *tok) {
    model *m = w->m;
    int    L = m->c.num_hidden_layers, D = m->c.hidden_size;
    op_embed_fwd(work_acts(w, 0)->x, tok, p->Tp, m->embed);
    for (int l = 0; l < L; l++) {
        float *y = l + 1 < L ? work_acts(w, l + 1)->x : w->out;
        block_fwd(p, &m->block[l], work_acts(w, l), l, y);
    }
    op_norm_fwd(w->hid, D, DT_F32, w->rf, w->out, D, m->norm->w.data, m->c.rms_norm_eps, p->Tp, D);
    if (p->ct != DT_F32) op_cast(w->hid_ct, p->ct, w->hid, (size_t)p->Tp * (size_t)D);
}

const float *model_forward(model *m, model_work *w, const model_rows *r, attn_mode mode) {
    pass      p;
    loss_args none = {0};
    (void)m;
    pass_begin(&p, w, r, mode);
    p.loss = &none;
    memcpy(w->tok, r->tok, (size_t)r->T * 4);
    for (int t = p.T; t < p.Tp; t++) w->tok[t] = 0;
    trunk_fwd(&p, w, w->tok);
    grow_caches(&p);
    return w->hid;
}

const float *model_mtp(model *m, model_work *w, int depth, const model_rows *r, const float *h, const int32_t *next,
                       attn_mode mode) {
    pass      p;
    loss_args none = {0};
    (void)m;
    pass_begin(&p, w, r, mode);
    p.loss = &none;
    memcpy(w->next, next, (size_t)r->T * 4);
    for (int t = p.T; t < p.Tp; t++) w->next[t] = 0;
    mtp_fwd(&p, w, depth, h, w->next);
    grow_caches(&p);
    return w->mhid;
}

void model_logits(model *m, model_work *w, const float *h, int n, float *logits) {
    lin    head = lin_of(m->head);
    size_t mark = arena_mark(&w->s), count = (size_t)n * (size_t)m->c.hidden_size;
    if (w->ct == DT_BF16) { /* as in training */
        uint16_t *hb = arena_alloc(&w->s, count * 2);
        op_cast(hb, DT_BF16, h, count);
        op_linear_fwd(logits, hb, DT_BF16, n, &head, &w->s);
    } else {
        op_linear_fwd(logits, h, DT_F32, n, &head, &w->s);
    }
    arena_reset(&w->s, mark);
}
