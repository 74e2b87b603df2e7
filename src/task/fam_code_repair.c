/* fam_code_repair.c -- a function with one mistake and tests, of which at least one fails: repair it.
 *
 * The functions are those of fam_code_write.c, level by level. Mistakes: a wrong operator, condition or start value, <
 * for
 * <=, a range that ends too early, an accumulation that assigns, a return that stands inside the loop or is missing.
 *
 * Work runs the function by hand on a test that fails, names the line and mends it; the check runs the mended function.
 * An answer is judged by running it on hidden arguments (pyfam.h). */
#include <stdio.h>
#include <string.h>
#include "task/pyfam.h"
#include "task/pynear.h"

enum { SHOWN = 3, CALLS = 10, LETTERS = 900 };
typedef struct task {
    pyspec s;
    int    line, which; /* the mistake */
    str    good, bad, call[PYFAM_TESTS], want[PYFAM_TESTS];
    int    n, fails; /* the shown call that fails */
    bool   cut;      /* it could not be told to its end */
    str    got;      /* there */
    str    mended;   /* what the last Work proposes */
} task;

static bool by_hand(trace *t, const char *code, const char *call, str *value) {
    pyast        p   = {0};
    pyrun_result res = {0};
    trace        own = trace_to(t->out, t->r); /* slips belong to the mending */
    own.brief        = t->brief;
    int e            = pyast_read(&p, code) ? pyast_expr(&p, call) : 0;
    if (e)
        pyrun(
            &(pyrun_job){
                .p = &p, .expr = e, .quiet = true, .tell = PYRUN_FULL, .t = &own, .limit = 3000, .letters = LETTERS},
            &res);
    bool ok = e && !res.odd && !own.bad;
    str_clear(value);
    if (res.error[0]) str_addf(value, "a %s", res.error);
    else str_add(value, ok ? res.value.p : "?"); /* ?: not told to its end */
    pyrun_free(&res);
    pyast_free(&p);
    return ok;
}

static void put_mended(task *k, int line, int which, int line2, int which2) {
    str_clear(&k->mended);
    str_addf(&k->mended, k->s.param2 ? "def %s(%s, %s):\n" : "def %s(%s):\n", k->s.f, k->s.param, k->s.param2);
    for (int i = 0; i < k->s.lines; i++) {
        int deep = (i == line && which == PYSPEC_DEEP) || (i == line2 && which2 == PYSPEC_DEEP);
        for (int j = 0; j < k->s.line[i].indent + deep; j++) str_add(&k->mended, "    ");
        pyspec_line_put(&k->mended, &k->s, i, i == line ? line : line2, i == line ? which : which2);
        str_addc(&k->mended, '\n');
    }
}

/* "line 4 is X, it must be Y" */
static void say_mend(str *out, const task *k, int line, const char *is, const char *must) {
    if (k->which == PYSPEC_DEEP && line == k->line)
        str_addf(out, "line %d, `%s`, must stand behind the loop, not in it\n", line + 2, must);
    else str_addf(out, "line %d: `%s` must be `%s`\n", line + 2, is, must);
}

static void work(trace *t, void *ctx, fam_value *found) {
    task *k   = ctx;
    str   got = {0}, is = {0}, must = {0};
    int   line = k->line, other = -1, which = -1;
    str_addf(t->out, "%s must be %s\n", k->call[k->fails].p, k->want[k->fails].p);
    k->cut = !by_hand(t, k->bad.p, k->call[k->fails].p, &got);
    if (k->cut) t->bad = true;
    str_addf(t->out, "it is %s, not %s\n", got.p, k->want[k->fails].p);
    for (int i = 0; i < k->s.lines && other < 0; i++) /* a mistake: another line is blamed */
        if (i != line && k->s.line[i].wrong[0].len && trace_slips(t)) other = i;
    for (int i = 0; i < PYSPEC_WRONGS && other < 0 && which < 0;
         i++) /* or it is mended to something else that is wrong */
        if (i != k->which && k->s.line[line].wrong[i].len && trace_slips(t)) which = i;
    int at = other >= 0 ? other : line;
    pyspec_line_put(&is, &k->s, at, other >= 0 ? -1 : line, k->which);
    pyspec_line_put(&must, &k->s, at, other >= 0 ? other : which >= 0 ? line : -1, other >= 0 ? 0 : which);
    say_mend(t->out, k, at, is.p, must.p);
    if (other >= 0) put_mended(k, line, k->which, other, 0);
    else put_mended(k, which >= 0 ? line : -1, which, -1, 0);
    *found = (fam_value){pyfam_hash(k->mended.p, k->mended.len), 0};
    str_free(&got), str_free(&is), str_free(&must);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    task *k   = ctx;
    str   got = {0};
    (void)found;
    str_addf(t->out, "with that line, %s must be %s\n", k->call[k->fails].p, k->want[k->fails].p);
    if (!by_hand(t, k->mended.p, k->call[k->fails].p, &got)) t->bad = true;
    str_addf(t->out, "%s is ", k->call[k->fails].p);
    bool ok = pyfam_same(t, k->cut ? "?" : got.p, k->want[k->fails].p);
    str_free(&got);
    return ok;
}

/* Calls with what they should give; false if no shown one fails, or if the function cannot be run here. */
static bool tests(task *k, rng *r) {
    pyast        good = {0}, bad = {0};
    pyrun_result res = {0};
    str_clear(&k->good);
    str_clear(&k->bad);
    pyspec_code(&k->good, &k->s, -1, 0, false);
    pyspec_code(&k->bad, &k->s, k->line, k->which, false);
    bool ok  = pyast_read(&good, k->good.p) && pyast_read(&bad, k->bad.p);
    k->fails = -1;
    for (k->n = 0; ok && k->n < CALLS; k->n++) {
        str *c     = &k->call[k->n];
        bool twice = true;
        for (int tries = 0; tries < 4 && twice; tries++) {
            str_clear(c);
            pyspec_call(c, &k->s, r, k->n < 2 ? 1 : k->n == SHOWN ? 0 : 2);
            twice = false;
            for (int i = 0; i < k->n; i++) twice |= !strcmp(k->call[i].p, c->p);
        }
        ok = pyfam_value(&good, c->p, &k->want[k->n]) && k->want[k->n].len < 80;
        if (!ok || k->n >= SHOWN || k->fails >= 0) continue;
        int e = pyast_expr(&bad, c->p);
        pyrun(&(pyrun_job){.p = &bad, .expr = e, .limit = 20000}, &res);
        if (res.odd) ok = false;
        if (!res.error[0] && !strcmp(res.value.p, k->want[k->n].p)) continue;
        k->fails = k->n;
        str_clear(&k->got);
        if (res.error[0]) str_addf(&k->got, "%s: %s", res.error, res.message.p);
        else str_add(&k->got, res.value.p);
    }
    pyrun_free(&res);
    pyast_free(&good);
    pyast_free(&bad);
    if (!ok || k->fails < 0 || !pyspec_matters(&k->s, k->call, k->want, k->n)) return false;
    pynear_tests t = {&k->s, k->good.p, k->call, k->want, k->n, PYFAM_TESTS};
    pynear_sharpen(&t, r);
    k->n = t.n;
    return true;
}

static const char ask[] =
    "{{This|The following|My|The} [Python ]function {should|is supposed to|is meant to|ought to} {return|give|compute} "
    "<says>[ for <takes>]<empty>{, but |. Yet }{a test fails|it does not|it gives wrong results|something is wrong|the "
    "tests do not pass}. "
    "{{Can you |Could you |Please |}{fix|repair|correct|debug|mend} it{.|, please.|?}|What is wrong[ with it]?|Where "
    "is the {bug|mistake|error}?|Find {the|my} {bug|mistake} and {fix|correct} it.}|"
    "{Please |Can you |Could you |Help me |I need to |}{fix|repair|correct|debug|find the {bug|mistake} in} "
    "{this|my|the following} {function|code|Python function}{.|:|} It {should|must|has to} {return|give} "
    "<says><empty>.|"
    "{There is|I have} {a bug|one mistake|an error} in [this ]{function|code} `<f>`[, please {help|fix it}]. {It "
    "should|It is supposed to|What I want: it should} {return|give} <says><empty>. {The tests are {below|at the "
    "end}.|Make the tests pass.|All tests should pass.}}";

static void show(str *s, rng *r, const task *k) {
    int form = (int)rng_below(r, 4);
    str_add(s, form < 2 ? "Tests:\n```python\n" : "");
    for (int i = 0; i < SHOWN; i++) {
        if (i && form >= 2) str_addc(s, '\n');
        if (form < 2) str_addf(s, "assert %s == %s\n", k->call[i].p, k->want[i].p);
        else if (form == 2) str_addf(s, "%s should be %s", k->call[i].p, k->want[i].p);
        else str_addf(s, "%s -> %s", k->call[i].p, k->want[i].p);
        if (form >= 2 && i == k->fails) str_addf(s, form == 2 ? ", but I get %s" : " (now: %s)", k->got.p);
    }
    if (form < 2) str_add(s, "```");
}

static void question(problem *p, rng *r, const task *k) {
    str more = {0}, empty = {0};
    str_clear(&empty);
    if (k->s.empty.len) str_addf(&empty, " (%s)", k->s.empty.p);
    const word_slot slot[] = {
        {"says", k->s.says.p}, {"takes", pyspec_takes(&k->s)}, {"f", k->s.f}, {"empty", empty.p}, {0}};
    show(&more, r, k);
    pyfam_ask(&p->question, r, ask, slot, k->bad.p, more.p);
    str_free(&more);
    str_free(&empty);
}

static void answer(problem *p, rng *r, const task *k) {
    str is = {0}, must = {0};
    pyspec_line_put(&is, &k->s, k->line, k->line, k->which);
    pyspec_line_put(&must, &k->s, k->line, -1, 0);
    if (k->which == PYSPEC_DEEP)
        str_addf(&p->answer, "Line %d, `%s`, stood inside the loop; it must come after it:\n", k->line + 2, must.p);
    else if (rng_below(r, 2))
        str_addf(&p->answer, "The mistake is in line %d: `%s` must be `%s`.\n", k->line + 2, is.p, must.p);
    else str_addf(&p->answer, "In line %d I changed `%s` to `%s`:\n", k->line + 2, is.p, must.p);
    str_addf(&p->answer, "```python\n%s```", k->good.p);
    str_free(&is);
    str_free(&must);
}

static void make(rng *r, int level, problem *p) {
    task k = {0};
    for (;;) {
        do pyspec_draw(&k.s, r, level);
        while (!pyspec_bug(&k.s, r, &k.line, &k.which) || !tests(&k, r));
        str_clear(&p->reasoning);
        p->level = level;
        str_addf(&p->reasoning, "Understand: %s should return %s%s%s%s; one line of it is wrong\n", k.s.f, k.s.says.p,
                 k.s.empty.len ? " (" : "", k.s.empty.p, k.s.empty.len ? ")" : "");
        str_add(&p->reasoning, "Plan: run a test that fails by hand, find the line, mend it, run the test again\n");
        fam_work(p, r, &(fam_phases){work, check, &k});
        if (pyfam_whole(p, 1700)) break;
    }
    str_addf(&p->key, "code_repair:%s:%d:%d:", k.s.says.p, k.line, k.which);
    pyspec_line_put(&p->key, &k.s, k.line, k.line, k.which);
    question(p, r, &k);
    answer(p, r, &k);
    pyfam_tests t = {.f = k.s.f, .code = k.good.p, .n = k.n};
    for (int i = 0; i < k.n; i++) t.call[i] = k.call[i].p, t.want[i] = k.want[i].p;
    pyfam_truth(&p->truth, &t);
    pyspec_free(&k.s);
    str_free(&k.good), str_free(&k.bad), str_free(&k.got), str_free(&k.mended);
    for (int i = 0; i < PYFAM_TESTS; i++) str_free(&k.call[i]), str_free(&k.want[i]);
}

static bool right(const problem *p, const char *text, char why[96]) { return pyfam_judge(p, text, why); }

/* The truth's tests once more, by the interpreter; and the program of the question must fail one of them. */
static bool solve(const problem *p, str *out, char why[96]) {
    pyfam_tests t;
    pyast       tree = {0};
    str         code = {0}, v = {0};
    bool        fails = false;
    if (!pyfam_again(p, out, why) || !pyfam_read(p->truth.p, &t)) return false;
    bool read = pyfam_code(p->question.p, &code) && pyast_read(&tree, code.p);
    for (int i = 0; read && i < t.n && !fails; i++)
        fails = !pyfam_value(&tree, t.call[i], &v) || strcmp(v.p, t.want[i]);
    if (!read) snprintf(why, 96, "the question holds no program");
    else if (!fails) snprintf(why, 96, "the program of the question has no mistake");
    pyfam_tests_free(&t);
    pyast_free(&tree);
    str_free(&code);
    str_free(&v);
    return read && fails;
}

const family fam_code_repair = {.name   = "code_repair",
                                .field  = "programming",
                                .about  = "repair a Python function so that its tests pass",
                                .levels = 10,
                                .make   = make,
                                .right  = right,
                                .solve  = solve};
