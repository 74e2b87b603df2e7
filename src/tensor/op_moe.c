#include "tensor/op_moe.h"
#include <math.h>
#include <string.h>
#include "base/par.h"
#include "base/prof.h"
#include "kernel/kern.h"

/* ---- sizes ---- */

int plan_max_slots(int T, const route_shape *s, int pad) {
    int n = T * s->topk, most = s->experts < n ? s->experts : n; /* experts that can have a slot */
    return n + most * (pad - 1);
}

size_t route_bytes(int T, const route_shape *s) {
    size_t t = (size_t)T;
    return arena_round(t * (size_t)s->experts * 4) + 2 * arena_round(t * (size_t)s->topk * 4);
}

size_t plan_bytes(int T, const route_shape *s, int pad) {
    return arena_round((size_t)(s->experts + 1) * 4) + arena_round((size_t)s->experts * 4) +
           arena_round((size_t)plan_max_slots(T, s, pad) * 4) + arena_round((size_t)T * (size_t)s->topk * 4);
}

void route_alloc(route *r, arena *a, int T, const route_shape *s) {
    r->score  = arena_floats(a, (size_t)T * (size_t)s->experts);
    r->expert = arena_alloc(a, (size_t)T * (size_t)s->topk * 4);
    r->weight = arena_floats(a, (size_t)T * (size_t)s->topk);
}

void plan_alloc(plan *p, arena *a, int T, const route_shape *s, int pad) {
    p->first = arena_alloc(a, (size_t)(s->experts + 1) * 4);
    p->count = arena_alloc(a, (size_t)s->experts * 4);
    p->token = arena_alloc(a, (size_t)plan_max_slots(T, s, pad) * 4);
    p->slot  = arena_alloc(a, (size_t)T * (size_t)s->topk * 4);
    p->n     = 0;
}

/* ---- routing ---- */

static void scores(float *s, const float *logits, int E, bool sigmoid) {
    if (sigmoid) {
        for (int i = 0; i < E; i++) s[i] = 1 / (1 + expf(-logits[i]));
    } else {
        memcpy(s, logits, (size_t)E * 4);
        float m = K->max_f32(s, E);
        K->scale_f32(s, 1 / K->exp_sum(s, m, E), E);
    }
}

/* Score of group g: the sum of its two best biased scores, as with a bias; its best one without. */
static float group_score(const float *c, int n, bool two) {
    float a = -INFINITY, b = -INFINITY;
    for (int i = 0; i < n; i++) {
        if (c[i] > a) {
            b = a;
            a = c[i];
        } else if (c[i] > b) b = c[i];
    }
    return two && n > 1 ? a + b : a;
}

/* Put -inf on the experts of all groups but the best topk_groups (ties: the lower group). */
static void keep_groups(float *c, const route_shape *s, bool biased) {
    int per = s->experts / s->groups;
    for (int drop = s->groups - s->topk_groups; drop > 0; drop--) {
        int   worst = -1;
        float low   = INFINITY;
        for (int g = 0; g < s->groups; g++) {
            if (c[g * per] == -INFINITY) continue; /* dropped already */
            float v = group_score(c + g * per, per, biased);
            if (v <= low) {
                low   = v;
                worst = g;
            }
        }
        if (worst < 0) return;
        for (int i = 0; i < per; i++) c[worst * per + i] = -INFINITY;
    }
}

static void route_row(route *r, const float *logits, const float *bias, const route_shape *s, int t, float *c) {
    int      E = s->experts, k = s->topk;
    float   *sc = r->score + (size_t)t * (size_t)E, *w = r->weight + (size_t)t * (size_t)k;
    int32_t *ex = r->expert + (size_t)t * (size_t)k;
    scores(sc, logits + (size_t)t * (size_t)E, E, s->sigmoid);
    for (int i = 0; i < E; i++) c[i] = sc[i] + (bias ? bias[i] : 0);
    if (s->groups > 1) keep_groups(c, s, bias != NULL);
    float sum = 0;
    for (int j = 0; j < k; j++) {
        int best = 0;
        for (int i = 1; i < E; i++)
            if (c[i] > c[best]) best = i;
        ex[j]   = best;
        w[j]    = sc[best];
        c[best] = -INFINITY;
        sum += w[j];
    }
    float f = s->norm ? s->scale / (sum + 1e-20f) : s->scale;
    for (int j = 0; j < k; j++) w[j] *= f;
}

void op_route_fwd(route *r, const float *logits, const float *bias, const route_shape *s, int T) {
    prof_part was = prof_enter(PROF_ROUTER);
#pragma omp parallel if (T > 32)
    {
        float c[1024]; /* experts <= 1024: cfg_check */
#pragma omp for schedule(static)
        for (int t = 0; t < T; t++) route_row(r, logits, bias, s, t, c);
    }
    prof_leave(was);
}

void op_route_bwd(float *dlogits, const float *dweight, const float *dscore, const route *r, const route_shape *s,
                  int T) {
    prof_part was = prof_enter(PROF_ROUTER);
    int       E = s->experts, k = s->topk;
#pragma omp parallel for schedule(static)
    for (int t = 0; t < T; t++) {
        const float *sc = r->score + (size_t)t * (size_t)E, *dw = dweight + (size_t)t * (size_t)k,
                    *w    = r->weight + (size_t)t * (size_t)k;
        const int32_t *ex = r->expert + (size_t)t * (size_t)k;
        float         *d  = dlogits + (size_t)t * (size_t)E;
        if (dscore) memcpy(d, dscore + (size_t)t * (size_t)E, (size_t)E * 4);
        else memset(d, 0, (size_t)E * 4);
        /* w_j = scale * s_j / S: dw/ds_i = scale/S * ([i = j] - s_j / S) */
        float S = 0, dot = 0;
        for (int j = 0; j < k; j++) {
            S += sc[ex[j]];
            dot += dw[j] * w[j];
        }
        float f = s->norm ? s->scale / (S + 1e-20f) : s->scale;
        for (int j = 0; j < k; j++) d[ex[j]] += dw[j] * f - (s->norm ? dot / (S + 1e-20f) : 0);
        if (s->sigmoid) {
            for (int i = 0; i < E; i++) d[i] *= sc[i] * (1 - sc[i]);
        } else {
            float m = K->dot_f32(d, sc, E);
            for (int i = 0; i < E; i++) d[i] = sc[i] * (d[i] - m);
        }
    }
    prof_leave(was);
}

double op_balance(float *dscore, const route *r, const route_shape *s, const int32_t *start, int n_seg, float alpha,
                  float scale) {
    int    E = s->experts, k = s->topk, T = start[n_seg] - start[0];
    double total = 0;
    for (int q = 0; q < n_seg; q++) {
        int a = start[q], b = start[q + 1], L = b - a;
        if (L == 0) continue;
        float f[1024] = {0}, P[1024] = {0};
        for (int t = a; t < b; t++) {
            const float *sc  = r->score + (size_t)t * (size_t)E;
            float        sum = 0;
            for (int i = 0; i < E; i++) sum += sc[i];
            for (int i = 0; i < E; i++) P[i] += sc[i] / sum;
            for (int j = 0; j < k; j++) f[r->expert[(size_t)t * (size_t)k + (size_t)j]] += 1;
        }
        double loss = 0;
        for (int i = 0; i < E; i++) {
            f[i] *= (float)E / ((float)k * (float)L);
            loss += (double)f[i] * (double)P[i] / L;
        }
        total += (double)alpha * loss * L / T;
        if (!dscore) continue;
        /* d/ds_i of sum_j f_j s_j / S = (f_i - sum_j f_j s_j / S) / S */
        float g = scale * alpha / (float)T;
        for (int t = a; t < b; t++) {
            const float *sc  = r->score + (size_t)t * (size_t)E;
            float        sum = 0, dot = 0;
            for (int i = 0; i < E; i++) {
                sum += sc[i];
                dot += f[i] * sc[i];
            }
            for (int i = 0; i < E; i++) dscore[(size_t)t * (size_t)E + (size_t)i] = g * (f[i] - dot / sum) / sum;
        }
    }
    return total;
}

/* ---- slots ---- */

void op_plan(plan *p, const int32_t *expert, int T, const route_shape *s, int pad) {
    prof_part was = prof_enter(PROF_ROUTER);
    int       E = s->experts, n = T * s->topk;
    memset(p->count, 0, (size_t)E * 4);
    for (int i = 0; i < n; i++) p->count[expert[i]]++;
    p->first[0] = 0;
    for (int e = 0; e < E; e++) p->first[e + 1] = p->first[e] + (p->count[e] + pad - 1) / pad * pad;
    p->n = p->first[E];
    for (int i = 0; i < p->n; i++) p->token[i] = -1;
    int32_t fill[1024];
    memcpy(fill, p->first, (size_t)E * 4);
    for (int i = 0; i < n; i++) {
        int at       = fill[expert[i]]++;
        p->slot[i]   = at;
        p->token[at] = i / s->topk;
    }
    prof_leave(was);
}

void op_gather(void *xs, const void *x, dtype t, const plan *p, int s0, int s1, int D) {
    prof_part was = prof_enter(PROF_EXPERT);
    size_t    row = (size_t)D * (t == DT_BF16 ? 2 : 4);
#pragma omp parallel for schedule(static) if (s1 - s0 > 64)
    for (int i = s0; i < s1; i++) {
        char *d = (char *)xs + (size_t)i * row;
        if (p->token[i] >= 0) memcpy(d, (const char *)x + (size_t)p->token[i] * row, row);
        else memset(d, 0, row);
    }
    prof_leave(was);
}

static void axpy(float *y, float a, const void *x, dtype t, size_t at, int D) {
    if (t == DT_BF16) K->axpy_bf16(y, a, (const uint16_t *)x + at, D);
    else K->axpy_f32(y, a, (const float *)x + at, D);
}

void op_gather_bwd(float *dx, const float *dxs, const plan *p, int t0, int T, const route_shape *s, int D) {
    prof_part was = prof_enter(PROF_EXPERT);
#pragma omp parallel for schedule(static)
    for (int t = 0; t < T; t++)
        for (int j = 0; j < s->topk; j++)
            K->add_f32(dx + (size_t)t * (size_t)D, dxs + (size_t)p->slot[(t0 + t) * s->topk + j] * (size_t)D,
                       (size_t)D);
    prof_leave(was);
}

void op_combine_fwd(float *y, const void *ys, dtype t, const route *r, const plan *p, int T, const route_shape *s,
                    int D) {
    prof_part was = prof_enter(PROF_EXPERT);
#pragma omp parallel for schedule(static) if (T > 8)
    for (int i = 0; i < T; i++)
        for (int j = 0; j < s->topk; j++)
            axpy(y + (size_t)i * (size_t)D, r->weight[i * s->topk + j], ys, t,
                 (size_t)p->slot[i * s->topk + j] * (size_t)D, D);
    prof_leave(was);
}

/* The gradients of one slot: of its weight (returned) and of its row. */
static float combine_slot(void *dys, const float *d, const void *ys, dtype t, float weight, int D) {
    if (t == DT_BF16) {
        K->scale_bf16(dys, weight, d, D);
        return K->dot_bf16(d, ys, D);
    }
    memcpy(dys, d, (size_t)D * 4);
    K->scale_f32(dys, weight, D);
    return K->dot_f32(d, ys, D);
}

void op_combine_bwd(void *dys, float *dweight, const float *dy, const void *ys, dtype t, const route *r, const plan *p,
                    int s0, int s1, const route_shape *s, int D) {
    prof_part was = prof_enter(PROF_EXPERT);
    size_t    row = (size_t)D * (t == DT_BF16 ? 2 : 4);
#pragma omp parallel for schedule(static) if (s1 - s0 > 64)
    for (int i = s0; i < s1; i++) {
        char *d   = (char *)dys + (size_t)(i - s0) * row;
        int   tok = p->token[i], j = tok * s->topk;
        if (tok < 0) {
            memset(d, 0, row);
            continue;
        }
        while (p->slot[j] != i) j++;
        dweight[j] =
            combine_slot(d, dy + (size_t)tok * (size_t)D, (const char *)ys + (size_t)i * row, t, r->weight[j], D);
    }
    prof_leave(was);
}
