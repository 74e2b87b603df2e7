/* Shards of a step in one process: the fixed tree, and who may have how many. Several processes: tests/mpi.sh. */
#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tiny.h"
#include "train/ranks.h"

enum { ROWS = 24, MICRO = 5 };

typedef struct fixture {
    model      *m;
    model_work *w;
    int32_t     tok[MICRO][ROWS], tgt[MICRO][ROWS], start[3];
    float       wt[ROWS];
} fixture;

static void setup(fixture *f) {
    err e = {0};
    rng r = rng_fork(unit_seed("test_ranks"), 1);
    tiny_start();
    f->m = tiny_model(3);
    assert_true(model_train_begin(f->m, DT_F32, &e));
    f->w = work_new(f->m, ROWS, WORK_TRAIN, &e);
    assert_non_null(f->w);
    for (int i = 0; i < MICRO; i++)
        for (int k = 0; k < ROWS; k++) {
            f->tok[i][k] = (int32_t)rng_below(&r, 300);
            f->tgt[i][k] = (int32_t)rng_below(&r, 300);
        }
    for (int k = 0; k < ROWS; k++) f->wt[k] = 1;
    memcpy(f->start, (int32_t[]){0, 10, ROWS}, sizeof f->start);
}

static void teardown(fixture *f) {
    work_free(f->w);
    model_free(f->m);
    gemm_free();
}

static model_losses learn(fixture *f, int i) {
    model_losses l = {0};
    train_rows   b = {.r = {.T = ROWS, .tok = f->tok[i], .n_seq = 2, .start = f->start}, .tgt = f->tgt[i], .w = f->wt};
    loss_args    a = {.scale = 0.01f, .mtp_lambda = 0.3f, .balance_alpha = 1e-3f, .backward = true};
    model_loss(f->m, f->w, &b, &a, &l);
    return l;
}

/* All gradients in a row; then they are 0. */
static float *take_grads(fixture *f, size_t *n) {
    float *g = NULL;
    for (int pass = 0; pass < 2; pass++) {
        *n = 0;
        for (int i = 0; i < model_param_count(f->m); i++) {
            param *p = model_param(f->m, i);
            size_t k = (size_t)tensor_count(&p->w);
            if (!p->trained) continue;
            if (g) memcpy(g + *n, p->g, k * sizeof *g), memset(p->g, 0, k * sizeof *g);
            *n += k;
        }
        if (!g) g = mem_calloc(*n, sizeof *g);
    }
    return g;
}

static void add(float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++) a[i] += b[i];
}

/* Five micro-batches in four shards are ((s0 + s1) + (s2 + s3)), s0 being the first and the fifth: bit by bit. */
static void shards_are_a_fixed_tree(void **state) {
    (void)state;
    fixture f;
    err     e;
    size_t  n = 0;
    float  *s[4];
    double  nll[MICRO];
    setup(&f);
    for (int k = 0; k < 4; k++) {
        for (int i = k; i < MICRO; i += 4) nll[i] = learn(&f, i).nll;
        s[k] = take_grads(&f, &n);
    }
    add(s[0], s[1], n);
    add(s[2], s[3], n);
    add(s[0], s[2], n);
    model_bias_update(f.m, 0);
    ranks *r = ranks_new(NULL, f.m, MICRO, 0, 4, &e);
    assert_non_null(r);
    for (int again = 0; again < 2; again++) { /* the second step begins with clean shards */
        ranks_clear(r, 0);
        for (int i = 0; i < MICRO; i++) {
            assert_true(ranks_take(r, i));
            r->loss[i] = learn(&f, i);
        }
        assert_true(ranks_sum(r, 0, &e));
        for (int i = 0; i < MICRO; i++) assert_true(r->loss[i].nll == nll[i]);
        float *g = take_grads(&f, &n);
        assert_memory_equal(g, s[0], n * sizeof *g);
        mem_free(g);
    }
    int64_t load = 0;
    for (int i = 0; i < model_cfg(f.m)->n_routed_experts; i++) load += model_expert_load(f.m, 0)[i];
    assert_int_equal(load, 2 * MICRO * ROWS * model_cfg(f.m)->num_experts_per_tok);
    ranks_free(r);
    assert_true(learn(&f, 0).nll == nll[0]); /* into the model's own gradients again */
    for (int k = 0; k < 4; k++) mem_free(s[k]);
    teardown(&f);
}

static void how_many_shards(void **state) {
    (void)state;
    fixture f;
    err     e;
    setup(&f);
    const struct {
        int micro, shards, want;
    } row[] = {{1, 0, 1}, {2, 0, 2}, {8, 0, 2}, {8, 1, 1}, {8, 8, 8}, {8, 3, 3}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        ranks *r = ranks_new(NULL, f.m, row[i].micro, 4, row[i].shards, &e);
        assert_non_null(r);
        assert_int_equal(r->shards, row[i].want);
        assert_true(ranks_equal(r, &e));
        ranks_free(r);
    }
    assert_null(ranks_new(NULL, f.m, 2, 4, 3, &e));
    assert_string_equal(e.msg, "shards: 3, expected at most the step's 2 micro-batches");
    teardown(&f);
}

/* What every caller relies on where there is nobody else. */
static void one_rank_is_alone(void **state) {
    (void)state;
    err   e = {"kept"};
    dist *d = dist_new(&e);
    assert_non_null(d);
    float     x[2] = {1, 2};
    double    y    = 3;
    dist_part p    = {x, 2};
    assert_true(dist_rank(d) == 0 && dist_size(d) == 1 && dist_size(NULL) == 1);
    assert_true(dist_sum(d, &p, 1, &e) && dist_sum_f64(d, &y, 1, &e) && dist_bcast(d, x, sizeof x, &e));
    assert_true(x[0] == 1 && x[1] == 2 && y == 3);
    assert_true(dist_agree(d, true, &e) && !dist_agree(d, false, &e) && dist_alive(d, &e) && dist_speaks(d));
    assert_string_equal(e.msg, "kept");
    dist_free(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shards_are_a_fixed_tree),
        cmocka_unit_test(how_many_shards),
        cmocka_unit_test(one_rank_is_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
