/* The guard: what it lets through, and whole runs of the miniature with a fault put in: caught, gone back for once, the
 * second time an end; and all of it with the same bits when the run is stopped in between. */
#include "unit.h"

#include <math.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "train/guard.h"
#include "train/stages.h"

static void what_fits(void **state) {
    (void)state;
    guard  g = {0};
    double median;
    assert_true(guard_fits(&g, 1e9, 1.5, &median)); /* nothing is known yet */
    assert_false(guard_fits(&g, (double)NAN, 0, &median));
    assert_false(guard_fits(&g, (double)INFINITY, 0, &median));
    for (int i = 0; i < GUARD_MIN; i++) guard_note(&g, i % 2 ? 1.0 : 3.0);
    assert_true(guard_median(&g) == 2.0);
    assert_true(guard_fits(&g, 3.5, 1.5, &median)); /* 1.5 * 2 + 0.5 */
    assert_false(guard_fits(&g, 3.51, 1.5, &median));
    assert_true(median == 2.0);
    assert_true(guard_fits(&g, 1e9, 0, &median)); /* off */
    for (int i = 0; i < GUARD_WINDOW; i++) guard_note(&g, 0.004);
    assert_true(guard_median(&g) == 0.004); /* the old ones are forgotten */
    assert_true(guard_fits(&g, 0.4, 1.5, &median));
    assert_false(guard_fits(&g, 0.6, 1.5, &median));
}

/* ---- whole runs ---- */
typedef enum { LOSS_NAN, LOSS_HIGH, GRAD_NAN } fault;
typedef struct plan {
    fault    what;
    int64_t  step;    /* first step that is spoilt; 0: none */
    int      times;   /* how many batches from there on are spoilt */
    uint64_t next[4]; /* their places, found in the run without a stop: a place in the data, not a step, is bad */
    int      n, hits;
    bool     learn; /* find the places */
} plan;

static bool is_bad(plan *p, int64_t step, uint64_t next) {
    for (int i = 0; i < p->n; i++)
        if (p->next[i] == next) return true;
    if (!p->learn || !p->step || step < p->step || p->n == p->times) return false;
    p->next[p->n++] = next;
    return true;
}

static void spoil(void *ctx, model *m, int64_t step, uint64_t next, model_losses *l) {
    plan *p = ctx;
    if (!is_bad(p, step, next)) return;
    p->hits++;
    if (p->what == LOSS_NAN) l->nll = (double)NAN;
    if (p->what == LOSS_HIGH) l->nll = 40 * l->n;
    if (p->what == GRAD_NAN) model_param(m, 3)->g[1] = NAN;
}

static const char *const SETS[] = {"pretrain.steps=18", "pretrain.eval_every=4", "sft.steps=0",
                                   "pretrain.checkpoint_minutes=1000"};

static trainer_end run(const char *dir, plan *p, bool resume, int64_t stop_after, err *e) {
    recipe *r = recipe_load("recipes/mini.ini", SETS, 4, e);
    assert_non_null(r);
    trainer_hooks hooks = {.spoil = spoil, .ctx = p};
    stages_args   a     = {.stage = "all", .out = dir, .resume = resume, .stop_after = stop_after, .hooks = &hooks};
    trainer_end   how   = stages_run(r, &a, e);
    recipe_free(r);
    return how;
}

static char *text_of(const char *dir, const char *name, size_t *n) {
    char path[160];
    err  e = {0};
    snprintf(path, sizeof path, "%s/%s", dir, name);
    char *p = fs_read(path, 1 << 24, n, &e);
    if (!p) print_error("%s\n", e.msg);
    assert_non_null(p);
    return p;
}

/* The metrics without what a clock says. */
static str figures(const char *dir) {
    static const char *const clocks[] = {"tok_s", "peak_share", "elapsed"};
    size_t                   n;
    char                    *text = text_of(dir, "metrics.jsonl", &n), *line, *rest = text;
    str                      out = {0};
    while ((line = strsep(&rest, "\n")) && *line) {
        json_t *o = json_loads(line, 0, NULL);
        assert_non_null(o);
        for (int i = 0; i < 3; i++) json_object_del(o, clocks[i]);
        char *s = json_dumps(o, JSON_COMPACT);
        str_addf(&out, "%s\n", s);
        free(s);
        json_decref(o);
    }
    mem_free(text);
    return out;
}

static void same_run(const char *a, const char *b) {
    size_t na, nb;
    char  *wa = text_of(a, "base/model.safetensors", &na), *wb = text_of(b, "base/model.safetensors", &nb);
    str    fa = figures(a), fb = figures(b);
    assert_int_equal(na, nb);
    assert_memory_equal(wa, wb, na);
    assert_string_equal(fa.p, fb.p);
    mem_free(wa);
    mem_free(wb);
    str_free(&fa);
    str_free(&fb);
}

static void in_dir(char *out, size_t cap, const char *dir, const char *name) { snprintf(out, cap, "%s/%s", dir, name); }

static void shell(const char *fmt, const char *a, const char *b) {
    str s = {0};
    str_addf(&s, fmt, a, b);
    assert_int_equal(system(s.p), 0);
    str_free(&s);
}

/* A fault of each kind: the run ends well, says once that it went back, to the step of the validation before. */
static void goes_back_once(void **state) {
    (void)state;
    char dir[100], out[120], copy[120], again[120];
    err  e = {0};
    assert_non_null(unit_tmpdir(dir, sizeof dir));
    for (int what = LOSS_NAN; what <= GRAD_NAN; what++) {
        plan p = {.what = (fault)what, .step = 11, .times = 1, .learn = true};
        in_dir(out, sizeof out, dir, "a");
        trainer_end how = run(out, &p, false, 0, &e);
        if (how != TRAIN_DONE) print_error("%s\n", e.msg);
        assert_int_equal(how, TRAIN_DONE);
        assert_int_equal(p.hits, 1); /* the bad place did not come again */
        str f = figures(out);
        assert_non_null(strstr(f.p, "\"step\":8,\"event\":\"went back\",\"from\":11,"));
        assert_null(strstr(f.p, "\"skipped\":2"));
        int lines = 0;
        for (const char *s = f.p; *s; s++) lines += *s == '\n';
        assert_int_equal(lines, 18 + 1); /* no step twice */
        str_free(&f);
        /* Killed before, between and after: what a kill at step k leaves is the last checkpoint, here of step k or
         * (the clock does not write any) of where it was stopped. */
        for (int stop = what == LOSS_HIGH ? 2 : 9; stop <= 12; stop += 5) {
            plan q  = p;
            q.learn = false, q.hits = 0;
            in_dir(again, sizeof again, dir, "b");
            assert_int_equal(run(again, &q, false, stop, &e), TRAIN_STOPPED);
            in_dir(copy, sizeof copy, dir, "c");
            shell("cp -r %s %s", again, copy);
            assert_int_equal(run(again, &q, true, 2, &e), TRAIN_STOPPED); /* goes on a little: then it is killed */
            shell("cp %s/metrics.jsonl %s/metrics.jsonl", again, copy);
            shell("cp %s/ckpt/pretrain-good.safetensors %s/ckpt/", again, copy);
            assert_int_equal(run(copy, &q, true, 0, &e), TRAIN_DONE);
            same_run(out, copy);
            assert_int_equal(run(again, &q, true, 0, &e), TRAIN_DONE);
            same_run(out, again);
            shell("rm -rf %s %s", again, copy);
        }
        shell("rm -rf %s %s", out, out);
    }
    shell("rm -rf %s %s", dir, dir);
}

/* Another bad batch before the next validation: the end, with a message that says what and where. */
static void second_time_ends(void **state) {
    (void)state;
    char dir[100], out[120];
    err  e = {0};
    plan p = {.what = LOSS_NAN, .step = 11, .times = 2, .learn = true};
    assert_non_null(unit_tmpdir(dir, sizeof dir));
    in_dir(out, sizeof out, dir, "a");
    p.step = 10;
    assert_int_equal(run(out, &p, false, 0, &e), TRAIN_FAILED);
    assert_int_equal(p.hits, 2);
    if (!strstr(e.msg, "second bad step")) print_error("%s\n", e.msg);
    assert_non_null(strstr(e.msg, "pretrain: step 10: the loss is not finite"));
    assert_non_null(strstr(e.msg, "second bad step"));
    /* After a validation in between it is another place: two faults, two times back. */
    shell("rm -rf %s %s", out, out);
    plan q = {.what = GRAD_NAN, .step = 6, .times = 1, .learn = true};
    assert_int_equal(run(out, &q, false, 9, &e), TRAIN_STOPPED);
    q.step = 14, q.times = 2;
    assert_int_equal(run(out, &q, true, 0, &e), TRAIN_DONE);
    str f = figures(out);
    assert_non_null(strstr(f.p, "\"step\":4,\"event\":\"went back\",\"from\":6,"));
    assert_non_null(strstr(f.p, "\"step\":12,\"event\":\"went back\",\"from\":14,"));
    str_free(&f);
    shell("rm -rf %s %s", dir, dir);
}

int main(void) {
    err e;
    par_init(1); /* such small products gain nothing from threads, and wait for each other on a busy machine */
    if (!kern_init(NULL, &e)) {
        fprintf(stderr, "%s\n", e.msg);
        return 1;
    }
    gemm_init();
    log_set_level(LOG_QUIET);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits),
        cmocka_unit_test(goes_back_once),
        cmocka_unit_test(second_time_ends),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    gemm_free();
    return failed;
}
