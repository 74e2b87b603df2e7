#include "unit.h"

#include <unistd.h>

#include "base/opt.h"

typedef struct values {
    const char *model;
    int         n;
    uint64_t    seed;
    double      temp;
    bool        json, no_think;
    str_list    set;
} values;

enum { MAX_ARGS = 16 };

/* Parses "r1" and the arguments up to NULL; argv comes back permuted. */
static int parse(values *v, const char **argv, err *e) {
    const opt table[] = {
        OPT_STR('m', "model", &v->model, "FILE", "GGUF file or HF folder"),
        OPT_INT(0, "max-tokens", &v->n, 1, 1 << 20, "N", "longest answer in tokens"),
        OPT_U64('s', "seed", &v->seed, "N", "seed of the sampler"),
        OPT_F64('t', "temp", &v->temp, 0, 10, "T", "0 is greedy"),
        OPT_BOOL('j', "json", &v->json, "one JSON object on stdout"),
        OPT_BOOL(0, "no-think", &v->no_think, "answer at once"),
        OPT_MULTI(0, "set", &v->set, "KEY=VALUE", "change a value of the recipe"),
        OPT_END,
    };
    int argc = 0;
    while (argv[argc]) argc++;
    return opt_parse(table, argc, (char **)(uintptr_t)argv, e);
}

static void test_all_forms(void **state) {
    (void)state;
    values      v      = {.n = 256};
    err         e      = {0};
    const char *argv[] = {"r1",         "-m",       "a.gguf", "--max-tokens=12",
                          "--temp",     "0.5",      "-j",     "--seed=18446744073709551615",
                          "--no-think", "question", NULL};
    int         first  = parse(&v, argv, &e);
    assert_int_equal(first, 9);
    assert_string_equal(argv[first], "question");
    assert_string_equal(v.model, "a.gguf");
    assert_int_equal(v.n, 12);
    assert_true(v.temp == 0.5);
    assert_true(v.json && v.no_think);
    assert_true(v.seed == UINT64_MAX);
}

static void test_positionals_move_to_the_end_in_order(void **state) {
    (void)state;
    values      v      = {0};
    err         e      = {0};
    const char *argv[] = {"r1", "one", "-j", "two", "--temp", "1", "-", "--", "--json", "-m", NULL};
    int         first  = parse(&v, argv, &e);
    assert_int_equal(first, 5);
    const char *want[] = {"-j", "--temp", "1", "--", "one", "two", "-", "--json", "-m"};
    /* "--" ends the options and belongs to them. */
    assert_string_equal(argv[1], want[0]);
    for (int i = 0; i < 9; i++) assert_string_equal(argv[1 + i], want[i]);
    assert_null(v.model);
}

static void test_questions_that_begin_with_a_minus(void **state) {
    (void)state;
    values      v      = {0};
    err         e      = {0};
    const char *argv[] = {"r1", "-3 + 5 = ?", "-(2x) = 4", "-.5", NULL};
    assert_int_equal(parse(&v, argv, &e), 1);
    const char *bad[] = {"r1", "-x + 3 = 5", NULL};
    assert_int_equal(parse(&v, bad, &e), OPT_ERROR);
    assert_non_null(strstr(e.msg, "put -- before"));
    const char *value[] = {"r1", "--set", "-5", "--", "-x + 3 = 5", NULL}; /* a value may begin with one */
    assert_int_equal(parse(&v, value, &e), 4);
    assert_string_equal(v.set.v[0], "-5");
    str_list_free(&v.set);
}

static void test_multi_collects(void **state) {
    (void)state;
    values      v      = {0};
    err         e      = {0};
    const char *argv[] = {"r1", "--set", "a.b=1", "x", "--set=c.d=2=3", "--set=", NULL};
    assert_int_equal(parse(&v, argv, &e), 5);
    assert_int_equal(v.set.n, 3);
    assert_string_equal(v.set.v[0], "a.b=1");
    assert_string_equal(v.set.v[1], "c.d=2=3");
    assert_string_equal(v.set.v[2], "");
    str_list_free(&v.set);
    assert_int_equal(v.set.n, 0);
}

static void assert_error(const char *a, const char *b, const char *needle) {
    values      v      = {.n = 256, .temp = 1};
    err         e      = {0};
    const char *argv[] = {"r1", a, b, NULL};
    assert_int_equal(parse(&v, argv, &e), OPT_ERROR);
    if (!strstr(e.msg, needle)) fail_msg("'%s' does not say '%s'", e.msg, needle);
    assert_int_equal(v.n, 256);
    assert_true(v.temp == 1 && v.seed == 0 && !v.json);
}

static void test_errors(void **state) {
    (void)state;
    assert_error("--max-tokens", NULL, "--max-tokens: expected a value (N)");
    assert_error("-m", NULL, "-m: expected a value (FILE)");
    assert_error("--max-tokens", "many", "whole number from 1 to 1048576, found 'many'");
    assert_error("--max-tokens", "0", "from 1");
    assert_error("--max-tokens", "1048577", "found '1048577'");
    assert_error("--max-tokens", "12.5", "found '12.5'");
    assert_error("--max-tokens=", NULL, "found ''");
    assert_error("--max-tokens", "99999999999999999999", "whole number");
    assert_error("--temp", "hot", "number from 0 to 10, found 'hot'");
    assert_error("--temp", "-1", "found '-1'");
    assert_error("--temp", "nan", "found 'nan'");
    assert_error("--seed", "-1", "found '-1'");
    assert_error("--seed", "18446744073709551616", "2^64 - 1");
    assert_error("--seed", "", "found ''");
    assert_error("--json=yes", NULL, "--json: takes no value");
    assert_error("-jm", NULL, "unknown option '-jm'");
    assert_error("--modle", "x", "did you mean '--model'?");
    assert_error("--max", "5", "did you mean '--max-tokens'?");
    assert_error("--hepl", NULL, "did you mean '--help'?");
    assert_error("--xyzzy", NULL, "unknown option '--xyzzy' (try --help)");
    assert_error("--modle=x", NULL, "unknown option '--modle', did you");
}

static void test_help_wins(void **state) {
    (void)state;
    values      v   = {0};
    err         e   = {0};
    const char *a[] = {"r1", "x", "--help", "--xyzzy", NULL}, *b[] = {"r1", "-h", NULL},
               *c[] = {"r1", "--", "--help", NULL};
    assert_int_equal(parse(&v, a, &e), OPT_HELP);
    assert_int_equal(parse(&v, b, &e), OPT_HELP);
    assert_int_equal(parse(&v, c, &e), 2);
}

static void test_no_arguments(void **state) {
    (void)state;
    values      v   = {0};
    err         e   = {0};
    const char *a[] = {"r1", NULL}, *none[] = {NULL};
    assert_int_equal(parse(&v, a, &e), 1);
    assert_int_equal(parse(&v, none, &e), 1);
}

static void test_help_is_80_columns(void **state) {
    (void)state;
    int       n       = 0;
    bool      b       = false;
    const opt table[] = {
        OPT_INT('n', "max-tokens", &n, 1, 9, "N",
                "a long description that must be wrapped because it does not fit into one line of a terminal, thinking "
                "included, and goes on for a while after that"),
        OPT_BOOL(0, "a-name-that-is-much-longer-than-the-column", &b, "short"),
        OPT_END,
    };
    char path[] = "/tmp/r1-opt-XXXXXX";
    int  fd = mkstemp(path), keep = dup(STDOUT_FILENO);
    assert_true(fd >= 0);
    unlink(path);
    fflush(stdout);
    dup2(fd, STDOUT_FILENO);
    opt_print_help(table, "r1 ask [options] \"question\"", "Ask one question.");
    fflush(stdout);
    dup2(keep, STDOUT_FILENO);
    close(keep);
    char    text[4096];
    ssize_t got = pread(fd, text, sizeof text - 1, 0);
    close(fd);
    assert_true(got > 0);
    text[got] = '\0';
    assert_non_null(strstr(text, "usage: r1 ask [options] \"question\"\n"));
    assert_non_null(strstr(text, "  -n, --max-tokens N  a long"));
    assert_non_null(strstr(text, "--a-name-that-is-much-longer-than-the-column\n"));
    assert_non_null(strstr(text, "-h, --help"));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        assert_true(strlen(line) <= 80);
        assert_true(line[0] == '\0' || line[strlen(line) - 1] != ' ');
    }
}

static void test_nearest(void **state) {
    (void)state;
    const char *names[] = {"ask", "chat", "serve", "train", "data", "eval"};
    assert_string_equal(opt_nearest("evla", names, 6), "eval");
    assert_string_equal(opt_nearest("trian", names, 6), "train");
    assert_string_equal(opt_nearest("ser", names, 6), "serve");
    assert_null(opt_nearest("quantize", names, 6));
    char big[300];
    memset(big, 'a', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    assert_null(opt_nearest(big, names, 6));
    assert_null(opt_nearest("ask", names, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_forms),
        cmocka_unit_test(test_positionals_move_to_the_end_in_order),
        cmocka_unit_test(test_questions_that_begin_with_a_minus),
        cmocka_unit_test(test_multi_collects),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_help_wins),
        cmocka_unit_test(test_no_arguments),
        cmocka_unit_test(test_help_is_80_columns),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests_name("opt", tests, NULL, NULL);
}
