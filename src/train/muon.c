#include "train/muon.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/par.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"

static const float NS_A = 3.4445f, NS_B = -4.7750f, NS_C = 2.0315f;
enum { NS_STEPS = 5, GRAIN = 1024 };

struct muon {
    param   **p;
    int       n;
    float    *x, *y;      /* [max] the iterate (short side first) and a product */
    uint16_t *xb, *a, *b; /* [max] bf16 iterate; [side^2] A and bA + cA^2 */
};

bool muon_takes(const param *p) {
    if (!p->trained || !p->decay || p->w.nd < 2) return false;
    return !strstr(p->name, "embed_tokens") && !strstr(p->name, "lm_head") && !strstr(p->name, "mlp.gate.weight");
}

muon *muon_new(param *const *params, int n) {
    muon  *mu   = mem_calloc(1, sizeof *mu);
    size_t most = 1, side = 1;
    mu->p = mem_calloc((size_t)n + 1, sizeof *mu->p);
    for (int i = 0; i < n; i++) {
        if (!muon_takes(params[i])) continue;
        const tensor *w = &params[i]->w;
        size_t        r = (size_t)w->ne[w->nd - 2], c = (size_t)w->ne[w->nd - 1], s = r < c ? r : c;
        if (r * c > most) most = r * c;
        if (s > side) side = s;
        mu->p[mu->n++] = params[i];
    }
    mu->x  = mem_alloc(most * 4);
    mu->y  = mem_alloc(most * 4);
    mu->xb = mem_alloc(most * 2);
    mu->a  = mem_alloc(side * side * 2);
    mu->b  = mem_alloc(side * side * 4); /* A^2 in bf16, then b A + c A^2 beside it */
    return mu;
}

void muon_free(muon *mu) {
    if (!mu) return;
    mem_free(mu->p);
    mem_free(mu->x);
    mem_free(mu->y);
    mem_free(mu->xb);
    mem_free(mu->a);
    mem_free(mu->b);
    mem_free(mu);
}

/* x = x * s, and its bf16 twin */
static void scale_cast(muon *mu, size_t n, float s) {
#pragma omp parallel
    {
        long lo, hi;
        par_split((long)n, GRAIN, par_id(), par_count(), &lo, &hi);
        if (hi > lo) {
            K->scale_f32(mu->x + lo, s, (int)(hi - lo));
            K->f32_to_bf16(mu->xb + lo, mu->x + lo, (size_t)(hi - lo));
        }
    }
}

/* x = a x + y, and its bf16 twin */
static void blend_cast(muon *mu, size_t n) {
#pragma omp parallel
    {
        long lo, hi;
        par_split((long)n, GRAIN, par_id(), par_count(), &lo, &hi);
        for (long i = lo; i < hi; i += GRAIN) {
            int k = (int)(hi - i < GRAIN ? hi - i : GRAIN);
            K->scale_f32(mu->x + i, NS_A, k);
            K->add_f32(mu->x + i, mu->y + i, (size_t)k);
            K->f32_to_bf16(mu->xb + i, mu->x + i, (size_t)k);
        }
    }
}

/* b = NS_B a + NS_C aa, where aa stands at b + side^2 */
static void polynomial(muon *mu, size_t n) {
    const uint16_t *aa = mu->b + n;
#pragma omp parallel
    {
        long  lo, hi;
        float x[GRAIN], y[GRAIN];
        par_split((long)n, GRAIN, par_id(), par_count(), &lo, &hi);
        for (long i = lo; i < hi; i += GRAIN) {
            int k = (int)(hi - i < GRAIN ? hi - i : GRAIN);
            K->bf16_to_f32(x, mu->a + i, (size_t)k);
            K->bf16_to_f32(y, aa + i, (size_t)k);
            K->scale_f32(x, NS_B, k);
            K->axpy_f32(x, NS_C, y, k);
            K->f32_to_bf16(mu->b + i, x, (size_t)k);
        }
    }
}

/* Newton-Schulz on mu->x [s, l], s <= l. */
static void iterate(muon *mu, int s, int l) {
    size_t n = (size_t)s * (size_t)l, ss = (size_t)s * (size_t)s;
    double norm = sqrt(K->sumsq_f32(mu->x, n));
    scale_cast(mu, n, (float)(1 / (norm + 1e-7)));
    for (int i = 0; i < NS_STEPS; i++) {
        gemm_bf16_out(GEMM_NT, s, s, l, mu->xb, l, mu->xb, l, mu->a, s);
        gemm_bf16_out(GEMM_NN, s, s, s, mu->a, s, mu->a, s, mu->b + ss, s);
        polynomial(mu, ss);
        gemm_bf16(GEMM_NN, s, l, s, mu->b, s, mu->xb, l, 0, mu->y, l);
        blend_cast(mu, n);
    }
}

void muon_orthogonal(muon *mu, float *o, const float *x, int rows, int cols) {
    if (rows <= cols) {
        memcpy(mu->x, x, (size_t)rows * (size_t)cols * 4);
        iterate(mu, rows, cols);
        memcpy(o, mu->x, (size_t)rows * (size_t)cols * 4);
    } else { /* tall: work on the transpose, whose Gram matrix is the smaller one */
        K->transpose_f32(mu->x, rows, x, cols, rows, cols);
        iterate(mu, cols, rows);
        K->transpose_f32(o, cols, mu->x, rows, cols, rows);
    }
}

typedef struct slice {
    float    *w, *g, *m;
    uint16_t *wb;
    int       rows, cols;
} slice;

/* Nesterov momentum: m = mu m + g, and the direction g + mu m over g. */
static void momentum_of(const slice *s, float momentum, float gscale) {
    long n = (long)s->rows * s->cols;
#pragma omp parallel
    {
        long lo, hi;
        par_split(n, GRAIN, par_id(), par_count(), &lo, &hi);
        for (long i = lo; i < hi; i += GRAIN) {
            int k = (int)(hi - i < GRAIN ? hi - i : GRAIN);
            K->scale_f32(s->g + i, gscale, k);
            K->scale_f32(s->m + i, momentum, k);
            K->add_f32(s->m + i, s->g + i, (size_t)k);
            K->axpy_f32(s->g + i, momentum, s->m + i, k);
        }
    }
}

static void apply(const slice *s, float lr, float wd, float size) {
    long n = (long)s->rows * s->cols;
#pragma omp parallel
    {
        long lo, hi;
        par_split(n, GRAIN, par_id(), par_count(), &lo, &hi);
        for (long i = lo; i < hi; i += GRAIN) {
            int k = (int)(hi - i < GRAIN ? hi - i : GRAIN);
            K->scale_f32(s->w + i, 1 - lr * wd, k);
            K->axpy_f32(s->w + i, -lr * size, s->g + i, k);
            memset(s->g + i, 0, (size_t)k * sizeof(float));
            if (s->wb) K->f32_to_bf16(s->wb + i, s->w + i, (size_t)k);
        }
    }
}

void muon_step(muon *mu, float lr, float momentum, float wd, float gscale) {
    for (int i = 0; i < mu->n; i++) {
        param  *p    = mu->p[i];
        tensor *w    = &p->w;
        int     rows = (int)w->ne[w->nd - 2], cols = (int)w->ne[w->nd - 1], many = w->nd == 3 ? (int)w->ne[0] : 1;
        size_t  per  = (size_t)rows * (size_t)cols;
        float   size = 0.2f * sqrtf((float)(rows > cols ? rows : cols));
        for (int k = 0; k < many; k++) {
            size_t at = per * (size_t)k;
            slice  s  = {(float *)w->data + at, p->g + at, p->m + at, p->wb ? p->wb + at : NULL, rows, cols};
            momentum_of(&s, momentum, gscale);
            muon_orthogonal(mu, s.g, s.g, rows, cols);
            apply(&s, lr, wd, size);
        }
    }
}
