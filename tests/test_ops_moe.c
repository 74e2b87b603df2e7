/* test_ops_moe.c -- routing, balance loss, plan, gather and combine against DeepSeek-V3's equations written out in
 * double; their backwards against central differences of those. Every kernel table. R1_SEED=n repeats a run. */
#include "unit.h"

#include "fd.h"
#include "tensor/op_moe.h"

static rng R;

enum { E_MAX = 64 };

/* ---- routing: eq. 13-16 of DeepSeek-V3 ---- */

static void ref_scores(const double *logits, const route_shape *s, double *sc) {
    double sum = 0;
    for (int i = 0; i < s->experts; i++) sum += sc[i] = s->sigmoid ? 1 / (1 + exp(-logits[i])) : exp(logits[i]);
    for (int i = 0; !s->sigmoid && i < s->experts; i++) sc[i] /= sum;
}

/* The n largest of x [count], best first; *margin becomes the smallest difference a choice hung on. Selection by
 * counting how many are larger, which is not how the op does it. */
static void best_n(const double *x, int count, int n, int *out, double *margin) {
    for (int i = 0; i < count; i++) {
        int rank = 0;
        for (int j = 0; j < count; j++) {
            rank += x[j] > x[i] || (x[j] == x[i] && j < i);
            if (j != i && isfinite(x[i]) && isfinite(x[j]) && fabs(x[i] - x[j]) < *margin) *margin = fabs(x[i] - x[j]);
        }
        if (rank < n) out[rank] = i;
    }
}

static void ref_choose(const double *sc, const float *bias, const route_shape *s, int *expert, double *margin) {
    double c[E_MAX], g[E_MAX];
    int    per = s->experts / s->groups, keep[E_MAX];
    for (int i = 0; i < s->experts; i++) c[i] = sc[i] + (bias ? (double)bias[i] : 0);
    *margin = 1;
    if (s->groups > 1) {
        for (int k = 0; k < s->groups; k++) {
            int    two[2] = {0, 0};
            double any    = 1;
            best_n(c + k * per, per, per > 1 ? 2 : 1, two, &any);
            g[k] = c[k * per + two[0]] + (bias && per > 1 ? c[k * per + two[1]] : 0);
        }
        best_n(g, s->groups, s->topk_groups, keep, margin);
        for (int k = 0; k < s->groups; k++) {
            bool kept = false;
            for (int j = 0; j < s->topk_groups; j++) kept = kept || keep[j] == k;
            for (int i = 0; !kept && i < per; i++) c[k * per + i] = -INFINITY;
        }
    }
    best_n(c, s->experts, s->topk, expert, margin);
}

typedef struct route_ref {
    const route_shape *s;
    int                T;
    const double  *logits, *cw, *cs; /* [T, E]; the objective is sum cw weight + cs score, [T, k] and [T, E] or NULL */
    const int32_t *expert;           /* [T, k] the choice, held fixed */
} route_ref;

static void ref_weights(const double *sc, const int32_t *expert, const route_shape *s, double *w) {
    double sum = 0;
    for (int j = 0; j < s->topk; j++) sum += sc[expert[j]];
    for (int j = 0; j < s->topk; j++) w[j] = sc[expert[j]] * (double)s->scale / (s->norm ? sum : 1);
}

static double route_obj(const void *ctx) {
    const route_ref *r   = ctx;
    double           sum = 0, sc[E_MAX], w[E_MAX];
    for (int t = 0; t < r->T; t++) {
        int E = r->s->experts, k = r->s->topk;
        ref_scores(r->logits + t * E, r->s, sc);
        ref_weights(sc, r->expert + t * k, r->s, w);
        for (int j = 0; j < k; j++) sum += r->cw[t * k + j] * w[j];
        for (int i = 0; r->cs && i < E; i++) sum += r->cs[t * E + i] * sc[i];
    }
    return sum;
}

static void check_route(const route_shape *s, int T, bool biased) {
    int E = s->experts, k = s->topk, close = 0;
    vec l = vec_normal(&R, (size_t)(T * E), 1.5f), bias = vec_normal(&R, (size_t)E, 0.1f), d = vec_new((size_t)(T * E));
    vec cw = vec_normal(&R, (size_t)(T * k), 1), cs = vec_normal(&R, (size_t)(T * E), 1);
    route r;
    arena a = {0};
    arena_init(&a, route_bytes(T, s));
    route_alloc(&r, &a, T, s);
    op_route_fwd(&r, l.f, biased ? bias.f : NULL, s, T);
    for (int t = 0; t < T; t++) {
        double sc[E_MAX], w[E_MAX], margin;
        int    want[E_MAX];
        ref_scores(l.d + t * E, s, sc);
        near("score", r.score + t * E, sc, (size_t)E, TOL_F32);
        ref_choose(sc, biased ? bias.f : NULL, s, want, &margin);
        if (margin < 1e-6) close++; /* float32 may see it the other way round */
        else
            for (int j = 0; j < k; j++)
                if (r.expert[t * k + j] != want[j])
                    fail_msg("row %d choice %d [%s]: expert %d, expected %d (margin %.2g)", t, j, K->name,
                             r.expert[t * k + j], want[j], margin);
        ref_weights(sc, r.expert + t * k, s, w);
        near("weight", r.weight + t * k, w, (size_t)k, TOL_F32);
    }
    assert_true(close * 10 <= T);
    route_ref ref = {s, T, l.d, cw.d, NULL, r.expert};
    op_route_bwd(d.f, cw.f, NULL, &r, s, T);
    fd_check("route dlogits", &R, 150, l.d, l.n, d.f, NULL, route_obj, &ref, TOL_F32);
    ref.cs = cs.d;
    op_route_bwd(d.f, cw.f, cs.f, &r, s, T);
    fd_check("route dlogits with dscore", &R, 150, l.d, l.n, d.f, NULL, route_obj, &ref, TOL_F32);
    arena_free(&a);
    vec_free(&l), vec_free(&bias), vec_free(&d), vec_free(&cw), vec_free(&cs);
}

static const route_shape SHAPES[] = {
    {.experts = 8, .topk = 2, .groups = 1, .topk_groups = 1, .sigmoid = true, .norm = true, .scale = 1},
    {.experts = 8, .topk = 3, .groups = 4, .topk_groups = 2, .sigmoid = true, .norm = true, .scale = 2.5f},
    {.experts = 24, .topk = 6, .groups = 3, .topk_groups = 2, .sigmoid = true, .norm = false, .scale = 1.5f},
    {.experts = 6, .topk = 2, .groups = 1, .topk_groups = 1, .sigmoid = false, .norm = false, .scale = 16},
    {.experts = 6, .topk = 3, .groups = 3, .topk_groups = 2, .sigmoid = false, .norm = true, .scale = 1},
    {.experts = 1, .topk = 1, .groups = 1, .topk_groups = 1, .sigmoid = true, .norm = true, .scale = 1},
    {.experts = 64, .topk = 8, .groups = 8, .topk_groups = 4, .sigmoid = true, .norm = true, .scale = 2.5f},
    {.experts = 4, .topk = 4, .groups = 1, .topk_groups = 1, .sigmoid = true, .norm = true, .scale = 1},
};
enum { N_SHAPES = sizeof SHAPES / sizeof *SHAPES };

static void test_route(void **s) {
    (void)s;
    R                    = rng_seed(unit_seed("route"));
    static const int T[] = {0, 1, 5, 40};
    for (int i = 0; i < N_SHAPES; i++)
        for (int j = 0; j < 4; j++) {
            check_route(&SHAPES[i], T[j], true);
            check_route(&SHAPES[i], T[j], false);
        }
}

/* Equal scores: the lower expert, the lower group; and the bias moves the choice but not the weight. */
static void test_route_ties(void **st) {
    (void)st;
    float       logits[8] = {0}, bias[8] = {0};
    route       r;
    arena       a = {0};
    route_shape s = SHAPES[1];
    arena_init(&a, route_bytes(1, &s));
    route_alloc(&r, &a, 1, &s);
    op_route_fwd(&r, logits, bias, &s, 1);
    for (int j = 0; j < 3; j++) assert_int_equal(r.expert[j], j); /* groups 0 and 1, experts 0, 1, 2 */
    bias[6] = bias[7] = 0.2f;
    bias[3]           = 0.1f;
    op_route_fwd(&r, logits, bias, &s, 1);
    assert_true(r.expert[0] == 6 && r.expert[1] == 7 && r.expert[2] == 3);
    for (int j = 0; j < 3; j++) near_d("weight", (double)r.weight[j], 2.5 / 3, 1, 1e-6);
    arena_free(&a);
}

/* ---- balance loss: eq. 17-20 ---- */

typedef struct bal_ref {
    const route_shape *s;
    const double      *score;
    const int32_t     *expert, *start;
    int                n_seg;
    double             alpha, scale;
    double             f[4][E_MAX]; /* per segment, constant under differentiation */
} bal_ref;

static void bal_freq(bal_ref *b) {
    int E = b->s->experts, k = b->s->topk;
    for (int q = 0; q < b->n_seg; q++)
        for (int i = 0; i < E; i++) {
            double n = 0, L = b->start[q + 1] - b->start[q];
            for (int t = b->start[q]; t < b->start[q + 1]; t++)
                for (int j = 0; j < k; j++) n += b->expert[t * k + j] == i;
            b->f[q][i] = n * E / (k * L);
        }
}

static double bal_obj(const void *ctx) {
    const bal_ref *b     = ctx;
    int            E     = b->s->experts;
    double         total = 0, T = b->start[b->n_seg] - b->start[0];
    for (int q = 0; q < b->n_seg; q++) {
        double L = b->start[q + 1] - b->start[q], loss = 0;
        for (int t = b->start[q]; t < b->start[q + 1]; t++) {
            double sum = 0;
            for (int i = 0; i < E; i++) sum += b->score[t * E + i];
            for (int i = 0; i < E; i++) loss += b->f[q][i] * b->score[t * E + i] / sum / L;
        }
        total += loss * L / T;
    }
    return b->scale * b->alpha * total;
}

static void test_balance(void **st) {
    (void)st;
    R = rng_seed(unit_seed("balance"));
    for (int i = 0; i < N_SHAPES; i++) {
        const route_shape *s = &SHAPES[i];
        enum { T = 12 };
        int32_t start[] = {0, 5, 6, T};
        vec     l = vec_normal(&R, (size_t)(T * s->experts), 1), sc = vec_new(l.n), d = vec_new(l.n);
        route   r;
        arena   a = {0};
        arena_init(&a, route_bytes(T, s));
        route_alloc(&r, &a, T, s);
        op_route_fwd(&r, l.f, NULL, s, T);
        for (size_t j = 0; j < sc.n; j++) sc.d[j] = (double)r.score[j];
        for (int from = 0; from < 2; from++) { /* all segments; without the first one */
            bal_ref b = {.s      = s,
                         .score  = sc.d,
                         .expert = r.expert,
                         .start  = start + from,
                         .n_seg  = 3 - from,
                         .alpha  = 0.5,
                         .scale  = 1};
            bal_freq(&b);
            double want = bal_obj(&b), got = op_balance(NULL, &r, s, start + from, 3 - from, 0.5f, 7);
            near_d("balance", got, want, want, TOL_F32);
            assert_true(op_balance(d.f, &r, s, start + from, 3 - from, 0.5f, 7) == got);
            b.scale   = 7;
            size_t at = (size_t)(start[from] * s->experts);
            fd_check("balance dscore", &R, 0, sc.d + at, sc.n - at, d.f + at, NULL, bal_obj, &b, TOL_F32);
        }
        arena_free(&a);
        vec_free(&l), vec_free(&sc), vec_free(&d);
    }
}

/* ---- slots ---- */

static void check_plan(const plan *p, const int32_t *expert, int T, const route_shape *s, int pad) {
    int k = s->topk, real = 0;
    assert_int_equal(p->first[0], 0);
    assert_int_equal(p->first[s->experts], p->n);
    assert_true(p->n <= plan_max_slots(T, s, pad));
    for (int e = 0; e < s->experts; e++) {
        int n = 0;
        for (int i = 0; i < T * k; i++) n += expert[i] == e;
        assert_int_equal(p->count[e], n);
        assert_int_equal(p->first[e] % pad, 0);
        assert_int_equal(p->first[e + 1] - p->first[e], (n + pad - 1) / pad * pad);
        for (int i = p->first[e]; i < p->first[e + 1]; i++) {
            bool padding = i >= p->first[e] + n;
            assert_true(padding == (p->token[i] == -1));
            real += !padding;
            if (i > p->first[e] && !padding)
                assert_true(p->token[i] >= p->token[i - 1]); /* in the order of the tokens */
        }
    }
    assert_int_equal(real, T * k); /* no token is dropped */
    for (int i = 0; i < T * k; i++) {
        assert_true(p->slot[i] >= p->first[expert[i]] && p->slot[i] < p->first[expert[i] + 1]);
        assert_int_equal(p->token[p->slot[i]], i / k);
    }
}

typedef struct slot_ref {
    const plan   *p;
    int           T, k, D;
    const double *x, *w, *c; /* see below */
} slot_ref;

/* gather: x [T, D], c [n, D].  combine: x = ys [n, D], w [T, k], c = dy [T, D]. */
static double gather_obj(const void *ctx) {
    const slot_ref *r = ctx;
    double          s = 0;
    for (int i = 0; i < r->p->n; i++)
        for (int d = 0; r->p->token[i] >= 0 && d < r->D; d++) s += r->c[i * r->D + d] * r->x[r->p->token[i] * r->D + d];
    return s;
}
static double combine_obj(const void *ctx) {
    const slot_ref *r = ctx;
    double          s = 0;
    for (int i = 0; i < r->T * r->k; i++)
        for (int d = 0; d < r->D; d++) s += r->c[i / r->k * r->D + d] * r->w[i] * r->x[r->p->slot[i] * r->D + d];
    return s;
}

static void check_gather(const plan *p, int T, const route_shape *s, int D) {
    size_t nx = (size_t)(T * D), ns = (size_t)(p->n * D);
    vec    x = vec_normal(&R, nx, 1), xs = vec_normal(&R, ns, 1), c = vec_normal(&R, ns, 1), dx = vec_normal(&R, nx, 1),
        dx0      = vec_new(nx);
    uint16_t *xb = vec_bf16(&x), *xsb = mem_calloc(ns + 1, 2);
    memcpy(dx0.f, dx.f, nx * 4);
    memset(xsb, 0xff, ns * 2);
    op_gather(xs.f, x.f, DT_F32, p, 0, p->n, D);
    op_gather(xsb, xb, DT_BF16, p, 0, p->n, D);
    for (int i = 0; i < p->n; i++)
        for (int d = 0; d < D; d++) {
            float want = p->token[i] < 0 ? 0 : x.f[p->token[i] * D + d];
            assert_true(xs.f[i * D + d] == want && bf16_to_f32(xsb[i * D + d]) == want);
        }
    op_gather_bwd(dx.f, c.f, p, 0, T, s, D);
    slot_ref r = {p, T, s->topk, D, x.d, NULL, c.d};
    fd_check("gather dx", &R, 100, x.d, nx, dx.f, dx0.f, gather_obj, &r, TOL_F32);
    mem_free(xb), mem_free(xsb);
    vec_free(&x), vec_free(&xs), vec_free(&c), vec_free(&dx), vec_free(&dx0);
}

static void check_combine(const plan *p, route *rt, int T, const route_shape *s, int D) {
    size_t nx = (size_t)(T * D), ns = (size_t)(p->n * D), nw = (size_t)(T * s->topk);
    vec    ys = vec_normal(&R, ns, 1), w = vec_normal(&R, nw, 1), c = vec_normal(&R, nx, 1), y = vec_normal(&R, nx, 1);
    vec    dys = vec_normal(&R, ns, 1), dw = vec_normal(&R, nw, 1);
    vec    yh = vec_new(nx), dwh = vec_new(nw);
    uint16_t *ysb = vec_bf16(&ys), *dysb = mem_calloc(ns + 1, 2); /* ys is what bf16 holds, for both types */
    memcpy(yh.f, y.f, nx * 4);
    memcpy(rt->weight, w.f, nw * 4);
    for (int i = 0; i < T * s->topk; i++)
        for (int d = 0; d < D; d++)
            y.d[i / s->topk * D + d] += w.d[i] * ys.d[p->slot[i] * D + d]; /* on what was there */
    op_combine_fwd(y.f, ys.f, DT_F32, rt, p, T, s, D);
    op_combine_fwd(yh.f, ysb, DT_BF16, rt, p, T, s, D);
    near("combine", y.f, y.d, nx, TOL_F32);
    near("combine bf16", yh.f, y.d, nx, TOL_F32);
    op_combine_bwd(dys.f, dw.f, c.f, ys.f, DT_F32, rt, p, 0, p->n, s, D);
    op_combine_bwd(dysb, dwh.f, c.f, ysb, DT_BF16, rt, p, 0, p->n, s, D);
    for (size_t i = 0; i < nw; i++) near_d("combine bf16 dweight", (double)dwh.f[i], (double)dw.f[i], D, TOL_F32);
    for (size_t i = 0; i < ns; i++)
        near_d("combine bf16 dys", (double)bf16_to_f32(dysb[i]), (double)dys.f[i], fabs((double)dys.f[i]), TOL_BF16);
    slot_ref r = {p, T, s->topk, D, ys.d, w.d, c.d};
    fd_check("combine dys", &R, 100, ys.d, ns, dys.f, NULL, combine_obj, &r, TOL_F32);
    fd_check("combine dweight", &R, 100, w.d, nw, dw.f, NULL, combine_obj, &r, TOL_F32);
    for (int i = 0; i < p->n; i++)
        for (int d = 0; p->token[i] < 0 && d < D; d++) assert_true(dys.f[i * D + d] == 0);
    mem_free(ysb), mem_free(dysb);
    vec_free(&ys), vec_free(&w), vec_free(&c), vec_free(&y), vec_free(&dys), vec_free(&dw), vec_free(&yh),
        vec_free(&dwh);
}

/* Experts drawn with a lean (0: all alike; 1: everybody takes the first ones). */
static void check_slots(const route_shape *s, int T, int pad, int D, bool crowd) {
    route r;
    plan  p;
    arena a = {0};
    arena_init(&a, route_bytes(T, s) + plan_bytes(T, s, pad));
    route_alloc(&r, &a, T, s);
    plan_alloc(&p, &a, T, s, pad);
    vec l = vec_normal(&R, (size_t)(T * s->experts), 1);
    for (int i = 0; crowd && i < T * s->experts; i++) l.f[i] = (float)-(i % s->experts);
    op_route_fwd(&r, l.f, NULL, s, T);
    op_plan(&p, r.expert, T, s, pad);
    check_plan(&p, r.expert, T, s, pad);
    check_gather(&p, T, s, D);
    check_combine(&p, &r, T, s, D);
    arena_free(&a);
    vec_free(&l);
}

static void test_slots(void **st) {
    (void)st;
    R                    = rng_seed(unit_seed("slots"));
    static const int T[] = {0, 1, 7, 40};
    for (int i = 0; i < N_SHAPES; i++)
        for (int j = 0; j < 4; j++) {
            check_slots(&SHAPES[i], T[j], 1, 5, false);
            check_slots(&SHAPES[i], T[j], 32, 16, false);
            check_slots(&SHAPES[i], T[j], 8, 19, true);
        }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_route), cmocka_unit_test(test_route_ties),
                                          cmocka_unit_test(test_balance), cmocka_unit_test(test_slots)};

FD_MAIN(tests)
