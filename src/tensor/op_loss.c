#include "tensor/op_loss.h"
#include <math.h>
#include <string.h>
#include "base/par.h"
#include "kernel/kern.h"

static const float EXP_MAX = 30; /* a ratio beyond e^30 is a model gone wrong: gradients stay finite, to be clipped */

static int argmax(const float *l, int V, float m) {
    int i = 0;
    while (i < V - 1 && l[i] < m) i++;
    return i;
}

typedef struct row_out {
    float nll, loss, kl, entropy, drift;
    bool  hit, clipped;
} row_out;

/* L / w of row i, and its derivative by -log p. */
static float policy_row(const loss_policy *p, int i, float logp, row_out *o) {
    float a = p->adv[i], x = logp - p->old[i], r = expf(fminf(x, EXP_MAX));
    float bound = fminf(fmaxf(r, 1 - p->clip_low), 1 + p->clip_high);
    o->clipped  = (a > 0 && r > 1 + p->clip_high) || (a < 0 && r < 1 - p->clip_low);
    o->loss     = -fminf(r * a, bound * a);
    o->drift    = fabsf(x);
    float g     = o->clipped ? 0 : r * a;
    if (p->ref) {
        float d = fminf(p->ref[i] - logp, EXP_MAX), e = expf(d);
        o->kl = e - d - 1;
        o->loss += p->kl * o->kl;
        g += p->kl * (e - 1);
    }
    return g;
}

/* One row; g = scale * w. */
static void row(float *l, int tgt, float g, const loss_policy *p, int i, void *d, dtype dt, int V, row_out *o,
                int *top) {
    float *tmp = p && p->tmp ? p->tmp + (size_t)par_id() * (size_t)V : NULL;
    if (p && p->temp != 1) K->scale_f32(l, 1 / p->temp, V);
    if (tmp) memcpy(tmp, l, (size_t)V * 4);
    float m = K->max_f32(l, V), lt = l[tgt];
    if (top) *top = argmax(l, V, m);
    float sum  = K->exp_sum(l, m, V);
    o->hit     = lt >= m;
    o->nll     = logf(sum) + m - lt;
    o->entropy = tmp ? logf(sum) + m - K->dot_f32(l, tmp, V) / sum : 0;
    if (p) {
        if (p->adv) g *= policy_row(p, i, -o->nll, o);
        g /= p->temp;
    }
    if (!d) return;
    K->scale_f32(l, g / sum, V);
    l[tgt] -= g;
    if (dt == DT_BF16) K->f32_to_bf16(d, l, (size_t)V);
    else memcpy(d, l, (size_t)V * 4);
}

static void add_policy(policy_sums *s, float w, const row_out *o) {
    s->rows++;
    s->loss += (double)w * (double)o->loss;
    s->kl += (double)o->kl;
    s->entropy += (double)o->entropy;
    s->clipped += o->clipped;
    s->drift += (double)o->drift;
}

void op_xent(loss_sums *s, void *dlogits, dtype dt, float *logits, const int32_t *tgt, const float *w, float scale,
             int n, int V, const loss_policy *p) {
    row_out out[XENT_ROWS_MAX];
    size_t  row_bytes = (size_t)V * (dt == DT_BF16 ? 2 : 4);
#pragma omp parallel for schedule(static)
    for (int i = 0; i < n; i++) {
        void *d   = dlogits ? (char *)dlogits + (size_t)i * row_bytes : NULL;
        int  *top = s->top && i < s->n_each ? s->top + i : NULL;
        if (top) *top = -1;
        memset(&out[i], 0, sizeof out[i]);
        if (w[i] != 0) row(logits + (size_t)i * (size_t)V, tgt[i], scale * w[i], p, i, d, dt, V, &out[i], top);
        else if (d) memset(d, 0, row_bytes);
    }
    for (int i = 0; i < n; i++) {
        s->nll += (double)w[i] * (double)out[i].nll;
        s->n += (double)w[i];
        s->hit += out[i].hit ? (double)w[i] : 0;
        if (s->each && i < s->n_each) s->each[i] = w[i] * out[i].nll;
        if (p && w[i] != 0) add_policy(&s->pol, w[i], &out[i]);
    }
}
