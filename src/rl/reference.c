#include "rl/reference.h"

#include <string.h>

#include "base/mem.h"

struct reference {
    model  *m;
    int     n;
    float **w; /* [n] -> [count of parameter i] */
};

static size_t bytes_of(const reference *r, int i) {
    return (size_t)tensor_count(&model_param(r->m, i)->w) * sizeof(float);
}

reference *reference_new(model *m) {
    reference *r = mem_calloc(1, sizeof *r);
    r->m         = m;
    r->n         = model_param_count(m);
    r->w         = mem_calloc((size_t)r->n, sizeof *r->w);
    for (int i = 0; i < r->n; i++) r->w[i] = mem_alloc(bytes_of(r, i));
    reference_take(r);
    return r;
}

void reference_free(reference *r) {
    if (!r) return;
    for (int i = 0; i < r->n; i++) mem_free(r->w[i]);
    mem_free(r->w);
    mem_free(r);
}

void reference_take(reference *r) {
    for (int i = 0; i < r->n; i++) memcpy(r->w[i], model_param(r->m, i)->w.data, bytes_of(r, i));
}

void reference_swap(reference *r) {
    for (int i = 0; i < r->n; i++) {
        param *p  = model_param(r->m, i);
        float *w  = p->w.data;
        p->w.data = r->w[i];
        r->w[i]   = w;
    }
    model_refresh(r->m);
}
