/* backward.c -- loss and gradients of the whole model, and what the trainer keeps beside the weights.
 *
 * The output head never holds [T, vocab]: rows go through it in chunks, and a chunk's logits turn into their
 * gradient and leave through the head's backward at once. */
#include <string.h>
#include "base/par.h"
#include "base/prof.h"
#include "kernel/kern.h"
#include "model/forward.h"
#include "tensor/op_act.h"
#include "tensor/op_embed.h"
#include "tensor/op_loss.h"
#include "tensor/op_norm.h"

enum { CHUNK = 512 }; /* rows through the head at a time: 512 x 2048 logits are 4 MB */

size_t train_head_bytes(const model *m) {
    size_t V = (size_t)m->c.vocab_size;
    return arena_round(CHUNK * V * 4) * 2 + arena_round((size_t)par_threads() * V * 4) +
           op_linear_bytes(CHUNK, (int)V, m->c.hidden_size);
}

bool model_train_begin(model *m, dtype compute, err *e) {
    if (compute != DT_F32 && compute != DT_BF16)
        return err_set(e, "training computes in f32 or bf16, not %s", dtype_name(compute));
    if (m->c.qat_bits && compute != DT_BF16) return err_set(e, "an 8-bit model is trained in bf16, not f32");
    if (m->file) return err_set(e, "a model mapped from a GGUF file cannot be trained; convert it to a folder first");
    if (m->c.num_nextn_predict_layers > 1)
        return err_set(e, "training supports one MTP layer, the model has %d", m->c.num_nextn_predict_layers);
    size_t n = 0;
    for (int i = 0; i < m->n_params; i++) n += arena_round((size_t)tensor_count(&m->param[i].w) * 4);
    mem_free(m->train);
    char *at = m->train = mem_calloc(n * 3 + n / 2 + (size_t)m->n_params * 64, 1);
    m->compute          = compute;
    for (int i = 0; i < m->n_params; i++) {
        param *p     = &m->param[i];
        size_t count = (size_t)tensor_count(&p->w), b = arena_round(count * 4);
        p->g = (float *)at;
        p->m = (float *)(at + b);
        p->v = (float *)(at + 2 * b);
        at += 3 * b;
        if (compute == DT_BF16) {
            p->wb = (uint16_t *)at;
            at += arena_round(count * 2);
        }
    }
    model_refresh(m);
    return true;
}

/* The policy from row t on. */
static const loss_policy *policy_from(loss_policy *to, const loss_policy *pol, int t, float *tmp) {
    if (!pol) return NULL;
    *to     = *pol;
    to->tmp = pol->adv ? tmp : NULL;
    if (to->adv) to->adv += t;
    if (to->old) to->old += t;
    if (to->ref) to->ref += t;
    return to;
}

/* Loss of rows [0, p->T) through the head, and with backward dh [T, D] assigned. */
static void head_loss(pass *p, const void *h_ct, float *dh, const int32_t *tgt, const float *w, float scale,
                      const loss_policy *pol, loss_sums *sums) {
    loss_policy part;
    model *m    = p->m;
    lin    head = lin_of(m->head);
    int    V = head.out, D = head.in;
    prof_part was = prof_enter(PROF_LOSS);
    size_t mark   = arena_mark(p->s);
    float *logits = arena_floats(p->s, (size_t)CHUNK * (size_t)V);
    float *tmp    = pol && pol->adv ? arena_floats(p->s, (size_t)par_threads() * (size_t)V) : NULL;
    void  *dl     = dh ? arena_alloc(p->s, (size_t)CHUNK * (size_t)V * ct_bytes(p->ct)) : NULL;
    for (int t = 0; t < p->Tp; t += CHUNK) {
        int         n = p->Tp - t < CHUNK ? p->Tp - t : CHUNK;
        const void *h = (const char *)h_ct + (size_t)t * (size_t)D * ct_bytes(p->ct);
        op_linear_fwd(logits, h, p->ct, n, &head, p->s);
        op_xent(sums, dl, p->ct, logits, tgt + t, w + t, scale, n, V, policy_from(&part, pol, t, tmp));
        if (sums->each) sums->each += n;
        if (sums->top) sums->top += n;
        sums->n_each = sums->n_each > n ? sums->n_each - n : 0; /* rows of the padding have no place there */
        if (dh) op_linear_bwd(dh + (size_t)t * (size_t)D, DT_F32, false, dl, p->ct, h, p->ct, n, &head, p->s);
    }
    arena_reset(p->s, mark);
    prof_leave(was);
}

/* Padded copies of the batch; the MTP module predicts one token further within the same document. */
static void copy_rows(pass *p, model_work *w, const train_rows *b) {
    size_t n = (size_t)p->T, pad = (size_t)(p->Tp - p->T);
    memcpy(w->tok, b->r.tok, n * 4);
    memcpy(w->tgt, b->tgt, n * 4);
    memcpy(w->w, b->w, n * 4);
    memset(w->tok + n, 0, pad * 4);
    memset(w->tgt + n, 0, pad * 4);
    memset(w->w + n, 0, pad * 4);
    memset(w->tgt2, 0, (n + pad) * 4);
    memset(w->w2, 0, (n + pad) * 4);
    memcpy(w->next, w->tgt, (n + pad) * 4);
    for (int q = 0; q < p->n_seq; q++) {
        int a = p->start[q], z = p->start[q + 1];
        for (int t = a; t < z - 1; t++) w->next[t] = w->tok[t + 1];
        w->next[z - 1] = 0; /* no next token in this document: its row is computed and not used */
        for (int t = a; t < z - 2; t++) {
            w->tgt2[t] = w->tgt[t + 1];
            w->w2[t]   = w->w[t + 1];
        }
    }
}

static void trunk_bwd(pass *p, model_work *w, const float *dh) {
    model *m    = p->m;
    int    D    = m->c.hidden_size;
    size_t mark = arena_mark(p->s), n = (size_t)p->Tp * (size_t)D;
    float *d = arena_floats(p->s, n);
    memset(d, 0, n * 4);
    op_norm_bwd(d, D, m->norm->g, dh, D, w->out, D, m->norm->w.data, w->rf, p->Tp, D, p->s);
    for (int l = m->c.num_hidden_layers - 1; l >= 0; l--) block_bwd(p, &m->block[l], &w->act[l], d);
    op_embed_bwd(d, w->tok, p->Tp, m->embed);
    arena_reset(p->s, mark);
}

void model_loss(model *m, model_work *w, const train_rows *b, const loss_args *args, model_losses *out) {
    pass p;
    pass_begin(&p, w, &b->r, ATTN_PLAIN);
    p.loss = args;
    copy_rows(&p, w, b);
    size_t    n  = (size_t)p.Tp * (size_t)m->c.hidden_size;
    float    *dh = args->backward ? arena_floats(p.s, n) : NULL, *dmh = args->backward ? arena_floats(p.s, n) : NULL;
    loss_sums s  = {.each = args->row_nll, .top = args->row_top, .n_each = p.T};
    loss_sums s2 = {.top = args->row_draft, .n_each = p.T};
    bool      mtp = m->c.num_nextn_predict_layers > 0 && args->mtp_lambda > 0;
    trunk_fwd(&p, w, w->tok);
    head_loss(&p, w->hid_ct, dh, w->tgt, w->w, args->scale, args->policy, &s);
    if (mtp) {
        mtp_fwd(&p, w, 0, w->hid, w->next);
        head_loss(&p, w->mhid_ct, dmh, w->tgt2, w->w2, args->scale * args->mtp_lambda, NULL, &s2);
        if (dmh) mtp_bwd(&p, w, 0, dmh, dh);
    }
    if (dh) trunk_bwd(&p, w, dh);
    *out = (model_losses){s.nll, s.n, s2.nll, s2.n, s.hit, s2.hit, m->n_moe ? p.balance / m->n_moe : 0, s.pol};
}

int model_moe_layers(const model *m) { return m->n_moe; }

int64_t *model_expert_load(model *m, int i) { return m->load + (size_t)i * (size_t)m->c.n_routed_experts; }

double model_gate_entropy(const model *m, int i) { return m->gate[i].rows > 0 ? m->gate[i].entropy / m->gate[i].rows : 0; }
void   model_gate_sums(const model *m, int i, double v[2]) { v[0] = m->gate[i].rows, v[1] = m->gate[i].entropy; }
void   model_gate_set(model *m, int i, const double v[2]) { m->gate[i].rows = v[0], m->gate[i].entropy = v[1]; }

static void update_bias(const model *m, const block_w *b, float gamma) {
    if (b->moe < 0) return;
    int64_t *load = m->load + (size_t)b->moe * (size_t)m->c.n_routed_experts, sum = 0;
    int      E    = m->c.n_routed_experts;
    float   *bias = b->bias ? b->bias->w.data : NULL;
    for (int i = 0; i < E; i++) sum += load[i];
    for (int i = 0; bias && i < E; i++) {
        int64_t d = sum - load[i] * E; /* (mean - load) * E */
        bias[i] += d > 0 ? gamma : d < 0 ? -gamma : 0;
    }
    memset(load, 0, (size_t)E * sizeof *load);
    m->gate[b->moe] = (gate_sums){0};
}

void model_bias_update(model *m, float gamma) {
    for (int l = 0; l < m->c.num_hidden_layers; l++) update_bias(m, &m->block[l], gamma);
    for (int k = 0; k < m->c.num_nextn_predict_layers; k++) update_bias(m, &m->mtp[k].block, gamma);
}
