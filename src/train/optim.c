/* AdamW (Loshchilov & Hutter 2019, algorithm 2):
 *
 *   m = b1 m + (1 - b1) g          v = b2 v + (1 - b2) g^2
 *   w -= lr * ( (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps) + wd * w )
 *
 * The arithmetic is one kernel (kernel/kern.h, adamw) that also writes the bf16 twin of the new weight and clears the
 * gradient, because a step over 10M parameters is nothing but memory traffic: w, g, m, v are read once and written
 * once. What is done here is the cutting into chunks, the norm, and the scale.
 *
 * Chunks have a fixed size, so that the order in which squares are summed does not depend on the threads. */
#include "train/optim.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "kernel/kern.h"
#include "train/muon.h"

static const float MUON_MOMENTUM = 0.95f;
enum { CHUNK = 1 << 15 }; /* 32k parameters: 640 KB of w, g, m, v and the twin, in the L2 of one core */

typedef struct chunk {
    param  *p;
    int64_t lo;
    size_t  n;
} chunk;

struct optim {
    chunk  *c;
    double *sum; /* [n] squares of one chunk's gradient */
    int     n;
    muon   *mu;
};

optim *optim_new(param *const *params, int n) {
    optim  *o     = mem_calloc(1, sizeof *o);
    int64_t total = 0;
    for (int i = 0; i < n; i++)
        if (params[i]->trained) total += (tensor_count(&params[i]->w) + CHUNK - 1) / CHUNK;
    o->c   = mem_calloc((size_t)total + 1, sizeof *o->c);
    o->sum = mem_calloc((size_t)total + 1, sizeof *o->sum);
    for (int i = 0; i < n; i++) {
        if (!params[i]->trained) continue;
        int64_t count = tensor_count(&params[i]->w);
        for (int64_t lo = 0; lo < count; lo += CHUNK) {
            int64_t left = count - lo;
            o->c[o->n++] = (chunk){params[i], lo, (size_t)(left < CHUNK ? left : CHUNK)};
        }
    }
    o->mu = muon_new(params, n);
    return o;
}

void optim_free(optim *o) {
    if (!o) return;
    mem_free(o->c);
    mem_free(o->sum);
    muon_free(o->mu);
    mem_free(o);
}

static double grad_norm(optim *o) {
#pragma omp   parallel for schedule(static)
    for (int i = 0; i < o->n; i++) o->sum[i] = K->sumsq_f32(o->c[i].p->g + o->c[i].lo, o->c[i].n);
    double s = 0;
    for (int i = 0; i < o->n; i++) s += o->sum[i];
    return sqrt(s);
  }

static const char *first_bad(const optim *o) {
    for (int i = 0; i < o->n; i++)
        if (!K->finite_f32(o->c[i].p->g + o->c[i].lo, o->c[i].n)) return o->c[i].p->name;
    return "(the sum of all squares overflows)";
}

void optim_drop(optim *o) {
    for (int i = 0; i < o->n; i++) memset(o->c[i].p->g + o->c[i].lo, 0, o->c[i].n * sizeof(float));
}

void optim_step(optim *o, const optim_args *a, int64_t t, optim_report *r) {
    memset(r, 0, sizeof *r);
    r->norm   = grad_norm(o);
    r->finite = isfinite(r->norm);
    if (!r->finite) { /* a step on garbage would poison the moments for good: drop the gradient instead */
        r->bad = first_bad(o);
        optim_drop(o);
        return;
    }
    double     scale = a->clip > 0 && r->norm > (double)a->clip ? (double)a->clip / (r->norm + 1e-6) : 1.0;
    adamw_args base  = {.lr = a->lr, .beta1 = a->beta1, .beta2 = a->beta2, .eps = a->eps, .gscale = (float)scale};
    base.c1          = (float)(1.0 - pow((double)a->beta1, (double)t));
    base.c2          = (float)(1.0 - pow((double)a->beta2, (double)t));
#pragma omp parallel for schedule(static)
    for (int i = 0; i < o->n; i++) {
        chunk c = o->c[i];
        if (a->muon && muon_takes(c.p)) continue;
        adamw_args ca = base;
        ca.wd         = c.p->decay ? a->wd : 0.f;
        K->adamw((float *)c.p->w.data + c.lo, c.p->wb ? c.p->wb + c.lo : NULL, c.p->g + c.lo, c.p->m + c.lo,
                 c.p->v + c.lo, c.n, &ca);
    }
    if (a->muon) muon_step(o->mu, a->lr, MUON_MOMENTUM, a->wd, (float)scale);
}
