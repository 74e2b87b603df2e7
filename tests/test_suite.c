/* Evaluation: the interval against published values, files of rows, and a run over the tiny model. */
#include "unit.h"
#include <math.h>
#include <unistd.h>
#include "base/fs.h"
#include "base/mem.h"
#include "eval/suite.h"
#include "tiny.h"

static model *M;
static char   dir[256], path[300];

static void near(double got, double want) {
    if (fabs(got - want) > 5e-5) fail_msg("%.6f, expected %.6f", got, want);
}

/* Values of the score interval without continuity correction, from its formula by hand: k of n, 95%. */
static void test_wilson(void **state) {
    (void)state;
    double lo, hi;
    suite_wilson(0, 10, &lo, &hi);
    near(lo, 0);
    near(hi, 0.277533);
    suite_wilson(10, 10, &lo, &hi);
    near(lo, 0.722467);
    near(hi, 1);
    suite_wilson(50, 100, &lo, &hi);
    near(lo, 0.403832);
    near(hi, 0.596168);
    suite_wilson(81, 263, &lo, &hi); /* Newcombe 1998, table I: 0.2553 to 0.3662 */
    near(lo, 0.255275);
    near(hi, 0.366212);
    suite_wilson(0, 0, &lo, &hi);
    near(lo, 0);
    near(hi, 1);
}

static suite_args quick(void) {
    suite_args a = suite_defaults();
    a.max_new    = 12;
    a.parallel   = 4;
    return a;
}

static void write_rows(const char *text) {
    err e = {0};
    if (!fs_write(path, text, strlen(text), &e)) fail_msg("%s", e.msg);
}

static void bad_rows(const char *text, const char *message) {
    err          e = {0};
    suite_result r = {0};
    suite_args   a = quick();
    a.data         = path;
    write_rows(text);
    assert_false(suite_run(M, &a, &r, &e));
    if (!strstr(e.msg, message)) fail_msg("'%s' does not say '%s'", e.msg, message);
}

static void test_bad_rows(void **state) {
    (void)state;
    bad_rows("", "no rows");
    bad_rows("\n \n", "no rows");
    bad_rows("{\"question\":\"a\",\"answer\":\"b\"}\nnonsense\n", ":2");
    bad_rows("[1]\n", "expected an object");
    bad_rows("{\"answer\":\"b\"}\n", "question");
    bad_rows("{\"question\":\"a\"}\n", "answer");
    bad_rows("{\"question\":\"a\",\"answer\":[1]}\n", "answer");
    bad_rows("{\"question\":\"a\",\"answer\":\"\"}\n", "empty");
    bad_rows("{\"question\":5,\"answer\":\"x\"}\n", "question");
    err          e = {0};
    suite_result r = {0};
    suite_args   a = quick();
    a.data         = "/nonexistent/rows.jsonl";
    assert_false(suite_run(M, &a, &r, &e));
    a.data = NULL;
    assert_false(suite_run(M, &a, &r, &e));
    a.suite = "valif";
    assert_false(suite_run(M, &a, &r, &e));
    assert_non_null(strstr(e.msg, "did you mean 'valid'"));
    a.suite = family_at(0)->name;
    a.level = 99;
    assert_false(suite_run(M, &a, &r, &e));
    assert_non_null(strstr(e.msg, "levels 1.."));
}

typedef struct seen {
    int  cases, level_sum;
    char truth[16][64];
} seen;

static void on_case(void *user, const suite_case *c, int done, int total, int correct) {
    seen *s = user;
    assert_true(done >= 1 && done <= total && correct <= done);
    if (s->cases < 16) snprintf(s->truth[s->cases], sizeof s->truth[0], "%s", c->truth);
    s->cases++;
    s->level_sum += c->level;
}

static bool has_truth(const seen *s, const char *truth) {
    for (int i = 0; i < s->cases && i < 16; i++)
        if (strcmp(s->truth[i], truth) == 0) return true;
    return false;
}

static void test_rows(void **state) {
    (void)state;
    err          e   = {0};
    suite_result r   = {0};
    seen         s   = {0};
    suite_args   a   = quick();
    str          big = {0};
    str_add(&big, "{\"question\":\"What is 1 + 1?\",\"answer\":2}\n\n"
                  "{\"question\":\"a\",\"answer\":\"so\\n#### 18\"}\r\n"
                  "{\"question\":\"b\",\"answer\":\"It is **x = 5**.\",\"family\":\"linear\",\"level\":3}\n"
                  "{\"question\":\"c\",\"answer\":2.5}\n{\"question\":\"");
    for (int i = 0; i < 3000; i++) str_add(&big, "7 "); /* does not fit the context: wrong, not an error */
    str_add(&big, "\",\"answer\":\"1\"}");
    write_rows(big.p);
    str_free(&big);
    a.data    = path;
    a.on_case = on_case;
    a.user    = &s;
    if (!suite_run(M, &a, &r, &e)) fail_msg("%s", e.msg);
    assert_int_equal(r.all.n, 5);
    assert_int_equal(s.cases, 5);
    assert_int_equal(r.too_long, 1);
    assert_int_equal(r.n_cell, 2);
    assert_true(has_truth(&s, "2") && has_truth(&s, "18") && has_truth(&s, "x = 5") && has_truth(&s, "2.5"));
    suite_free(&r);
    a.limit   = 2;
    a.on_case = NULL;
    assert_true(suite_run(M, &a, &r, &e));
    assert_int_equal(r.all.n, 2);
    suite_free(&r);
}

static void test_suite(void **state) {
    (void)state;
    err          e = {0};
    suite_result r = {0}, again = {0};
    seen         s = {0};
    suite_args   a = quick();
    a.suite        = "valid";
    a.limit        = 7;
    a.samples      = 2;
    a.on_case      = on_case;
    a.user         = &s;
    if (!suite_run(M, &a, &r, &e)) fail_msg("%s", e.msg);
    int cells = 0, n = 0, problems = 0;
    for (int i = 0; i < family_count(); i++) cells += family_at(i)->levels;
    assert_int_equal(r.n_cell, cells);
    for (int i = 0; i < r.n_cell; i++) {
        n += r.cell[i].n;
        problems += r.cell[i].problems;
        assert_int_equal(r.cell[i].n, 2 * r.cell[i].problems);
    }
    assert_int_equal(problems, 7 * family_count());
    assert_int_equal(r.all.n, n);
    assert_int_equal(s.cases, n);
    assert_true(r.all.tokens > 0 && r.all.tokens <= 12 * n);
    json_t *j = suite_json(&r);
    assert_int_equal(json_integer_value(json_object_get(j, "n")), n);
    assert_int_equal(json_array_size(json_object_get(j, "cells")), (size_t)cells);
    assert_true(json_is_number(json_object_get(j, "accuracy")) && json_is_number(json_object_get(j, "mean_tokens")));
    json_decref(j);
    a.on_case = NULL;
    assert_true(suite_run(M, &a, &again, &e)); /* the same seed, the same figures */
    assert_int_equal(again.all.tokens, r.all.tokens);
    assert_int_equal(again.all.correct, r.all.correct);
    suite_free(&again);
    suite_free(&r);
}

/* A model cannot answer like this yet, so the judge is checked with the families' own answers. */
static void test_right_answers_count(void **state) {
    (void)state;
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        for (int level = 1; level <= f->levels; level++) {
            problem p = {0};
            str     s = {0};
            family_make(f, SPLIT_VALID, 1, 0, level, &p);
            str_addf(&s, "%s</think>\n%s", p.reasoning.p, p.answer.p);
            verdict v = family_check(f, &p, s.p);
            if (!v.right || !v.format) fail_msg("%s level %d: %s", f->name, level, v.why);
            str_free(&s);
            problem_free(&p);
        }
    }
}

static int setup(void **state) {
    (void)state;
    tiny_start();
    M = tiny_model(2);
    if (!unit_tmpdir(dir, sizeof dir)) return 1;
    snprintf(path, sizeof path, "%s/rows.jsonl", dir);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    fs_remove(path, NULL);
    fs_remove(dir, NULL);
    model_free(M);
    gemm_free();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_wilson), cmocka_unit_test(test_bad_rows),
                                       cmocka_unit_test(test_rows), cmocka_unit_test(test_suite),
                                       cmocka_unit_test(test_right_answers_count)};
    return cmocka_run_group_tests_name("suite", tests, setup, teardown);
}
