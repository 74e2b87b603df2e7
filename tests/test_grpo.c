/* The policy gradient: the row's loss against a reference in double, the model's gradient against finite differences,
 * the three algorithms against their formulas, and that a policy learns what is rewarded. */
#include "unit.h"

#include <math.h>

#include "fd.h"
#include "rl/collapse.h"
#include "rl/grpo.h"
#include "rl/reference.h"
#include "rl/rollout.h"
#include "tiny.h"
#include "train/optim.h"
#include "train/trainer.h"

/* ---- one row, in double ---- */
enum { ROWS = 7, V = 33 };
typedef struct rows_ref {
    const double *l; // [ROWS, V]
    int32_t       tgt[ROWS];
    float         w[ROWS], adv[ROWS], old[ROWS], ref[ROWS];
    loss_policy   p;
} rows_ref;

static double logp_of(const rows_ref *r, int i, double *entropy) {
    double sum = 0, h = 0, t = (double)r->p.temp;
    for (int j = 0; j < V; j++) sum += exp(r->l[i * V + j] / t);
    for (int j = 0; j < V; j++) {
        double lp = r->l[i * V + j] / t - log(sum);
        h -= exp(lp) * lp;
    }
    if (entropy) *entropy = h;
    return r->l[i * V + r->tgt[i]] / t - log(sum);
}

static double rows_loss(const void *ctx) {
    const rows_ref *r   = ctx;
    double          sum = 0;
    for (int i = 0; i < ROWS; i++) {
        double lp = logp_of(r, i, NULL), a = (double)r->adv[i], x = exp(lp - (double)r->old[i]);
        double b = fmin(fmax(x, 1 - (double)r->p.clip_low), 1 + (double)r->p.clip_high);
        double d = (double)r->ref[i] - lp, l = -fmin(x * a, b * a);
        if (r->p.ref) l += (double)r->p.kl * (exp(d) - d - 1);
        sum += 0.25 * (double)r->w[i] * l;
    }
    return sum;
}

static void check_rows(rng *R, float temp, float kl, float spread) {
    vec      l = vec_normal(R, ROWS * V, 2), d = vec_new(ROWS * V), work = vec_new(ROWS * V);
    float   *tmp     = mem_calloc((size_t)par_threads() * V, 4);
    rows_ref r       = {.l = l.d, .p = {.temp = temp, .clip_low = 0.2f, .clip_high = 0.28f, .kl = kl, .tmp = tmp}};
    double   entropy = 0, h, rows = 0, clipped = 0;
    for (int i = 0; i < ROWS; i++) {
        r.tgt[i]  = (int32_t)rng_below(R, V);
        r.w[i]    = i == 2 ? 0 : (float)(0.5 + rng_f64(R));
        r.adv[i]  = rng_normal(R);
        double lp = logp_of(&r, i, &h);
        r.old[i]  = (float)lp + spread * rng_normal(R);
        r.ref[i]  = (float)lp + 0.5f * rng_normal(R);
        double x  = exp(lp - (double)r.old[i]);
        if (r.w[i] == 0) continue;
        rows++;
        entropy += h;
        clipped += (r.adv[i] > 0 && x > 1.28) || (r.adv[i] < 0 && x < 0.8);
    }
    r.p.adv = r.adv, r.p.old = r.old, r.p.ref = kl > 0 ? r.ref : NULL;
    memcpy(work.f, l.f, ROWS * V * 4);
    loss_sums s = {0};
    op_xent(&s, d.f, DT_F32, work.f, r.tgt, r.w, 0.25f, ROWS, V, &r.p);
    near_d("policy loss", 0.25 * s.pol.loss, rows_loss(&r), fabs(rows_loss(&r)) + 1, TOL_F32);
    near_d("entropy", s.pol.entropy, entropy, entropy, TOL_F32);
    near_d("rows", s.pol.rows, rows, rows, 1e-12);
    near_d("clipped", s.pol.clipped, clipped, rows, 1e-12);
    fd_check("policy dlogits", R, 0, l.d, ROWS * V, d.f, NULL, rows_loss, &r, TOL_F32);
    mem_free(tmp);
    vec_free(&l), vec_free(&d), vec_free(&work);
}

static void test_rows(void **state) {
    (void)state;
    rng R = rng_seed(unit_seed("test_rows"));
    for (int i = 0; i < 20; i++) {
        check_rows(&R, 1, 0, 0.5f); /* many are clipped */
        check_rows(&R, 0.7f, 0.3f, 0.5f);
        check_rows(&R, 1.5f, 0.1f, 0.02f);
    }
}

/* Cross-entropy is the case advantage 1, drawn just now. */
static void test_cross_entropy_is_a_case(void **state) {
    (void)state;
    rng      R = rng_seed(unit_seed("test_cross_entropy_is_a_case"));
    vec      l = vec_normal(&R, ROWS * V, 2), a = vec_new(ROWS * V), b = vec_new(ROWS * V), work = vec_new(ROWS * V);
    rows_ref r = {.l = l.d, .p = {.temp = 1, .clip_low = 0.2f, .clip_high = 0.2f}};
    for (int i = 0; i < ROWS; i++) {
        r.tgt[i] = (int32_t)rng_below(&R, V);
        r.w[i] = r.adv[i] = 1;
        r.old[i]          = (float)logp_of(&r, i, NULL);
    }
    r.p.adv = r.adv, r.p.old = r.old;
    loss_sums s = {0}, t = {0};
    memcpy(work.f, l.f, ROWS * V * 4);
    op_xent(&s, a.f, DT_F32, work.f, r.tgt, r.w, 1, ROWS, V, NULL);
    memcpy(work.f, l.f, ROWS * V * 4);
    op_xent(&t, b.f, DT_F32, work.f, r.tgt, r.w, 1, ROWS, V, &r.p);
    assert_true(s.nll == t.nll && s.hit == t.hit);
    for (size_t i = 0; i < ROWS * V; i++) assert_true(fabs((double)(a.f[i] - b.f[i])) < 1e-5);
    vec_free(&l), vec_free(&a), vec_free(&b), vec_free(&work);
}

/* ---- answers of a model ---- */
enum { GROUPS = 3, G = 4, N = GROUPS * G, MAX_NEW = 24, MAX_LEN = 64 };
typedef struct fixture {
    model      *m;
    grpo_batch *b;
    ids         prompt[GROUPS];
    rollout     r;
    grpo_answer a[N];
    float       ref[N][MAX_LEN];
} fixture;

static void setup(fixture *f, rng *r, int micro) {
    err e = {0};
    memset(f, 0, sizeof *f);
    f->m = tiny_model(9);
    tiny_fix_routes(f->m);
    assert_true(model_train_begin(f->m, DT_F32, &e));
    for (int q = 0; q < GROUPS; q++)
        for (int k = 0; k < 3 + 5 * q; k++) ids_add(&f->prompt[q], (int32_t)rng_below(r, 256));
    rollout_args ra = {.group = G, .parallel = 8, .ctx = MAX_LEN, .max_new = MAX_NEW, .temp = 1, .top_p = 1, .seed = 3};
    assert_true(rollout_run(f->m, &ra, f->prompt, GROUPS, &f->r, &e));
    for (int i = 0; i < N; i++) {
        const rollout_answer *x = &f->r.a[i];
        int                   n = x->tok.n > 4 + i ? 4 + i : x->tok.n; /* lengths that differ */
        f->a[i]                 = (grpo_answer){.prompt   = f->prompt[i / G].p,
                                                .n_prompt = f->prompt[i / G].n,
                                                .tok      = x->tok.p,
                                                .n        = n,
                                                .old      = x->logp,
                                                .ref      = f->ref[i],
                                                .stopped  = i % 3 != 0,
                                                .reward   = (float)rng_below(r, 3)};
        for (int k = 0; k < n; k++) f->ref[i][k] = x->logp[k] + 0.3f * rng_normal(r);
    }
    f->b = grpo_new(f->m, micro, MAX_LEN, &e);
    assert_non_null(f->b);
}

static void teardown(fixture *f) {
    for (int q = 0; q < GROUPS; q++) ids_free(&f->prompt[q]);
    rollout_free(&f->r);
    grpo_free(f->b);
    model_free(f->m);
}

static double loss_at(fixture *f, const grpo_args *g) {
    grpo_sums s = {0};
    grpo_loss(f->b, f->a, N, g, &s);
    return s.loss;
}

/* Along a random direction in each parameter tensor. */
static void check_gradient(fixture *f, const grpo_args *g, rng *r) {
    grpo_sums s = {0};
    grpo_gradient(f->b, f->a, N, g, &s);
    for (int i = 0; i < model_param_count(f->m); i++) {
        param  *p = model_param(f->m, i);
        int64_t n = tensor_count(&p->w);
        if (!p->trained) continue;
        float *w = p->w.data, *w0 = mem_alloc((size_t)n * 4), *d = mem_alloc((size_t)n * 4);
        double dot = 0, gg = 0, best = INFINITY, said = 0;
        memcpy(w0, w, (size_t)n * 4);
        for (int64_t k = 0; k < n; k++) gg += (double)p->g[k] * (double)p->g[k];
        /* half along the gradient, half anywhere: a direction that the loss feels, and errors across it, too */
        for (int64_t k = 0; k < n; k++) {
            d[k] = (gg > 0 ? p->g[k] / (float)sqrt(gg) : 0) + rng_normal(r) / (float)sqrt((double)n);
            dot += (double)p->g[k] * (double)d[k];
        }
        double tol = 0.01 * fabs(dot) + 2e-4;
        for (double h = 3e-2; h > 1e-4 && best > tol; h /= 3) {
            for (int64_t k = 0; k < n; k++) w[k] = (float)((double)w0[k] + h * (double)d[k]);
            double up = loss_at(f, g);
            for (int64_t k = 0; k < n; k++) w[k] = (float)((double)w0[k] - h * (double)d[k]);
            double x = (up - loss_at(f, g)) / (2 * h);
            if (fabs(x - dot) < best) best = fabs(x - dot), said = x;
        }
        memcpy(w, w0, (size_t)n * 4);
        if (best > tol) fail_msg("%s: gradient %.6g, differences %.6g", p->name, dot, said);
        memset(p->g, 0, (size_t)n * 4);
        mem_free(w0);
        mem_free(d);
    }
}

static void test_gradient(void **state) {
    (void)state;
    rng     r = rng_seed(unit_seed("test_gradient"));
    fixture f;
    setup(&f, &r, 100);
    for (int k = 0; k < 3; k += 2) { /* dr_grpo is grpo with other weights */
        grpo_args g = grpo_defaults((grpo_algorithm)k);
        g.kl        = k ? 0.2f : 0;
        g.max_new   = MAX_NEW;
        for (int q = 0; q < GROUPS; q++) grpo_advantages(g.algorithm, f.a + q * G, G);
        check_gradient(&f, &g, &r);
    }
    teardown(&f);
}

/* How the answers fall into micro-batches does not matter. */
static void test_micro_batches(void **state) {
    (void)state;
    rng       r[2] = {rng_seed(unit_seed("test_micro_batches"))};
    fixture   f[2];
    grpo_args g    = grpo_defaults(GRPO_DAPO);
    grpo_sums s[2] = {0};
    r[1]           = r[0];
    for (int k = 0; k < 2; k++) {
        setup(&f[k], &r[k], k ? 2000 : MAX_LEN);
        for (int q = 0; q < GROUPS; q++) grpo_advantages(g.algorithm, f[k].a + q * G, G);
        grpo_gradient(f[k].b, f[k].a, N, &g, &s[k]);
    }
    assert_true(s[0].micro >= 3 && s[1].micro == 1);
    assert_true(fabs(s[0].loss - s[1].loss) < 1e-5 && s[0].pol.rows == s[1].pol.rows);
    for (int i = 0; i < model_param_count(f[0].m); i++) {
        const param *p = model_param(f[0].m, i), *q = model_param(f[1].m, i);
        double       size = 0;
        for (int64_t k = 0; k < tensor_count(&p->w); k++) size = fmax(size, fabs((double)p->g[k]));
        for (int64_t k = 0; k < tensor_count(&p->w); k++)
            assert_true(fabs((double)p->g[k] - (double)q->g[k]) <= 1e-3 * size + 1e-7);
    }
    teardown(&f[0]);
    teardown(&f[1]);
}

static void test_advantages(void **state) {
    (void)state;
    grpo_answer a[4] = {{.reward = 1}, {.reward = 0}, {.reward = 0}, {.reward = 1}};
    assert_false(grpo_advantages(GRPO_DR, a, 4));
    assert_true(a[0].advantage == 0.5f && a[1].advantage == -0.5f);
    assert_false(grpo_advantages(GRPO_GRPO, a, 4));
    assert_true(fabs((double)a[0].advantage - 1) < 1e-3 && fabs((double)a[1].advantage + 1) < 1e-3);
    for (int i = 0; i < 4; i++) a[i].reward = 0.3f;
    assert_true(grpo_advantages(GRPO_DAPO, a, 4));
    assert_true(a[0].advantage == 0 && a[3].advantage == 0);
}

/* Drawn just now, the ratio is 1 and the loss is minus the weighted mean of the advantages. */
static void test_algorithms(void **state) {
    (void)state;
    rng     r = rng_seed(unit_seed("test_algorithms"));
    fixture f;
    setup(&f, &r, 300);
    for (int k = 0; k < 3; k++) {
        grpo_args g    = grpo_defaults((grpo_algorithm)k);
        double    want = 0, tokens = 0, n = 0;
        g.max_new = MAX_NEW;
        for (int i = 0; i < N; i++) {
            f.a[i].advantage = rng_normal(&r);
            if (g.mask_cut && !f.a[i].stopped) continue;
            tokens += f.a[i].n;
            n++;
        }
        assert_int_equal(g.mask_cut, k == GRPO_DAPO);
        for (int i = 0; i < N; i++) {
            double len = f.a[i].n, A = (double)f.a[i].advantage;
            if (g.mask_cut && !f.a[i].stopped) continue;
            want -= k == GRPO_GRPO ? A / n : k == GRPO_DR ? A * len / (n * MAX_NEW) : A * len / tokens;
        }
        grpo_sums s = {0};
        grpo_loss(f.b, f.a, N, &g, &s);
        if (fabs(s.loss - want) > 1e-3) fail_msg("algorithm %d: loss %g, expected %g", k, s.loss, want);
        assert_true(s.pol.rows == tokens && s.pol.clipped == 0 && s.pol.drift / tokens < 1e-3);
    }
    teardown(&f);
}

static void test_reference(void **state) {
    (void)state;
    rng     r = rng_seed(unit_seed("test_reference"));
    fixture f;
    float   x[MAX_LEN], y[MAX_LEN], z[MAX_LEN], *px = x, *py = y, *pz = z;
    setup(&f, &r, 300);
    reference *ref = reference_new(f.m);
    grpo_score(f.b, f.a + 11, 1, 1, &px);
    param *p = model_param(f.m, 0);
    for (int64_t k = 0; k < tensor_count(&p->w); k++) ((float *)p->w.data)[k] *= 1.5f;
    grpo_score(f.b, f.a + 11, 1, 1, &py);
    reference_swap(ref);
    grpo_score(f.b, f.a + 11, 1, 1, &pz);
    assert_memory_equal(x, z, (size_t)f.a[11].n * 4);
    assert_memory_not_equal(x, y, (size_t)f.a[11].n * 4);
    reference_swap(ref);
    grpo_score(f.b, f.a + 11, 1, 1, &pz);
    assert_memory_equal(y, z, (size_t)f.a[11].n * 4);
    reference_take(ref);
    reference_swap(ref);
    grpo_score(f.b, f.a + 11, 1, 1, &pz);
    assert_memory_equal(y, z, (size_t)f.a[11].n * 4);
    reference_swap(ref);
    reference_free(ref);
    teardown(&f);
}

/* A policy that is paid for one token comes to write it, with each algorithm. */
static void test_learns(void **state) {
    (void)state;
    enum { STEPS = 40, GROUP = 16, PAID = 65 };
    for (int k = 0; k < 3; k++) {
        err    e      = {0};
        model *m      = tiny_model(2);
        ids    prompt = {0};
        double first = 0, last = 0;
        assert_true(model_train_begin(m, DT_F32, &e));
        for (int i = 0; i < 4; i++) ids_add(&prompt, 70 + i);
        grpo_batch *b = grpo_new(m, 512, 32, &e);
        optim      *o = trainer_optim(m);
        grpo_args   g = grpo_defaults((grpo_algorithm)k);
        g.max_new     = 12;
        g.mask_cut    = false;
        for (int s = 0; s < STEPS; s++) {
            rollout      x;
            grpo_answer  a[GROUP];
            rollout_args ra = {.group    = GROUP,
                               .parallel = GROUP,
                               .ctx      = 32,
                               .max_new  = 12,
                               .temp     = 2.5f,
                               .top_p    = 1,
                               .seed     = (uint64_t)s};
            g.temp          = ra.temp;
            assert_true(rollout_run(m, &ra, &prompt, 1, &x, &e));
            double mean = 0;
            for (int i = 0; i < GROUP; i++) {
                float paid = 0;
                for (int t = 0; t < x.a[i].tok.n; t++) paid += x.a[i].tok.p[t] % 2 == PAID % 2;
                a[i] = (grpo_answer){.prompt   = prompt.p,
                                     .n_prompt = prompt.n,
                                     .tok      = x.a[i].tok.p,
                                     .n        = x.a[i].tok.n,
                                     .old      = x.a[i].logp,
                                     .stopped  = x.a[i].stopped,
                                     .reward   = paid / (float)x.a[i].tok.n};
                mean += (double)a[i].reward / GROUP;
            }
            if (s < 5) first += mean / 5;
            if (s >= STEPS - 5) last += mean / 5;
            grpo_sums    sums = {0};
            optim_report rep;
            if (!grpo_advantages(g.algorithm, a, GROUP)) {
                grpo_gradient(b, a, GROUP, &g, &sums);
                optim_step(o, &(optim_args){.lr = 3e-3f, .beta1 = 0.9f, .beta2 = 0.95f, .eps = 1e-8f, .clip = 1}, s + 1,
                           &rep);
                assert_true(rep.finite);
            }
            rollout_free(&x);
        }
        printf("algorithm %d: %.2f of the tokens were paid at first, %.2f at last\n", k, first, last);
        assert_true(last > first + 0.15);
        optim_free(o);
        grpo_free(b);
        ids_free(&prompt);
        model_free(m);
    }
}

static void test_collapse(void **state) {
    (void)state;
    collapse_watch w    = {0};
    collapse_signs good = {0.4, 200, 0.05, 0.9, 0.3};
    str            s    = {0};
    for (int i = 1; i <= 10; i++) collapse_see(&w, i, good, &s);
    assert_int_equal(s.len, 0);
    static const struct {
        collapse_signs x;
        const char    *says;
    } bad[] = {{{0.01, 200, 0.05, 0.9, 0.3}, "entropy is all but gone"},
               {{4, 200, 0.05, 0.9, 0.3}, "entropy explodes"},
               {{0.4, 20, 0.05, 0.9, 0.3}, "shrink"},
               {{0.4, 900, 0.05, 0.9, 0.3}, "grow"},
               {{0.4, 200, 0.6, 0.9, 0.3}, "circles"},
               {{0.4, 200, 0.05, 0.1, 0.3}, "format"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        str_clear(&s);
        collapse_see(&w, 20, bad[i].x, &s);
        assert_non_null(strstr(s.p, bad[i].says));
        str_clear(&s);
        collapse_see(&w, 30, bad[i].x, &s); /* said already */
        assert_int_equal(s.len, 0);
    }
    /* one step without a difference says nothing, many do, also where no entropy is known */
    collapse_signs flat = {(double)NAN, 200, 0.05, 0.9, 1};
    collapse_see(&w, 31, flat, &s);
    assert_int_equal(s.len, 0);
    for (int i = 32; i < 60; i++) collapse_see(&w, i, flat, &s);
    assert_non_null(strstr(s.p, "hardly a group"));
    assert_ptr_equal(strstr(s.p, "hardly a group"), s.p);
    str_free(&s);
}

int main(void) {
    tiny_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),       cmocka_unit_test(test_cross_entropy_is_a_case),
        cmocka_unit_test(test_advantages), cmocka_unit_test(test_algorithms),
        cmocka_unit_test(test_gradient),   cmocka_unit_test(test_micro_batches),
        cmocka_unit_test(test_reference),  cmocka_unit_test(test_learns),
        cmocka_unit_test(test_collapse)};
    int failed = cmocka_run_group_tests_name("grpo", tests, NULL, NULL);
    gemm_free();
    return failed;
}
