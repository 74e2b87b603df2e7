/* Schedules and optimizers: AdamW against the paper, Muon, bad gradients, threads. */
#include "unit.h"

#include <math.h>
#include <omp.h>

#include "base/mem.h"
#include "base/par.h"
#include "base/rng.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "train/muon.h"
#include "train/optim.h"
#include "train/schedule.h"

/* ---- schedule ---- */
static void schedule_values(void **state) {
    (void)state;
    schedule c = {.lr = 1, .min_lr = 0.1f, .warmup = 10, .steps = 110, .kind = SCHED_COSINE};
    unit_near(schedule_lr(&c, 0), 0.1, 1e-7);
    unit_near(schedule_lr(&c, 4), 0.5, 1e-7);
    unit_near(schedule_lr(&c, 9), 1, 1e-7);
    unit_near(schedule_lr(&c, 10), 1, 1e-7);
    unit_near(schedule_lr(&c, 60), 0.55, 1e-6);                            /* half way: the mean */
    unit_near(schedule_lr(&c, 35), 0.1 + 0.9 * (1 + sqrt(0.5)) / 2, 1e-6); /* a quarter: cos(pi/4) */
    unit_near(schedule_lr(&c, 110), 0.1, 1e-6);
    unit_near(schedule_lr(&c, 1000), 0.1, 1e-6);
    schedule w = {.lr = 2, .min_lr = 0, .warmup = 0, .steps = 100, .kind = SCHED_WSD, .decay = 0.36f};
    unit_near(schedule_lr(&w, 0), 2, 0);
    unit_near(schedule_lr(&w, 64), 2, 0);
    unit_near(schedule_lr(&w, 73), 2 * (1 - 0.5), 1e-6); /* a quarter of the fall: 1 - sqrt(1/4) */
    unit_near(schedule_lr(&w, 100), 0, 1e-7);
    for (int i = 1; i < 100; i++) assert_true(schedule_lr(&w, i) <= schedule_lr(&w, i - 1));
    assert_true(schedule_lr(&w, 99) > 0);
    schedule one = {.lr = 1, .steps = 1, .kind = SCHED_WSD, .decay = 1};
    unit_near(schedule_lr(&one, 0), 1, 0);
    unit_near(schedule_mtp(0.3f, 0.1f, 0.5f, 10, 4), 0.3, 1e-7);
    unit_near(schedule_mtp(0.3f, 0.1f, 0.5f, 10, 5), 0.1, 1e-7);
}

/* ---- optimizer ---- */
enum { N_PARAM = 4 };
static const int64_t SIZES[N_PARAM] = {1, 33, 100003, 4096};

typedef struct bag {
    param  p[N_PARAM];
    param *pp[N_PARAM];
} bag;

static void bag_init(bag *b, rng *r, bool twins) {
    memset(b, 0, sizeof *b);
    for (int i = 0; i < N_PARAM; i++) {
        size_t n = (size_t)SIZES[i];
        param *p = &b->p[i];
        snprintf(p->name, sizeof p->name, "p%d", i);
        p->w       = (tensor){.type = DT_F32, .nd = 1, .ne = {SIZES[i]}, .data = mem_calloc(n, 4)};
        p->g       = mem_calloc(n, 4);
        p->m       = mem_calloc(n, 4);
        p->v       = mem_calloc(n, 4);
        p->wb      = twins ? mem_calloc(n, 2) : NULL;
        p->decay   = i % 2 == 0;
        p->trained = i != 3;
        for (size_t k = 0; k < n; k++) ((float *)p->w.data)[k] = rng_normal(r);
        b->pp[i] = p;
    }
}

static void bag_free(bag *b) {
    for (int i = 0; i < N_PARAM; i++) {
        mem_free(b->p[i].w.data);
        mem_free(b->p[i].g);
        mem_free(b->p[i].m);
        mem_free(b->p[i].v);
        mem_free(b->p[i].wb);
    }
}

static void bag_grads(bag *b, rng *r, float size) {
    for (int i = 0; i < N_PARAM; i++)
        for (int64_t k = 0; k < SIZES[i]; k++) b->p[i].g[k] = size * rng_normal(r);
}

/* Algorithm 2 of the paper, in double, on one parameter. */
static void reference_step(double *w, double *m, double *v, const float *g, int64_t n, double scale, bool decay,
                           const optim_args *a, int t) {
    for (int64_t k = 0; k < n; k++) {
        double x = scale * (double)g[k], b1 = (double)a->beta1, b2 = (double)a->beta2;
        m[k]      = b1 * m[k] + (1 - b1) * x;
        v[k]      = b2 * v[k] + (1 - b2) * x * x;
        double mh = m[k] / (1 - pow(b1, t)), vh = v[k] / (1 - pow(b2, t));
        w[k] -= (double)a->lr * (mh / (sqrt(vh) + (double)a->eps) + (decay ? (double)a->wd * w[k] : 0));
    }
}

static void adamw_is_the_paper(void **state) {
    (void)state;
    rng        r = rng_seed(unit_seed("adamw_is_the_paper"));
    bag        b;
    double    *ref[N_PARAM][3];
    optim_args a = {.lr = 0.01f, .beta1 = 0.9f, .beta2 = 0.95f, .eps = 1e-8f, .wd = 0.1f, .clip = 1};
    bag_init(&b, &r, true);
    for (int i = 0; i < N_PARAM; i++)
        for (int j = 0; j < 3; j++) {
            ref[i][j] = mem_calloc((size_t)SIZES[i], 8);
            for (int64_t k = 0; j == 0 && k < SIZES[i]; k++) ref[i][0][k] = (double)((float *)b.p[i].w.data)[k];
        }
    optim *o = optim_new(b.pp, N_PARAM);
    for (int t = 1; t <= 20; t++) {
        optim_report rep;
        double       sq = 0;
        bag_grads(&b, &r, t % 2 ? 1.f : 1e-4f); /* clipped and not clipped in turn */
        for (int i = 0; i < 3; i++)
            for (int64_t k = 0; k < SIZES[i]; k++) sq += (double)b.p[i].g[k] * (double)b.p[i].g[k];
        double norm = sqrt(sq), scale = norm > 1 ? 1 / (norm + 1e-6) : 1;
        for (int i = 0; i < 3; i++)
            reference_step(ref[i][0], ref[i][1], ref[i][2], b.p[i].g, SIZES[i], scale, b.p[i].decay, &a, t);
        optim_step(o, &a, t, &rep);
        assert_true(rep.finite);
        unit_near(rep.norm / norm, 1, 1e-6);
    }
    for (int i = 0; i < 3; i++)
        for (int64_t k = 0; k < SIZES[i]; k++) {
            const float *w = b.p[i].w.data;
            unit_near((double)w[k], ref[i][0][k], 2e-5);
            assert_true(b.p[i].g[k] == 0.f);
            assert_int_equal(b.p[i].wb[k], bf16_from_f32(w[k]));
        }
    for (int64_t k = 0; k < SIZES[3]; k++) assert_true((double)((float *)b.p[3].w.data)[k] == ref[3][0][k]);
    optim_free(o);
    for (int i = 0; i < N_PARAM; i++)
        for (int j = 0; j < 3; j++) mem_free(ref[i][j]);
    bag_free(&b);
}

static void threads_do_not_matter(void **state) {
    (void)state;
    uint64_t seed = unit_seed("threads_do_not_matter");
    bag      b[2];
    for (int j = 0; j < 2; j++) {
        rng          r = rng_seed(seed);
        optim_args   a = {.lr = 0.01f, .beta1 = 0.9f, .beta2 = 0.95f, .eps = 1e-8f, .wd = 0.1f, .clip = 1};
        optim_report rep;
        omp_set_num_threads(j + 1);
        bag_init(&b[j], &r, false);
        optim *o = optim_new(b[j].pp, N_PARAM);
        for (int t = 1; t <= 3; t++) {
            bag_grads(&b[j], &r, 1);
            optim_step(o, &a, t, &rep);
        }
        optim_free(o);
    }
    omp_set_num_threads(par_threads());
    for (int i = 0; i < N_PARAM; i++) assert_memory_equal(b[0].p[i].w.data, b[1].p[i].w.data, (size_t)SIZES[i] * 4);
    bag_free(&b[0]);
    bag_free(&b[1]);
}

static void bad_gradient_changes_nothing(void **state) {
    (void)state;
    rng        r = rng_seed(unit_seed("bad_gradient_changes_nothing"));
    optim_args a = {.lr = 0.01f, .beta1 = 0.9f, .beta2 = 0.95f, .eps = 1e-8f, .clip = 1};
    for (int kind = 0; kind < 3; kind++) {
        bag          b;
        optim_report rep;
        bag_init(&b, &r, false);
        optim *o = optim_new(b.pp, N_PARAM);
        bag_grads(&b, &r, 1);
        b.p[2].g[77777] = kind == 0 ? NAN : kind == 1 ? INFINITY : -INFINITY;
        float *was      = mem_alloc((size_t)SIZES[2] * 4);
        memcpy(was, b.p[2].w.data, (size_t)SIZES[2] * 4);
        optim_step(o, &a, 1, &rep);
        assert_false(rep.finite);
        assert_string_equal(rep.bad, "p2");
        assert_memory_equal(was, b.p[2].w.data, (size_t)SIZES[2] * 4);
        for (int64_t k = 0; k < SIZES[2]; k++) assert_true(b.p[2].g[k] == 0.f && b.p[2].m[k] == 0.f);
        mem_free(was);
        optim_free(o);
        bag_free(&b);
    }
}

/* Muon: what comes out has singular values near 1 and the singular vectors of what went in. The quintic of the paper
 * leaves singular values in about 0.7..1.2, so O O^T is near the identity, and O X^T near a positive matrix. */
static void muon_orthogonalises(void **state) {
    (void)state;
    static const int shape[][2] = {{16, 48}, {48, 16}, {32, 32}};
    rng              r          = rng_seed(unit_seed("muon_orthogonalises"));
    for (int k = 0; k < 3; k++) {
        int    rows = shape[k][0], cols = shape[k][1], s = rows < cols ? rows : cols, l = rows < cols ? cols : rows;
        float *x = mem_calloc((size_t)rows * (size_t)cols, 4), *o = mem_calloc((size_t)rows * (size_t)cols, 4);
        param  p  = {.name    = "model.layers.0.mlp.up_proj.weight",
                     .decay   = true,
                     .trained = true,
                     .w       = {.type = DT_F32, .nd = 2, .ne = {rows, cols}, .data = x}};
        param *pp = &p;
        assert_true(muon_takes(&p));
        muon *mu = muon_new(&pp, 1);
        for (int i = 0; i < rows * cols; i++) x[i] = 3 * rng_normal(&r);
        muon_orthogonal(mu, o, x, rows, cols);
        double trace = 0, along = 0, nuclear = 0;
        for (int i = 0; i < s; i++)
            for (int j = 0; j < s; j++) {
                double dot = 0;
                for (int c = 0; c < l; c++)
                    dot += rows <= cols ? (double)o[i * cols + c] * (double)o[j * cols + c]
                                        : (double)o[c * cols + i] * (double)o[c * cols + j];
                if (i == j) trace += dot;
                if (i == j) assert_true(dot > 0.3 && dot < 1.6);
                else assert_true(fabs(dot) < 0.5);
            }
        for (int i = 0; i < rows * cols; i++) {
            along += (double)o[i] * (double)x[i];
            nuclear += (double)x[i] * (double)x[i];
        }
        assert_true(trace > 0.5 * s && trace < 1.4 * s);
        /* <O, X> is the sum of singular values (times about 1), which is at least the Frobenius norm */
        assert_true(along > 0.7 * sqrt(nuclear));
        muon_free(mu);
        mem_free(x);
        mem_free(o);
    }
    param head = {.name = "lm_head.weight", .decay = true, .trained = true, .w = {.nd = 2, .ne = {4, 4}}};
    param norm = {.name = "model.norm.weight", .decay = false, .trained = true, .w = {.nd = 1, .ne = {4}}};
    assert_false(muon_takes(&head));
    assert_false(muon_takes(&norm));
}

int main(void) {
    err e;
    par_init(0);
    if (!kern_init(NULL, &e)) {
        fprintf(stderr, "%s\n", e.msg);
        return 1;
    }
    gemm_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedule_values),       cmocka_unit_test(adamw_is_the_paper),
        cmocka_unit_test(threads_do_not_matter), cmocka_unit_test(bad_gradient_changes_nothing),
        cmocka_unit_test(muon_orthogonalises),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    gemm_free();
    return failed;
}
