#include "tensor/op_loss.h"
#include <math.h>
#include <string.h>
#include "base/par.h"
#include "kernel/kern.h"

static int argmax(const float *l, int V, float m) {
    int i = 0;
    while (i < V - 1 && l[i] < m) i++;
    return i;
}

/* One row; returns nll, *hit says whether the target has the largest logit. */
static float row(float *l, int tgt, float g, void *d, dtype dt, int V, bool *hit, int *top) {
    float m = K->max_f32(l, V), lt = l[tgt];
    if (top) *top = argmax(l, V, m);
    float sum = K->exp_sum(l, m, V);
    *hit      = lt >= m;
    if (d) {
        K->scale_f32(l, g / sum, V);
        l[tgt] -= g;
        if (dt == DT_BF16) K->f32_to_bf16(d, l, (size_t)V);
        else memcpy(d, l, (size_t)V * 4);
    }
    return logf(sum) + m - lt;
}

void op_xent(loss_sums *s, void *dlogits, dtype dt, float *logits, const int32_t *tgt, const float *w, float scale,
             int n, int V) {
    float  nll[XENT_ROWS_MAX];
    bool   hit[XENT_ROWS_MAX];
    size_t row_bytes = (size_t)V * (dt == DT_BF16 ? 2 : 4);
#pragma omp parallel for schedule(static)
    for (int i = 0; i < n; i++) {
        void *d = dlogits ? (char *)dlogits + (size_t)i * row_bytes : NULL;
        nll[i]  = 0;
        hit[i]  = false;
        int *top = s->top && i < s->n_each ? s->top + i : NULL;
        if (top) *top = -1;
        if (w[i] != 0) nll[i] = row(logits + (size_t)i * (size_t)V, tgt[i], scale * w[i], d, dt, V, &hit[i], top);
        else if (d) memset(d, 0, row_bytes);
    }
    for (int i = 0; i < n; i++) {
        s->nll += (double)w[i] * (double)nll[i];
        s->n += (double)w[i];
        s->hit += hit[i] ? (double)w[i] : 0;
        if (s->each && i < s->n_each) s->each[i] = w[i] * nll[i];
    }
}
