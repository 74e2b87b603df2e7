#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/rng.h"
#include "exec/exec.h"

/* One pool for most tests; NULL where r1-python could not be built, and then they are skipped. */
static exec *X;

static int open_pool(void **state) {
    (void)state;
    err e = {0};
    X     = exec_open(2, &e);
    if (!X) printf("skipped: %s\n", e.msg);
    return 0;
}

static int close_pool(void **state) {
    (void)state;
    exec_close(X);
    return 0;
}

#define NEED_POOL                                                                                                      \
    do {                                                                                                               \
        (void)state;                                                                                                   \
        if (!X) skip();                                                                                                \
    } while (0)

static exec_result run(const char *code, bool count) {
    exec_result r = {0};
    err         e = {0};
    if (!exec_run(X, &(exec_job){.code = code, .count_lines = count}, &r, &e)) fail_msg("%s", e.msg);
    return r;
}

static void expect(const char *code, exec_status status, const char *out, const char *error, int line) {
    exec_result r = run(code, false);
    if (r.status != status || strcmp(r.out.p, out) != 0 || strcmp(r.error.p, error) != 0 || r.error_line != line)
        fail_msg("%s\n-> %s, line %d, error <%s>, out <%s>\nexpected %s, line %d, error <%s>, out <%s>", code,
                 exec_status_name(r.status), r.error_line, r.error.p, r.out.p, exec_status_name(status), line, error,
                 out);
    exec_result_free(&r);
}

/* ---- what a program says */
static void test_output(void **state) {
    NEED_POOL;
    expect("print(6*7)", EXEC_OK, "42\n", "", 0);
    expect("", EXEC_OK, "", "", 0);
    expect("print('a', 1, sep='-', end='!')", EXEC_OK, "a-1!", "", 0);
    expect("print('gr\xc3\xbc\xc3\x9f', '\\u20ac')", EXEC_OK, "gr\xc3\xbc\xc3\x9f \xe2\x82\xac\n", "", 0);
    expect("import sys\nsys.stdout.write('x')\nsys.stderr.write('y')\nprint('z', file=sys.stderr)", EXEC_OK, "x", "",
           0);
    expect("import sys\nsys.stdout.buffer.write(b'ab')\nprint(flush=True)", EXEC_OK, "ab\n", "", 0);
    expect("if __name__ == '__main__':\n    print('main')", EXEC_OK, "main\n", "", 0);
    expect("class A:\n    def __del__(self): print('gone')\na = A()\nprint('end')", EXEC_OK, "end\ngone\n", "", 0);
    expect("import contextlib, io\nb = io.StringIO()\nwith contextlib.redirect_stdout(b):\n    "
           "print('in')\nprint(b.getvalue()[::-1])",
           EXEC_OK, "\nni\n", "", 0);
    expect("print(input)", EXEC_OK, "<built-in function input>\n", "", 0);
}

static void test_errors(void **state) {
    NEED_POOL;
    expect("print(1)\nx = 1 / 0\n", EXEC_RAISED, "1\n", "ZeroDivisionError: division by zero", 2);
    expect("def f(x):\n    return x['k']\n\nf({})", EXEC_RAISED, "", "KeyError: 'k'", 2);
    expect("import json\njson.loads('{')", EXEC_RAISED, "",
           "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
           2);
    expect("x = 1\ny = (\n", EXEC_RAISED, "", "SyntaxError: '(' was never closed", 2);
    expect("def f():\nreturn 1", EXEC_RAISED, "",
           "IndentationError: expected an indented block after function definition on line 1", 2);
    expect("raise ValueError", EXEC_RAISED, "", "ValueError", 1);
    expect("raise ValueError('a\\nb')", EXEC_RAISED, "", "ValueError: a", 1);
    expect("class MyError(Exception): pass\nraise MyError('mine')", EXEC_RAISED, "", "MyError: mine", 2);
    expect("assert 1 == 2, 'no'", EXEC_RAISED, "", "AssertionError: no", 1);
    expect("print(undefined)", EXEC_RAISED, "", "NameError: name 'undefined' is not defined", 1);
    expect("import sys\nsys.exit(3)", EXEC_RAISED, "", "SystemExit: 3", 2);
    expect("exit()", EXEC_RAISED, "", "SystemExit", 1);
    expect("import numpy", EXEC_RAISED, "", "ModuleNotFoundError: No module named 'numpy'", 1);
    expect("import collections.x", EXEC_RAISED, "", "ModuleNotFoundError: No module named 'collections.x'", 1);
    expect("from math import x", EXEC_RAISED, "", "ImportError: cannot import name 'x' from 'math' (unknown location)",
           1);
    expect("try:\n    import numpy\nexcept ImportError:\n    print('without')", EXEC_OK, "without\n", "", 0);
    expect("print('\\ud800')", EXEC_RAISED, "",
           "UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed",
           1);
    expect("\xff\xfe", EXEC_RAISED, "",
           "SyntaxError: (unicode error) 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte", 1);
    exec_result r = run("raise ValueError('\xc3\xa9' * 600)", false); /* cut, between characters */
    assert_true(r.error.len < 512 && r.error.len > 500);
    assert_int_equal((unsigned char)r.error.p[r.error.len - 1], 0xa9);
    exec_result_free(&r);
    assert_string_equal(exec_status_name(EXEC_OK), "ok");
    assert_string_equal(exec_status_name(EXEC_DIED), "died");
    assert_string_equal(exec_status_name((exec_status)99), "?");
}

static void test_library(void **state) {
    NEED_POOL;
    expect("import math, statistics, fractions, decimal\n"
           "print(math.comb(5, 2), statistics.mean([1, 2, 6]), fractions.Fraction(6, 4), decimal.Decimal('0.1') * 3)",
           EXEC_OK, "10 3 3/2 0.3\n", "", 0);
    expect("import itertools, functools, operator, heapq, bisect, collections, string, re, copy\n"
           "h = [3, 1, 2]\nheapq.heapify(h)\n"
           "print(list(itertools.accumulate([1, 2, 3])), functools.reduce(operator.mul, [2, 3]), h[0],\n"
           "      bisect.bisect([1, 3], 2), collections.Counter('aab')['a'], string.digits, re.sub('a+', 'b', 'caat'))",
           EXEC_OK, "[1, 3, 6] 6 1 1 2 0123456789 cbt\n", "", 0);
    expect("import dataclasses, typing, enum\n@dataclasses.dataclass\nclass P:\n    x: int\n    y: typing.List[int]\n"
           "class C(enum.Enum):\n    RED = 1\nprint(P(1, [2]), C.RED, C(1).name)",
           EXEC_OK, "P(x=1, y=[2]) C.RED RED\n", "", 0);
    expect("from collections import namedtuple\nP = namedtuple('P', 'x y')\nprint(P(1, 2), P)\n"
           "from typing import NamedTuple\nclass Q(NamedTuple):\n    a: int = 3\nprint(Q())",
           EXEC_OK, "P(x=1, y=2) <class '__main__.P'>\nQ(a=3)\n", "", 0);
    expect(
        "import json, datetime, textwrap, pprint, calendar, io, abc, contextlib\n"
        "print(json.dumps({'a': [1, None]}), datetime.date(2024, 2, 28) + datetime.timedelta(2),\n"
        "      datetime.datetime.strptime('2024-03-01', '%Y-%m-%d').strftime('%A'), calendar.monthrange(2023, 2)[1])",
        EXEC_OK, "{\"a\": [1, null]} 2024-03-01 Friday 28\n", "", 0);
    expect("import warnings\nwarnings.simplefilter('always')\nwarnings.warn('careful')\nprint('\\N{GREEK SMALL LETTER "
           "PI}')",
           EXEC_OK, "\xcf\x80\n", "", 0);
    expect("def g():\n    yield from range(3)\nasync def f(): return 1\nmatch [*g()]:\n    case [0, *rest]: "
           "print(rest)\nc = f()\nc.close()",
           EXEC_OK, "[1, 2]\n", "", 0);
}

/* ---- calls */
static void calls(const char *code, const char *const *call, exec_status status, const char *value, const char *out) {
    exec_result r = {0};
    err         e = {0};
    int         n = 0;
    while (call[n]) n++;
    if (!exec_run(X, &(exec_job){.code = code, .call = call, .calls = n}, &r, &e)) fail_msg("%s", e.msg);
    if (r.status != status || strcmp(r.value.p, value) != 0 || strcmp(r.out.p, out) != 0)
        fail_msg("%s\n-> %s, values <%s>, out <%s>, error <%s>", code, exec_status_name(r.status), r.value.p, r.out.p,
                 r.error.p);
    exec_result_free(&r);
}
#define CALLS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_calls(void **state) {
    NEED_POOL;
    calls("def f(n):\n    return n + 1", CALLS("f(3)", "f([])", "g()", "f("), EXEC_OK,
          "4\n!TypeError\n!NameError\n!SyntaxError\n", "");
    calls("", CALLS("True", "2.0", "2.5", "-0.0", "1e30", "float('nan')", "10 ** 30"), EXEC_OK,
          "1\n2\n2.5\n0\n1000000000000000019884624838656\nnan\n1000000000000000000000000000000\n", "");
    calls("", CALLS("None", "'a\\n\\'b'", "'\xc3\xbc\\ud800'", "[1, (2,), ()]", "{2: 'b', 1: [True]}", "{3, 2, 'x'}"),
          EXEC_OK, "None\n\"a\\n'b\"\n'\xc3\xbc\\ud800'\n[1, (2,), (,)]\n{1: [1], 2: 'b'}\n{'x', 2, 3}\n", "");
    calls("import collections as c, enum\nclass E(enum.IntEnum): A = 4\nP = c.namedtuple('P', 'x y')",
          CALLS("c.Counter('aab')", "c.OrderedDict(z=1)", "E.A", "P(1, 2)", "frozenset([5])", "set()", "{}"), EXEC_OK,
          "{'a': 2, 'b': 1}\n{'z': 1}\n4\n(1, 2,)\n{5}\nset()\n{}\n", "");
    calls("def f(): pass\nclass A: pass", CALLS("f", "A()", "A", "range(3)", "b'x'", "3j", "iter([])"), EXEC_OK,
          "<function>\n<A>\n<type>\n<range>\n<bytes>\n<complex>\n<list_iterator>\n", "");
    /* What a class says of itself is not asked; what a job prints is not a value. */
    calls(
        "class I(int):\n    def __repr__(self): return '6'\n    def __eq__(self, o): return True\n    __hash__ = None\n"
        "class L(list):\n    def __iter__(self): return iter([6])\n    def __len__(self): return 1\n"
        "class S(str):\n    def __repr__(self): return '6'\n"
        "class D(dict):\n    def items(self): return [(6, 6)]\n"
        "import builtins\nbuiltins.repr = builtins.str = builtins.sorted = lambda *a: '6'\n"
        "print('6')",
        CALLS("I(5)", "L([1, 2])", "S('x')", "D(a=1)", "print('7')"), EXEC_OK, "5\n[1, 2]\n'x'\n{'a': 1}\nNone\n",
        "6\n7\n");
    calls("x = []\nx.append(x)", CALLS("len(x)", "1 / 0", "exit()", "x[5]"), EXEC_OK,
          "1\n!ZeroDivisionError\n!SystemExit\n!IndexError\n", "");
    calls("class A:\n    def __del__(self): print('gone')\na = A()", CALLS("print('call')"), EXEC_OK, "None\n",
          "call\ngone\n");
    calls("1 / 0", CALLS("1"), EXEC_RAISED, "", "");
    calls("", CALLS("1", "open('x')"), EXEC_DENIED, "", "");
    calls("", CALLS("1", "compile('1', '<call>', 'eval')"), EXEC_DENIED, "", "");
    calls("", CALLS("1", "'x' * 70000"), EXEC_OUTPUT, "", "");
    calls("def f():\n    while True: pass", CALLS("1", "f()"), EXEC_TIMEOUT, "", "");
    expect("print(2)", EXEC_OK, "2\n", "", 0);
}

/* Lines under calls count, those of the calls themselves do not. */
static void test_lines_of_calls(void **state) {
    NEED_POOL;
    exec_result r = {0};
    err         e = {0};
    exec_job    j = {.code        = "def f(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t\n",
                     .call        = CALLS("f(2)", "[f(1) for i in range(3)]"),
                     .calls       = 2,
                     .count_lines = true};
    assert_true(exec_run(X, &j, &r, &e));
    assert_string_equal(r.value.p, "1\n[0, 0, 0]\n");
    assert_int_equal(r.lines, 1 + (1 + 3 + 2 + 1) + 3 * (1 + 2 + 1 + 1));
    exec_result_free(&r);
}

/* The same job again may be answered from memory, and another one not. */
static void test_again_same(void **state) {
    NEED_POOL;
    exec_result r = {0};
    err         e = {0};
    for (int i = 0; i < 300; i++) {
        char code[64], want[16], call[16];
        int  k = i / 2 % 70; /* more than are kept */
        snprintf(code, sizeof code, "x = %d", k);
        snprintf(call, sizeof call, "x + %d", i % 4 / 2);
        snprintf(want, sizeof want, "%d\n", k + i % 4 / 2);
        exec_job j = {.code = code, .call = CALLS(call), .calls = 1, .again_same = true, .count_lines = k % 3 == 0};
        assert_true(exec_run(X, &j, &r, &e));
        assert_int_equal(r.status, EXEC_OK);
        assert_string_equal(r.value.p, want);
        assert_int_equal(r.lines, k % 3 == 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_true(exec_run(X, &(exec_job){.code = "print(1)\n1 / 0", .again_same = true}, &r, &e));
        assert_int_equal(r.status, EXEC_RAISED);
        assert_int_equal(r.error_line, 2);
        assert_string_equal(r.out.p, "1\n");
        assert_string_equal(r.error.p, "ZeroDivisionError: division by zero");
    }
    exec_result_free(&r);
}

/* ---- the same every time */
static void test_deterministic(void **state) {
    NEED_POOL;
    const char *code  = "import collections\nclass A: pass\n"
                        "print({'banana', 'apple', 'cherry', 1, 2.5, (1, 'x')}, hash('x'), hash((1, 'a')))\n"
                        "print(set('abcdefghij'), {c: i for i, c in enumerate('zyx')}, frozenset(['p', 'q', b'r']))";
    exec_result first = run(code, true);
    assert_int_equal(first.status, EXEC_OK);
    for (int i = 0; i < 20; i++) {
        exec_result r = run(code, true);
        assert_string_equal(r.out.p, first.out.p);
        assert_int_equal(r.lines, first.lines);
        exec_result_free(&r);
    }
    exec_result_free(&first);
}

static bool may_fix_addresses(void) {
    pid_t pid = fork();
    if (pid == 0) _exit(personality(ADDR_NO_RANDOMIZE) == -1);
    int status = 1;
    waitpid(pid, &status, 0);
    return status == 0;
}

static void test_addresses(void **state) {
    NEED_POOL;
    if (!may_fix_addresses()) {
        printf("skipped: this system does not let a process ask for fixed addresses\n");
        skip();
    }
    const char *code = "class A: pass\nprint(A(), id(A), {None, A, len, print}, {float('nan'): 1}, hash(None))";
    err         e;
    exec       *other = exec_open(1, &e);
    assert_non_null(other);
    exec_result a = run(code, false), b = {0};
    assert_true(exec_run(other, &(exec_job){.code = "x = 1"}, &b, &e));
    assert_true(exec_run(other, &(exec_job){.code = code}, &b, &e));
    assert_string_equal(a.out.p, b.out.p);
    exec_result_free(&a);
    exec_result_free(&b);
    exec_close(other);
}

static void test_no_trace_of_others(void **state) {
    NEED_POOL;
    for (int i = 0; i < 4; i++) {
        expect("import math, builtins, sys\nmath.pi = 3\nbuiltins.secret = 1\nsys.modules['left'] = 2\nx = 5", EXEC_OK,
               "", "", 0);
        expect("import math, sys\nprint(math.pi > 3, 'left' in sys.modules, 'x' in globals())\nsecret", EXEC_RAISED,
               "True False False\n", "NameError: name 'secret' is not defined", 3);
    }
}

/* ---- limits */
static void test_output_limit(void **state) {
    NEED_POOL;
    exec_result r = run("print('x' * 65535)", false);
    assert_int_equal(r.status, EXEC_OK);
    assert_int_equal(r.out.len, EXEC_OUT_MAX);
    exec_result_free(&r);
    r = run("print('x' * 65536)", false);
    assert_int_equal(r.status, EXEC_OUTPUT);
    assert_int_equal(r.out.len, EXEC_OUT_MAX);
    exec_result_free(&r);
    r = run("print('x' + '\xe2\x82\xac' * 30000)", false); /* 65535 is a multiple of three: one byte stays free */
    assert_int_equal(r.status, EXEC_OUTPUT);
    assert_true(r.out.len <= EXEC_OUT_MAX && r.out.len > EXEC_OUT_MAX - 3);
    assert_int_equal((unsigned char)r.out.p[r.out.len - 1], 0xac);
    exec_result_free(&r);
}

static void test_memory_limit(void **state) {
    NEED_POOL;
    expect("x = bytearray(50 << 20)\nprint(len(x))", EXEC_OK, "52428800\n", "", 0);
    expect("x = bytearray(70 << 20)", EXEC_MEMORY, "", "MemoryError", 1);
    expect(
        "a = []\ntry:\n    while True: a.append(bytes(1 << 20))\nexcept MemoryError:\n    a = None\nprint('survived')",
        EXEC_OK, "survived\n", "", 0);
}

static void test_long_code(void **state) {
    NEED_POOL;
    size_t n    = EXEC_CODE_MAX;
    char  *code = mem_alloc(n + 2);
    memset(code, '#', n + 1);
    code[n + 1]   = 0;
    exec_result r = run(code, false);
    assert_int_equal(r.status, EXEC_MEMORY);
    exec_result_free(&r);
    code[n] = 0;
    r       = run(code, false);
    assert_int_equal(r.status, EXEC_OK);
    exec_result_free(&r);
    memcpy(code, "print(1)\n", 9);
    exec_job    job[3] = {{.code = code}, {.code = "print(2)"}, {.code = code}};
    exec_result res[3] = {0};
    err         e;
    assert_true(exec_run_all(X, job, 3, res, &e)); /* long ones and short ones in one socket */
    assert_string_equal(res[0].out.p, "1\n");
    assert_string_equal(res[1].out.p, "2\n");
    assert_string_equal(res[2].out.p, "1\n");
    for (int i = 0; i < 3; i++) exec_result_free(&res[i]);
    mem_free(code);
}

/* ---- lines */
static void lines(const char *code, long want) {
    exec_result r = run(code, true);
    if (r.status != EXEC_OK || r.lines != want)
        fail_msg("%s\n-> %s, %ld lines, expected %ld (%s)", code, exec_status_name(r.status), r.lines, want, r.error.p);
    exec_result_free(&r);
}

static void test_lines(void **state) {
    NEED_POOL;
    lines("", 1); /* its return */
    lines("# nothing\n\n", 1);
    lines("x = 1", 1);
    lines("x = 1\ny = 2\n\nz = 3", 3);
    lines("for i in range(10):\n    pass", 21); /* 11 times the head, 10 the body */
    lines("def f(n):\n    if n < 2: return n\n    return f(n - 1) + f(n - 2)\nf(5)", 2 + 15 + 7);
    lines("import statistics\nstatistics.mean([1, 2, 3])", 2); /* the library does not count */
    lines("exec('a = 1\\nb = 2')", 3);                         /* what the program makes up does */
    lines("i = 0\nwhile i < 100: i += 1", 101);                /* a line that goes back to itself begins anew */
    exec_result r = run("x = 1\ny = 1 / 0\nz = 1", true);
    assert_int_equal(r.lines, 2);
    exec_result_free(&r);
    r = run("x = 1", false);
    assert_int_equal(r.lines, 0);
    exec_result_free(&r);
    r = run("while True: pass", true);
    assert_int_equal(r.status, EXEC_TIMEOUT);
    assert_int_equal(r.lines, 0); /* not as many as the machine is fast */
    exec_result_free(&r);
    r = run("f = print.__self__.compile('\\n' * 5 + 'a=1', '<frozen x>', 'exec')", true);
    assert_int_equal(r.status, EXEC_DENIED);
    exec_result_free(&r);
}

/* ---- attacks */
typedef struct attack {
    char *name, *status, *word, *code;
} attack;

static char *trim(char *s) {
    while (*s == ' ') s++;
    for (size_t n = strlen(s); n > 0 && s[n - 1] == ' ';) s[--n] = 0;
    return s;
}

/* Does list, like "a/b/c", hold an element that is s (whole) or is inside s? */
static bool one_of(const char *list, const char *s, bool whole) {
    char buf[128], *save = NULL;
    if (!*list) return true;
    snprintf(buf, sizeof buf, "%s", list);
    for (char *t = strtok_r(buf, "/", &save); t; t = strtok_r(NULL, "/", &save))
        if (whole ? strcmp(t, s) == 0 : strstr(s, t) != NULL) return true;
    return false;
}

static int read_attacks(char *text, attack *a, int max) {
    int n = 0;
    for (char *p = strstr(text, "\n=== "); p && n < max; n++) {
        char *next = strstr(p + 1, "\n=== "), *code = strchr(p + 5, '\n'), *save = NULL;
        assert_non_null(code);
        *code = 0;
        a[n]  = (attack){.code = code + 1, .name = strtok_r(p + 5, "|", &save), .status = strtok_r(NULL, "|", &save)};
        a[n].word = strtok_r(NULL, "|", &save);
        if (!a[n].status) fail_msg("attacks.txt: %s: no status", p + 5);
        a[n].name   = trim(a[n].name);
        a[n].status = trim(a[n].status);
        a[n].word   = a[n].word ? trim(a[n].word) : trim(code);
        if (next) *next = 0;
        p = next;
    }
    return n;
}

static void test_attacks(void **state) {
    NEED_POOL;
    attack a[256];
    size_t bytes;
    err    e;
    char  *text = fs_read("tests/attacks.txt", 1 << 20, &bytes, &e);
    assert_non_null(text);
    int n = read_attacks(text, a, 256), bad = 0;
    if (n < 100) fail_msg("%d attacks only", n);
    exec *one = exec_open(1, &e); /* so that the next job meets the same helper */
    assert_non_null(one);
    exec_result r = {0};
    for (int i = 0; i < n; i++) {
        assert_true(exec_run(one, &(exec_job){.code = a[i].code}, &r, &e));
        if (!one_of(a[i].status, exec_status_name(r.status), true) || !one_of(a[i].word, r.error.p, false)) {
            printf("attack \"%s\": %s, <%s>, <%.200s>; expected %s with \"%s\"\n", a[i].name,
                   exec_status_name(r.status), r.error.p, r.out.p, a[i].status, a[i].word);
            bad++;
        }
        assert_true(exec_run(one, &(exec_job){.code = "print(sum(range(10)), sorted({3, 1, 2}))"}, &r, &e));
        if (r.status != EXEC_OK || strcmp(r.out.p, "45 [1, 2, 3]\n") != 0) {
            printf("after \"%s\": %s, <%s>, <%s>\n", a[i].name, exec_status_name(r.status), r.error.p, r.out.p);
            bad++;
        }
    }
    printf("%d attacks, %d not as expected\n", n, bad);
    assert_int_equal(bad, 0);
    exec_result_free(&r);
    exec_close(one);
    mem_free(text);
}

/* Bytes, and scraps of Python put together at random: whatever comes of it, the helper lives and the next job is right.
 */
static void test_random_code(void **state) {
    NEED_POOL;
    static const char *const scrap[] = {
        "x",     " ",      "(",        ")",        "[",           "]",   "{",     "}",      ":",     "=",
        "\n",    "\n    ", "1",        "'",        "\"",          "f'{", "print", "lambda", "for ",  "in ",
        "if ",   "else",   "def f",    "class A",  "import math", "**",  "yield", "await",  "@",     "\\",
        "#",     "\t",     "0x",       "1e9",      "...",         "*",   "not ",  "del ",   "try",   "except",
        "with ", "as ",    "global x", "\xc3\xa9", "\xff",        ";",   ",",     "del",    "return"};
    rng r = rng_seed(unit_seed("test_random_code"));
    enum { N = 400 };
    static char code[N][512];
    exec_job    job[N];
    exec_result res[N] = {0};
    err         e;
    for (int i = 0; i < N; i++) {
        size_t n = 0, len = rng_below(&r, 300) + 1;
        while (n < len) {
            if (i % 2) code[i][n++] = (char)(rng_below(&r, 255) + 1);
            else n += (size_t)sprintf(code[i] + n, "%s", scrap[rng_below(&r, sizeof scrap / sizeof *scrap)]);
        }
        code[i][n] = 0;
        job[i]     = (exec_job){.code = code[i], .count_lines = i % 3 == 0};
    }
    assert_true(exec_run_all(X, job, N, res, &e));
    for (int i = 0; i < N; i++) {
        if (res[i].status == EXEC_DIED) fail_msg("code %d: %s", i, res[i].error.p);
        exec_result_free(&res[i]);
    }
    expect("print(1)", EXEC_OK, "1\n", "", 0);
}

/* ---- many at once */
static void test_many(void **state) {
    NEED_POOL;
    enum { N = 300 };
    static char code[N][64];
    exec_job    job[N];
    exec_result res[N] = {0};
    err         e;
    for (int i = 0; i < N; i++) {
        snprintf(code[i], sizeof code[i], i % 10 == 9 ? "print(%d)\nopen('x')" : "print(%d * 2)", i);
        job[i].code        = code[i];
        job[i].count_lines = i % 2;
    }
    assert_true(exec_run_all(X, job, N, res, &e));
    for (int i = 0; i < N; i++) {
        char want[16];
        snprintf(want, sizeof want, "%d\n", i % 10 == 9 ? i : i * 2);
        assert_string_equal(res[i].out.p, want);
        assert_int_equal(res[i].status, i % 10 == 9 ? EXEC_DENIED : EXEC_OK);
        assert_int_equal(res[i].lines, i % 2 ? (i % 10 == 9 ? 2 : 1) : 0);
        exec_result_free(&res[i]);
    }
    assert_true(exec_run_all(X, job, 0, res, &e));
}

typedef struct caller {
    pthread_t t;
    int       i;
    bool      right;
} caller;

static void *call(void *arg) {
    caller     *c = arg;
    char        code[64], want[32];
    exec_result r = {0};
    err         e;
    snprintf(code, sizeof code, "print(sum(range(%d)))", c->i);
    snprintf(want, sizeof want, "%d\n", c->i * (c->i - 1) / 2);
    c->right = exec_run(X, &(exec_job){.code = code}, &r, &e) && r.status == EXEC_OK && strcmp(r.out.p, want) == 0;
    exec_result_free(&r);
    return NULL;
}

static void test_threads(void **state) {
    NEED_POOL;
    enum { N = 200 };
    static caller c[N];
    for (int i = 0; i < N; i++) {
        c[i].i = i;
        assert_int_equal(pthread_create(&c[i].t, NULL, call, &c[i]), 0);
    }
    for (int i = 0; i < N; i++) {
        pthread_join(c[i].t, NULL);
        assert_true(c[i].right);
    }
}

/* ---- processes */
/* Children of `parent` named r1-python, into pid[]. */
static int children(pid_t parent, pid_t *pid, int max) {
    DIR           *d = opendir("/proc");
    struct dirent *f;
    int            n = 0;
    assert_non_null(d);
    while (n < max && (f = readdir(d))) {
        char  path[300], line[300], state;
        int   p, of;
        FILE *s;
        if (sscanf(f->d_name, "%d", &p) != 1) continue;
        snprintf(path, sizeof path, "/proc/%d/stat", p);
        if (!(s = fopen(path, "r"))) continue;
        if (fgets(line, sizeof line, s) && strstr(line, "(r1-python)") &&
            sscanf(strrchr(line, ')') + 1, " %c %d", &state, &of) == 2 && of == parent && state != 'Z')
            pid[n++] = p;
        fclose(s);
    }
    closedir(d);
    return n;
}

static bool gone(pid_t pid) { /* or a zombie whose new parent does not care */
    char  path[64], line[300];
    bool  dead = true;
    FILE *s;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (!(s = fopen(path, "r"))) return true;
    if (fgets(line, sizeof line, s) && strrchr(line, ')')) dead = strncmp(strrchr(line, ')'), ") Z", 3) == 0;
    fclose(s);
    return dead;
}

static bool soon_gone(pid_t pid) {
    for (int i = 0; i < 3000 && !gone(pid); i++) usleep(10000);
    return gone(pid);
}

static void test_helper_killed(void **state) {
    NEED_POOL;
    pid_t pid[8];
    for (int round = 0; round < 3; round++) {
        int n = children(getpid(), pid, 8);
        assert_true(n >= 1);
        for (int i = 0; i < n; i++) assert_int_equal(kill(pid[i], SIGKILL), 0);
        for (int i = 0; i < 6; i++) expect("print('alive')", EXEC_OK, "alive\n", "", 0);
    }
}

static void *loop(void *arg) {
    err e;
    exec_run(X, &(exec_job){.code = "while True: pass"}, arg, &e);
    return NULL;
}

/* A helper in the middle of a job; on the way a look at the job from outside. */
static void test_killed_in_a_job(void **state) {
    NEED_POOL;
    exec_result r = {0};
    pthread_t   t;
    pid_t       pid[8], job = 0, of = 0;
    assert_int_equal(pthread_create(&t, NULL, loop, &r), 0);
    for (int i = 0; i < 3000 && !job; i++) {
        int n = children(getpid(), pid, 8);
        for (int k = 0; k < n && !job; k++)
            if (children(pid[k], &job, 1) == 1) of = pid[k];
        if (!job) usleep(1000);
    }
    assert_true(job > 0);
    kill(of, SIGKILL);
    assert_true(soon_gone(job)); /* it does not outlive its helper */
    pthread_join(t, NULL);
    assert_int_equal(r.status, EXEC_TIMEOUT); /* it was run once more */
    exec_result_free(&r);
    expect("print(1)", EXEC_OK, "1\n", "", 0);
}

static void test_job_from_outside(void **state) {
    NEED_POOL;
    exec_result r = {0};
    pthread_t   t;
    pid_t       pid[8], job = 0;
    bool        locked = false, bare = false;
    assert_int_equal(pthread_create(&t, NULL, loop, &r), 0);
    for (int i = 0; i < 3000 && !(locked && bare); i++) {
        int n = children(getpid(), pid, 8);
        for (int k = 0; k < n; k++) {
            char   path[64], *status;
            size_t len;
            err    e;
            if (children(pid[k], &job, 1) != 1) continue;
            snprintf(path, sizeof path, "/proc/%d/fd", (int)job);
            DIR *d       = opendir(path);
            int  entries = 0;
            while (d && readdir(d)) entries++;
            if (d) closedir(d);
            snprintf(path, sizeof path, "/proc/%d/status", (int)job);
            if (!(status = fs_read(path, 1 << 16, &len, &e))) continue;
            locked = strstr(status, "\nSeccomp:\t2\n") && strstr(status, "\nNoNewPrivs:\t1\n");
            bare   = d && entries == 2; /* . and .. */
            mem_free(status);
        }
        usleep(1000);
    }
    pthread_join(t, NULL);
    exec_result_free(&r);
    assert_true(locked);
    assert_true(bare);
}

/* A process that uses a pool and is killed: nothing of it stays. */
static void test_parent_killed(void **state) {
    NEED_POOL;
    int fd[2];
    assert_int_equal(pipe(fd), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        err   e;
        pid_t helper[4] = {0};
        exec *x         = exec_open(2, &e);
        if (!x || children(getpid(), helper, 4) != 2) _exit(1);
        if (write(fd[1], helper, sizeof helper) < 0) _exit(1);
        for (;;) pause();
    }
    pid_t helper[4];
    close(fd[1]);
    assert_int_equal(read(fd[0], helper, sizeof helper), sizeof helper);
    close(fd[0]);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_true(soon_gone(helper[0]));
    assert_true(soon_gone(helper[1]));
}

static void test_close(void **state) {
    NEED_POOL;
    err   e;
    pid_t before[16], after[16];
    int   n = children(getpid(), before, 16);
    for (int i = 0; i < 3; i++) {
        exec *x = exec_open(1, &e);
        assert_non_null(x);
        exec_close(x);
    }
    assert_int_equal(children(getpid(), after, 16), n);
    exec_close(NULL);
    assert_ptr_equal(exec_shared(&e), exec_shared(&e));
}

/* ---- without a helper */
static void no_helper(const char *path, const char *word) {
    err e = {0};
    assert_int_equal(setenv("R1_PYTHON", path, 1), 0);
    exec *x = exec_open(1, &e);
    if (x || !strstr(e.msg, word) || strchr(e.msg, '\n')) fail_msg("%s: %s", path, x ? "opened" : e.msg);
}

static void test_no_helper(void **state) {
    (void)state;
    char *old = getenv("R1_PYTHON");
    if (old) old = mem_strdup(old);
    no_helper("/nowhere/r1-python", "R1_PYTHON: /nowhere/r1-python: No such file");
    no_helper("/bin/true", "it ended before it was ready");
    no_helper("/bin/cat", "it ended before it was ready");
    if (old) setenv("R1_PYTHON", old, 1);
    else unsetenv("R1_PYTHON");
    mem_free(old);
}

/* A place where seccomp() and prctl() answer `errno_` (0: yes, and do nothing) for this process and what it starts. */
static bool answer_for_seccomp(unsigned errno_) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | errno_),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog p = {sizeof code / sizeof *code, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p) == 0;
}

static void without_seccomp(unsigned errno_, const char *word) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        err e = {0};
        if (!answer_for_seccomp(errno_)) _exit(2);
        if (exec_open(1, &e)) _exit(3);
        if (!strstr(e.msg, word)) printf("%s\n", e.msg), fflush(NULL), _exit(4);
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

static void test_no_seccomp(void **state) {
    NEED_POOL;
    without_seccomp(EPERM, "seccomp filters cannot be");
    without_seccomp(0, "seccomp filters are not followed here");
}

/* Nothing of this needs root. */
static void test_as_nobody(void **state) {
    NEED_POOL;
    if (getuid() != 0) {
        printf("skipped: these tests run as an ordinary user already\n");
        skip();
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        err         e = {0};
        exec_result r = {0};
        if (setgid(65534) != 0 || setuid(65534) != 0) _exit(2);
        exec *x = exec_open(1, &e);
        if (!x && strstr(e.msg, "Permission denied")) _exit(3);
        if (!x) printf("%s\n", e.msg), fflush(NULL), _exit(4);
        if (!exec_run(x, &(exec_job){.code = "print(1)"}, &r, &e) || r.status != EXEC_OK) _exit(5);
        if (!exec_run(x, &(exec_job){.code = "open('x')"}, &r, &e) || r.status != EXEC_DENIED) _exit(6);
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 3) {
        printf("skipped: this folder is closed to other users\n");
        skip();
    }
    assert_int_equal(status, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_library),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_lines_of_calls),
        cmocka_unit_test(test_again_same),
        cmocka_unit_test(test_deterministic),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_no_trace_of_others),
        cmocka_unit_test(test_output_limit),
        cmocka_unit_test(test_memory_limit),
        cmocka_unit_test(test_long_code),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_attacks),
        cmocka_unit_test(test_random_code),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_helper_killed),
        cmocka_unit_test(test_killed_in_a_job),
        cmocka_unit_test(test_job_from_outside),
        cmocka_unit_test(test_parent_killed),
        cmocka_unit_test(test_close),
        cmocka_unit_test(test_no_helper),
        cmocka_unit_test(test_no_seccomp),
        cmocka_unit_test(test_as_nobody),
    };
    return cmocka_run_group_tests(tests, open_pool, close_pool);
}
