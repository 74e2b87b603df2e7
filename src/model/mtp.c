/* mtp.c -- the multi-token-prediction module (DeepSeek-V3, section 2.2, eq. 21-25): from the main model's hidden state
 * of token i and the embedding of token i+1 it predicts token i+2. Trained beside the main loss with a small weight; in
 * inference it drafts the token after next for almost nothing, since embedding and head are shared. */
#include <string.h>
#include "model/forward.h"
#include "tensor/op_embed.h"
#include "tensor/op_norm.h"

/* x = eh_proj [enorm(emb(next)) ; hnorm(h)], one block, shared_head.norm (V3 eq. 21-23). */
void mtp_fwd(pass *p, model_work *w, int depth, const float *h, const int32_t *next) {
    model       *m   = w->m;
    const mtp_w *t   = &m->mtp[depth];
    int          D   = m->c.hidden_size;
    float        eps = m->c.rms_norm_eps;
    acts        *a   = work_acts(w, m->c.num_hidden_layers + depth);
    lin          eh  = lin_of(t->eh_proj);
    op_embed_fwd(w->emb, next, p->Tp, m->embed);
    op_norm_fwd(w->cat, 2 * D, p->ct, w->re, w->emb, D, t->enorm->w.data, eps, p->Tp, D);
    op_norm_fwd((char *)w->cat + (size_t)D * ct_bytes(p->ct), 2 * D, p->ct, w->rh, h, D, t->hnorm->w.data, eps, p->Tp,
                D);
    op_linear_fwd(a->x, w->cat, p->ct, p->Tp, &eh, p->s);
    block_fwd(p, &t->block, a, 0, w->mout);
    op_norm_fwd(w->mhid, D, DT_F32, w->rm, w->mout, D, t->norm->w.data, eps, p->Tp, D);
    if (p->ct != DT_F32) op_cast(w->mhid_ct, p->ct, w->mhid, (size_t)p->Tp * (size_t)D);
}

/* Backward of mtp_fwd; dmh [T, D] is the gradient at shared_head.norm's output; dh [T, D] += that at the trunk's. */
void mtp_bwd(pass *p, model_work *w, int depth, const float *dmh, float *dh) {
    model       *m    = p->m;
    const mtp_w *t    = &m->mtp[depth];
    int          D    = m->c.hidden_size;
    acts        *a    = work_acts(w, m->c.num_hidden_layers + depth);
    size_t       mark = arena_mark(p->s), n = (size_t)p->Tp * (size_t)D;
    lin          eh = lin_of(t->eh_proj);
    float       *d = arena_floats(p->s, n), *dcat = arena_floats(p->s, 2 * n), *demb = arena_floats(p->s, n);
    memset(d, 0, n * 4);
    op_norm_bwd(d, D, t->norm->g, dmh, D, w->mout, D, t->norm->w.data, w->rm, p->Tp, D, p->s);
    block_bwd(p, &t->block, a, d);
    op_linear_bwd(dcat, DT_F32, false, d, DT_F32, w->cat, p->ct, p->Tp, &eh, p->s);
    memset(demb, 0, n * 4);
    op_norm_bwd(demb, D, t->enorm->g, dcat, 2 * D, w->emb, D, t->enorm->w.data, w->re, p->Tp, D, p->s);
    op_norm_bwd(dh, D, t->hnorm->g, dcat + D, 2 * D, w->hid, D, t->hnorm->w.data, w->rh, p->Tp, D, p->s);
    op_embed_bwd(demb, w->next, p->Tp, m->embed);
    arena_reset(p->s, mark);
}
