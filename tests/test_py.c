/* The small Python in C against CPython (through the executor): what generated programs print and which exceptions end
 * them, before and after the printer; hand-made cases of semantics; that telling changes nothing; what answers claim.
 */
#include "unit.h"

#include "exec/exec.h"
#include "task/pyclaim.h"
#include "task/pyfam.h"
#include "task/pysnip.h"
#include "task/pytpl.h"

static bool long_run(void) { return getenv("R1_LONG") != NULL; }

static exec *executor(void) {
    err   e = {""};
    exec *x = exec_shared(&e);
    if (!x) {
        printf("no executor (%s)\n", e.msg);
        skip();
    }
    return x;
}

/* One program in both; what pyrun does not know it must say. Returns whether it was compared. */
static bool same(exec *x, const char *code) {
    pyast        p   = {0};
    pyrun_result own = {0};
    exec_result  res = {0};
    err          e   = {""};
    if (!pyast_read(&p, code)) fail_msg("cannot read: %s\n%s", p.fault, code);
    pyrun(&(pyrun_job){.p = &p}, &own);
    bool known = !own.odd;
    if (known) {
        if (!exec_run(x, &(exec_job){.code = code}, &res, &e)) fail_msg("%s", e.msg);
        const char *out = res.out.p ? res.out.p : "";
        if (strcmp(out, own.out.p)) fail_msg("CPython prints\n%s\nwe print\n%s\nof\n%s", out, own.out.p, code);
        if ((res.status == EXEC_RAISED) != (own.error[0] != 0))
            fail_msg("CPython: %s %s, we: %s %s\n%s", exec_status_name(res.status), res.error.p ? res.error.p : "",
                     own.error, own.message.p, code);
        if (own.error[0]) {
            str s = {0};
            str_addf(&s, "%s: %s", own.error, own.message.p);
            if (strncmp(res.error.p, s.p, s.len)) fail_msg("CPython: %s, we: %s\n%s", res.error.p, s.p, code);
            assert_int_equal(res.error_line, own.line);
            str_free(&s);
        }
    }
    exec_result_free(&res);
    pyrun_free(&own);
    pyast_free(&p);
    return known;
}

static void test_generated_programs_print_what_python_prints(void **state) {
    (void)state;
    exec    *x    = executor();
    uint64_t seed = unit_seed("test_generated_programs");
    int      n = long_run() ? 20000 : 1000, compared = 0;
    str      code = {0};
    for (int i = 0; i < n; i++) {
        rng r = rng_fork(seed, (uint64_t)i);
        pysnip_program(&r, 1 + i % 10, &code);
        compared += same(x, code.p);
    }
    assert_true(compared > n * 95 / 100);
    str_free(&code);
}

static void test_semantics_that_are_easy_to_get_wrong(void **state) {
    (void)state;
    exec                    *x     = executor();
    static const char *const all[] = {
        "print(-7 // 2, 7 // -2, -7 % 3, 7 % -3, -6 // 3, 2 ** 10, -2 ** 2, (-2) ** 2)",
        "xs = [1, 2, 3, 4]\nprint(xs[-1], xs[-4], xs[1:-1], xs[::-1], xs[::2], xs[5:], xs[-2:], xs[3:1], xs[::-2])",
        "s = 'hello'\nprint(s[-1], s[1:3], s[::-1], s[10:], s[-3:-1], len(s[5:]))",
        "print(['a\"b', \"it's\", 'x\\ny', '\\\\'], ('a',), (), {}, [], {1: 'a'}, True, None)",
        "a = [1, 2]\nb = a\nb.append(3)\nprint(a)\na += [4]\nprint(b)\na = a + [5]\nprint(b, a)",
        "print(True + True, 1 == True, [1] == [True], 3 > 2, not 0, not [], 0 or 'x', '' and 1, 5 and 7)",
        "print('abc' < 'abd', 'Z' < 'a', [1, 2] < [1, 3], [1] < [1, 0], 'a' * 0 == '', 'a' in 'cat', 3 not in [1])",
        "print('a,b,,c'.split(','), ' a  b '.split(), '-'.join(['x']), 'aaa'.replace('a', 'b'), 'abab'.count('ab'), "
        "'xyx'.find('x'))",
        "print('hello world'.title(), 'hELLO'.capitalize(), 'aBc'.swapcase(), ' x '.strip(), 'x'.isalpha(), "
        "''.isdigit(), '12'.isdigit())",
        "print(sorted([3, 1, 2], reverse=True), sorted(['bb', 'a', 'cc'], key=len), max([3, 9, 9]), min('hat'), "
        "sum([1, 2], 10))",
        "d = {'b': 1, 'a': 2}\nd['b'] = 5\nd['c'] = d.pop('a')\nprint(d, list(d), d.get('z'), 'b' in d, len(d))",
        "for i in range(5, 0, -2):\n    print(i, end=' ')\nprint()\nprint(list(range(3, 3)), list(range(0, 10, 4)))",
        "x = 5\ndef f(a, b=2):\n    x = a * b\n    return x\nprint(f(3), f(3, 3), x)",
        "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nprint(f(10), [f(i) for i in range(5)])",
        "print([i * j for i in range(3) for j in range(3) if i != j], {x % 3 for x in range(1)}, {k: len(k) for k in "
        "['a', 'bb']})",
        "i = 10\nys = [i for i in range(3)]\nprint(i, ys, any(y > 1 for y in ys), all([]))",
        "print(f'{1 + 2}a{\"x\"}', str(5) + '5', int('-12') + 1, int(' 7 '), abs(-3), divmod(-7, 2), ord('a'), "
        "chr(98))",
        "for i, c in enumerate('ab', 1):\n    print(i, c)\nfor a, b in zip([1, 2, 3], 'xy'):\n    print(a, b, sep='-')",
        "while True:\n    break\nelse_ = 3\nprint(else_)",
        "n = 0\nwhile n < 10:\n    n += 1\n    if n % 2:\n        continue\n    if n > 7:\n        break\n    print(n)",
        "xs = [3, 1, 2]\nprint(xs.sort(), xs, xs.index(2), xs.count(9), xs.pop(0), xs)\nxs.insert(-1, "
        "7)\nxs.remove(2)\nxs.extend('ab')\nprint(xs)",
        /* exceptions */
        "print(1 // 0)", "print(1 % 0)", "print(1 / 0)", "print('a' + 1)", "print(1 + 'a')", "x = 'a'\nx += 1",
        "x = 1\nx += 'a'", "print([1][1])", "print('a'[5])", "print({'a': 1}['b'])", "print([1]['a'])",
        "print('a'['b'])", "print(int('x1'))", "[1].remove(2)", "print([1].index(2))", "[].pop()", "print(max([]))",
        "print(len(3))", "print(3[0])", "x = None\nprint(x[0])", "for i in 5:\n    pass", "a, b = [1]",
        "a, b = [1, 2, 3]", "a, b = 5", "print(undefined_name)", "def f(a, b):\n    return a\nf(1)",
        "def f(a):\n    return a\nf(1, 2)", "def f():\n    return x\n    x = 1\nf()", "s = 'abc'\ns[0] = 'x'",
        "t = (1, 2)\nt[0] = 3", "d = {}\nd[[1]] = 2", "print('3' < 4)", "[1].push(2)", "'a'.append('b')", "x = 5\nx()",
        "print(-'a')", "print('a' * 'b')", "print(sum(['a']))", "'-'.join([1])", "print([1] + 2)",
        "def f(n):\n    return f(n + 1)\nf(0)", "print(range('a'))", "print('a' in 5)", "print(5 in 'a')",
        "print(ord('ab'))", "sorted([1, 'a'])", "int([1])", "x = [1, 2]\nx[5] = 1", "abs('x')"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!same(x, all[i])) fail_msg("not known: %s", all[i]);
}

static void test_what_is_printed_reads_back_the_same(void **state) {
    (void)state;
    uint64_t seed = unit_seed("test_what_is_printed");
    str      code = {0}, once = {0}, twice = {0};
    for (int i = 0; i < 3000; i++) {
        pyast        p = {0}, q = {0};
        pyrun_result a = {0}, b = {0};
        rng          r = rng_fork(seed, (uint64_t)i);
        pysnip_program(&r, 1 + i % 10, &code);
        assert_true(pyast_read(&p, code.p));
        str_clear(&once), str_clear(&twice);
        pyast_put(&once, &p, p.body, 0);
        assert_true(pyast_read(&q, once.p));
        pyast_put(&twice, &q, q.body, 0);
        assert_string_equal(once.p, twice.p);
        pyrun(&(pyrun_job){.p = &p}, &a);
        pyrun(&(pyrun_job){.p = &q}, &b);
        assert_int_equal(a.odd, b.odd);
        if (!a.odd) assert_string_equal(a.out.p, b.out.p);
        pyrun_free(&a), pyrun_free(&b), pyast_free(&p), pyast_free(&q);
    }
    str_free(&code), str_free(&once), str_free(&twice);
}

static void test_telling_changes_nothing(void **state) {
    (void)state;
    uint64_t seed = unit_seed("test_telling");
    str      code = {0}, tale = {0};
    for (int i = 0; i < 3000; i++) {
        pyast        p = {0};
        pyrun_result a = {0}, b = {0};
        rng          r = rng_fork(seed, (uint64_t)i);
        pysnip_program(&r, 1 + i % 10, &code);
        assert_true(pyast_read(&p, code.p));
        pyrun(&(pyrun_job){.p = &p}, &a);
        for (int tell = PYRUN_FULL; tell <= PYRUN_SHORT; tell++) {
            str_clear(&tale);
            trace t = trace_to(&tale, &r);
            pyrun(&(pyrun_job){.p = &p, .tell = (pyrun_tell)tell, .t = &t}, &b);
            if (a.odd || b.odd || t.bad) continue; /* too long to tell */
            if (strcmp(a.out.p, b.out.p) || strcmp(a.error, b.error))
                fail_msg("told, it prints %s and not %s:\n%s", b.out.p, a.out.p, code.p);
            assert_int_equal(a.lines, b.lines);
        }
        pyrun_free(&a), pyrun_free(&b), pyast_free(&p);
    }
    str_free(&code), str_free(&tale);
}

static void test_lines_are_counted_as_the_executor_counts_them(void **state) {
    (void)state;
    exec    *x    = executor();
    uint64_t seed = unit_seed("test_lines");
    str      code = {0};
    int      far = 0, n = 300;
    for (int i = 0; i < n; i++) {
        pyast        p   = {0};
        pyrun_result own = {0};
        exec_result  res = {0};
        err          e   = {""};
        rng          r   = rng_fork(seed, (uint64_t)i);
        pysnip_program(&r, 1 + i % 10, &code);
        assert_true(pyast_read(&p, code.p));
        pyrun(&(pyrun_job){.p = &p}, &own);
        if (!own.odd && !own.error[0]) {
            assert_true(exec_run(x, &(exec_job){.code = code.p, .count_lines = true}, &res, &e));
            far += labs(res.lines - own.lines) > 2 + own.lines / 8;
        }
        exec_result_free(&res), pyrun_free(&own), pyast_free(&p);
    }
    if (far > n / 50) fail_msg("%d of %d programs differ by more than an eighth", far, n);
    str_free(&code);
}

static void test_bad_programs_are_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"x = ",
                                      "if x\n    y = 1\n",
                                      "for x in [1]:\nprint(x)\n",
                                      "x = (1",
                                      "x = [1, 2",
                                      "print('a)",
                                      "x = 1\n  y = 2\n",
                                      "def f(:\n    pass\n",
                                      "x = 3)",
                                      "1x = 2",
                                      "x = {1: }",
                                      "while True\n    pass",
                                      "x ? y",
                                      "class A:\n    pass",
                                      "import os",
                                      "lambda: 3",
                                      "x = 1.5",
                                      "a.b = 3\n\"",
                                      "f(1)(2)"};
    pyast                    p     = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (pyast_read(&p, bad[i])) fail_msg("taken for a program: %s", bad[i]);
        else assert_non_null(p.fault);
    pyast_free(&p);
}

/* Random bytes and cut programs: refused or run, never a crash. */
static void test_noise_does_no_harm(void **state) {
    (void)state;
    uint64_t seed = unit_seed("test_noise");
    str      code = {0};
    for (int i = 0; i < 20000; i++) {
        pyast        p   = {0};
        pyrun_result res = {0};
        rng          r   = rng_fork(seed, (uint64_t)i);
        pysnip_program(&r, 1 + i % 10, &code);
        for (int k = rng_range(&r, 1, 3); k > 0; k--) {
            size_t at = rng_below(&r, code.len);
            if (rng_below(&r, 2)) code.p[at] = "()[]{}:=+-*/%'\"\n ,.abc019<>!"[rng_below(&r, 29)];
            else code.p[code.len = at + 1] = 0;
        }
        if (pyast_read(&p, code.p)) pyrun(&(pyrun_job){.p = &p, .limit = 2000}, &res);
        pyrun_free(&res);
        pyast_free(&p);
    }
    str_free(&code);
}

static void test_which_code_is_claimed(void **state) {
    (void)state;
    static const struct {
        const char *answer, *code; /* NULL: none */
    } all[]   = {{"```python\ndef f(n):\n    return 1\n```", "def f(n):\n    return 1\n"},
                 {"```\ndef f(n):  \n    return 1\n\n\n```", "def f(n):\n    return 1\n"},
                 {"Old:\n```python\ndef f(n):\n    return 0\n```\nNew:\n```python\ndef f(n):\n    return 1\n```",
                  "def f(n):\n    return 1\n"},
                 {"```python\ndef f(n):\n    return 0\n```\n```python\ndef f(n):\n    return 1\n```", NULL},
                 {"```python\ndef f(n):\n    return 1\n```\nsame:\n```python\ndef f(n):\n    return 1\n```",
                  "def f(n):\n    return 1\n"},
                 {"```python\ndef f(n):\n    return 1\n```\n```python\nprint(f(2))\n```", "def f(n):\n    return 1\n"},
                 {"```python\ndef f(n):\n    return 1\n", NULL},
                 {"def f(n):\n    return 1\n", NULL},
                 {"```python\ndef g(n):\n    return 1\n```", NULL},
                 {"```text\ndef f(n):\n    return 1\n```", NULL},
                 {"```\n```", NULL},
                 {"", NULL}};
    str  code = {0};
    char why[96];
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        bool ok = pyfam_claim(all[i].answer, "f", &code, why);
        if (ok != (all[i].code != NULL)) fail_msg("%s: %s", ok ? "claimed" : why, all[i].answer);
        if (ok) assert_string_equal(code.p, all[i].code);
    }
    str_free(&code);
}

static void test_normal_forms_are_equal_where_python_finds_equality(void **state) {
    (void)state;
    static const char *const equal[][2] = {{"True", "1"},
                                           {"{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}"},
                                           {"[True, 'x']", "[1, 'x']"},
                                           {"(1,)", "(1, )"},
                                           {"{1, 2}", "{2, 1}"}};
    static const char *const other[][2] = {{"'1'", "1"},  {"[1]", "(1,)"}, {"[1, 2]", "[2, 1]"},
                                           {"None", "0"}, {"''", "None"},  {"{}", "[]"}};
    str                      a = {0}, b = {0};
    for (size_t i = 0; i < 5; i++) {
        str_clear(&a), str_clear(&b);
        pyfam_normal(&a, equal[i][0]), pyfam_normal(&b, equal[i][1]);
        assert_string_equal(a.p, b.p);
    }
    for (size_t i = 0; i < 6; i++) {
        str_clear(&a), str_clear(&b);
        pyfam_normal(&a, other[i][0]), pyfam_normal(&b, other[i][1]);
        assert_string_not_equal(a.p, b.p);
    }
    str_free(&a), str_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generated_programs_print_what_python_prints),
        cmocka_unit_test(test_semantics_that_are_easy_to_get_wrong),
        cmocka_unit_test(test_what_is_printed_reads_back_the_same),
        cmocka_unit_test(test_telling_changes_nothing),
        cmocka_unit_test(test_lines_are_counted_as_the_executor_counts_them),
        cmocka_unit_test(test_bad_programs_are_refused),
        cmocka_unit_test(test_noise_does_no_harm),
        cmocka_unit_test(test_which_code_is_claimed),
        cmocka_unit_test(test_normal_forms_are_equal_where_python_finds_equality),
    };
    return cmocka_run_group_tests_name("py", tests, NULL, NULL);
}
