#include "train/ranks.h"

#include <string.h>

#include "base/mem.h"
#include "train/ckpt.h"

enum { N_LOSS = sizeof(model_losses) / sizeof(double), CHUNK = 1 << 14 };
_Static_assert(sizeof(model_losses) == N_LOSS * sizeof(double), "model_losses holds doubles and nothing else");

static size_t n_loads(const ranks *r) {
    return (size_t)model_moe_layers(r->m) * (size_t)model_cfg(r->m)->n_routed_experts;
}

static int choose(int size, int n_micro, int shards, err *e) {
    if (size > n_micro)
        err_set(e, "%d ranks for %d micro-batches a step: start fewer, or make micro_tokens smaller", size, n_micro);
    else if (!shards) return size > 1 ? size : n_micro > 1 ? 2 : 1;
    else if (shards > n_micro) err_set(e, "shards: %d, expected at most the step's %d micro-batches", shards, n_micro);
    else if (shards % size) err_set(e, "shards: %d, expected a multiple of the %d ranks", shards, size);
    else return shards;
    return 0;
}

static void find_params(ranks *r) {
    int    n = model_param_count(r->m), k = 0;
    size_t total = 0;
    r->param     = mem_calloc((size_t)n + 1, sizeof(param *));
    for (int i = 0; i < n; i++) {
        param *p = model_param(r->m, i);
        if (!p->trained) continue;
        r->param[r->n_param++] = p;
        total += (size_t)tensor_count(&p->w);
    }
    r->grad   = mem_calloc((size_t)r->n_param * (size_t)r->mine + 1, sizeof *r->grad);
    r->extra  = mem_calloc((size_t)(r->mine - 1) * total + 1, sizeof *r->extra);
    float *at = r->extra;
    for (int s = 0; s < r->mine; s++)
        for (int i = 0; i < r->n_param; i++) {
            size_t count = (size_t)tensor_count(&r->param[i]->w);
            r->grad[k++] = (dist_part){s ? at : r->param[i]->g, count};
            if (s) at += count;
        }
}

ranks *ranks_new(dist *d, model *m, int n_micro, int max_docs, int shards, err *e) {
    int size = dist_size(d);
    shards   = choose(size, n_micro, shards, e);
    if (!shards) return NULL;
    ranks *r    = mem_calloc(1, sizeof *r);
    r->d        = d;
    r->m        = m;
    r->n_micro  = n_micro;
    r->shards   = shards;
    r->mine     = shards / size;
    r->first    = r->mine * dist_rank(d);
    r->loss     = mem_calloc((size_t)n_micro, sizeof *r->loss);
    r->doc      = mem_calloc((size_t)max_docs + 1, sizeof *r->doc);
    size_t step = n_loads(r) + (size_t)max_docs, valid = 2 * (size_t)model_moe_layers(m) + RANKS_MORE;
    r->box = mem_calloc((size_t)n_micro * N_LOSS + (step > valid ? step : valid), sizeof *r->box);
    find_params(r);
    return r;
}

static void use_shard(ranks *r, int s) {
    for (int i = 0; i < r->n_param; i++) r->param[i]->g = r->grad[s * r->n_param + i].p;
}

void ranks_free(ranks *r) {
    if (!r) return;
    use_shard(r, 0); /* the model's gradients are its own again */
    mem_free(r->loss);
    mem_free(r->doc);
    mem_free(r->param);
    mem_free(r->grad);
    mem_free(r->extra);
    mem_free(r->box);
    mem_free(r);
}

void ranks_clear(ranks *r, int n_docs) {
    memset(r->loss, 0, (size_t)r->n_micro * sizeof *r->loss);
    memset(r->doc, 0, (size_t)n_docs * sizeof *r->doc);
}

bool ranks_take(ranks *r, int micro) {
    int s = micro % r->shards - r->first;
    if (s < 0 || s >= r->mine) return false;
    use_shard(r, s);
    return true;
}

/* to += from; from = 0 */
static void add_shard(dist_part *to, dist_part *from, int n) {
    for (int k = 0; k < n; k++) {
        float  *a = to[k].p, *b = from[k].p;
        int64_t count = (int64_t)to[k].n;
#pragma omp parallel for schedule(static) if (count > CHUNK)
        for (int64_t i = 0; i < count; i++) {
            a[i] += b[i];
            b[i] = 0;
        }
    }
}

/* Losses, loads and documents of all ranks. */
static bool sum_words(ranks *r, int n_docs, err *e) {
    int     layers = model_moe_layers(r->m), E = model_cfg(r->m)->n_routed_experts;
    size_t  n_loss = (size_t)r->n_micro * N_LOSS, n_load = n_loads(r), n_doc = (size_t)n_docs;
    double *load = r->box + n_loss, *doc = load + n_load;
    memcpy(r->box, r->loss, n_loss * sizeof(double));
    for (int l = 0; l < layers; l++)
        for (int i = 0; i < E; i++) load[l * E + i] = (double)model_expert_load(r->m, l)[i];
    memcpy(doc, r->doc, n_doc * sizeof(double));
    if (!dist_sum_f64(r->d, r->box, n_loss + n_load + n_doc, e)) return false;
    memcpy(r->loss, r->box, n_loss * sizeof(double));
    for (int l = 0; l < layers; l++)
        for (int i = 0; i < E; i++) model_expert_load(r->m, l)[i] = (int64_t)load[l * E + i];
    memcpy(r->doc, doc, n_doc * sizeof(double));
    return true;
}

bool ranks_sum(ranks *r, int n_docs, err *e) {
    use_shard(r, 0);
    for (int step = 1; step < r->mine; step *= 2)
        for (int s = 0; s + step < r->mine; s += 2 * step)
            add_shard(&r->grad[s * r->n_param], &r->grad[(s + step) * r->n_param], r->n_param);
    return sum_words(r, n_docs, e) && dist_sum(r->d, r->grad, r->n_param, e);
}

bool ranks_sum_valid(ranks *r, model_losses *each, double *more, int n_more, err *e) {
    use_shard(r, 0);
    if (dist_size(r->d) == 1) return true;
    int     layers = model_moe_layers(r->m);
    size_t  n      = (size_t)r->shards * N_LOSS; /* it fits: shards <= n_micro */
    double *gate = r->box + n, *rest = gate + 2 * layers;
    memcpy(r->box, each, n * sizeof(double));
    for (int l = 0; l < layers; l++) model_gate_sums(r->m, l, gate + 2 * l);
    memcpy(rest, more, (size_t)n_more * sizeof(double));
    if (!dist_sum_f64(r->d, r->box, n + (size_t)(2 * layers + n_more), e)) return false;
    memcpy(each, r->box, n * sizeof(double));
    for (int l = 0; l < layers; l++) model_gate_set(r->m, l, gate + 2 * l);
    memcpy(more, rest, (size_t)n_more * sizeof(double));
    return true;
}

bool ranks_equal(ranks *r, err *e) {
    if (dist_size(r->d) == 1) return true;
    uint64_t h = ckpt_weights_hash(r->m);
    return dist_same(r->d, &h, sizeof h, "the weights (are these different processors, or R1_KERNEL?)", e);
}
