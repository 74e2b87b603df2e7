/* fam_code_write.c -- write a Python function from a sentence and examples.
 *
 * Levels: 1 a formula of one number; 2 a decision, or all of a list; 3 those of a list or string that fit; 4 these
 * changed, words; 5 digits, ranges, repetitions; 6 divisors, texts, counts in a dict; 7 values, neighbours, two lists;
 * 8 lists of lists, two conditions; 9 and 10 more of these at once.
 *
 * Work writes the function line by line, each with its reason; the check runs it by hand on an example. An answer is
 * judged by running it on hidden arguments (pyfam.h). */
#include <stdio.h>
#include <string.h>
#include "task/pyfam.h"
#include "task/pynear.h"

enum { SHOWN = 3, HIDDEN = 7, LETTERS = 1500 };
typedef struct task {
    pyspec      s;
    str         code, call[PYFAM_TESTS], want[PYFAM_TESTS];
    int         n;
    str         written; /* what the last Work wrote */
    const char *first;   /* the example of the check */
} task;

/* Like pyspec_code with reasons, one line may be wrong. */
static void work(trace *t, void *ctx, fam_value *found) {
    task  *k    = ctx;
    int    slip = -1, which = 0;
    str    head = {0};
    size_t at   = t->out->len;
    for (int i = 0; i < k->s.lines; i++) /* the places first: the text needs them in order */
        if (k->s.line[i].wrong[0].len) {
            for (which = 0; which + 1 < PYSPEC_WRONGS && k->s.line[i].wrong[which + 1].len && rng_below(t->r, 2);)
                which++;
            if (trace_slips(t)) {
                slip = i;
                break;
            }
        }
    str_clear(&k->written);
    pyspec_code(&k->written, &k->s, slip, which, false);
    pyspec_code(t->out, &k->s, slip, which, true);
    if (slip >= 0) {
        pyspec_code(&head, &k->s, -1, 0, true);
        size_t i = 0;
        while (head.p[i] == t->out->p[at + i]) i++;
        t->slip_from = (int)(at + i);
        str_free(&head);
    }
    *found = (fam_value){pyfam_hash(k->written.p, k->written.len), 0};
}

/* The example that is run by hand: the second one where the first does not show a mistake. */
static int example(task *k, pyast *p) {
    str v  = {0};
    int at = pyfam_value(p, k->call[0].p, &v) && !strcmp(v.p, k->want[0].p) && strcmp(k->written.p, k->code.p);
    str_free(&v);
    return at;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    task        *k   = ctx;
    pyast        p   = {0};
    pyrun_result res = {0};
    bool         ok  = false;
    (void)found;
    if (!pyast_read(&p, k->written.p)) t->bad = true;
    int         i    = t->bad ? 0 : example(k, &p);
    const char *call = k->call[i].p, *want = k->want[i].p;
    str_addf(t->out, "by hand, %s must be %s\n", call, want);
    int e = t->bad ? 0 : pyast_expr(&p, call);
    if (!e) t->bad = true;
    else
        pyrun(
            &(pyrun_job){
                .p = &p, .expr = e, .quiet = true, .tell = PYRUN_FULL, .t = t, .limit = 3000, .letters = LETTERS},
            &res);
    if (res.odd) t->bad = true, res.value.len = 0; /* not told to its end */
    str_addf(t->out, "%s is ", call);
    if (res.error[0]) str_addf(t->out, "%s, not a %s, wrong\n", want, res.error);
    else ok = pyfam_same(t, res.value.len ? res.value.p : "?", want);
    pyrun_free(&res);
    pyast_free(&p);
    return ok;
}

static bool dull(const char *s) {
    static const char *const all[] = {"[]", "''", "0", "None", "{}", NULL};
    for (int i = 0; all[i]; i++)
        if (!strcmp(s, all[i])) return true;
    return false;
}

/* Calls that differ, with their values; the first is small and says something. */
static bool examples(task *k, rng *r) {
    pyast p      = {0};
    bool  differ = false, ok;
    str_clear(&k->code);
    pyspec_code(&k->code, &k->s, -1, 0, false);
    ok = pyast_read(&p, k->code.p);
    for (k->n = 0; ok && k->n < SHOWN + HIDDEN; k->n++) {
        str *c     = &k->call[k->n];
        bool twice = true;
        for (int tries = 0; tries < 4 && twice; tries++) {
            str_clear(c);
            pyspec_call(c, &k->s, r, k->n == 0 ? 1 : k->n == SHOWN ? 0 : 2);
            twice = false;
            for (int i = 0; i < k->n; i++) twice |= !strcmp(k->call[i].p, c->p);
        }
        ok = pyfam_value(&p, c->p, &k->want[k->n]) && k->want[k->n].len < 100 && (k->n || !dull(k->want[0].p));
        differ |= ok && k->n && strcmp(k->want[k->n].p, k->want[0].p);
    }
    pyast_free(&p);
    if (!ok || !differ || !pyspec_matters(&k->s, k->call, k->want, k->n)) return false;
    pynear_tests t = {&k->s, k->code.p, k->call, k->want, k->n, PYFAM_TESTS};
    pynear_sharpen(&t, r);
    k->n = t.n;
    return true;
}

static const char ask[] = "{2*{Please |Can you |Could you |Help me |I need you to |I want you to |Now "
                          "|}{write|create|implement|code|make} {a|me a} [{small|short|simple} ][Python ]function "
                          "{{called|named} `<f>`|`<sig>`} {that|which} takes <takes> {and returns|and gives back|and "
                          "should return} <says>{.|}|"
                          "{Define|Implement|Write|Code} `<sig>`{:|, which should|. It should|. It must} {return|give "
                          "back} <says>[, where <param> is <takes>]{.|}|"
                          "{I need|I'd like|I am looking for|We need|Give me} a {Python function|function in Python} "
                          "`<sig>`: {for|given} <takes>, it {returns|should return|gives} <says>{.|}|"
                          "How {would|do|can} {you|I} write a [Python ]function `<sig>` that {returns|gives} <says> "
                          "({<param> is <takes>|for <takes>}){?|}}";

static void show(str *q, rng *r, const task *k, int n) {
    int form = (int)rng_below(r, 4);
    if (form == 3) str_add(q, "```python\n");
    for (int i = 0; i < n; i++) {
        if (form == 0) str_addf(q, "%s%s returns %s", i ? "\n" : "", k->call[i].p, k->want[i].p);
        else if (form == 1) str_addf(q, "%s%s -> %s", i ? "\n" : "Examples:\n", k->call[i].p, k->want[i].p);
        else if (form == 2) str_addf(q, "%s%s == %s", i ? "\n" : "For example:\n", k->call[i].p, k->want[i].p);
        else str_addf(q, ">>> %s\n%s\n", k->call[i].p, k->want[i].p);
    }
    if (form == 3) str_add(q, "```");
}

static void question(problem *p, rng *r, const task *k) {
    str sig = {0}, empty = {0};
    str_clear(&empty);
    str_addf(&sig, k->s.param2 ? "%s(%s, %s)" : "%s(%s)", k->s.f, k->s.param, k->s.param2);
    if (k->s.empty.len) str_addf(&empty, "%s.", k->s.empty.p);
    const word_slot slot[] = {{"f", k->s.f},         {"sig", sig.p},        {"takes", pyspec_takes(&k->s)},
                              {"says", k->s.says.p}, {"param", k->s.param}, {0}};
    wording_ask(&p->question, r, ask, slot);
    while (p->question.len && p->question.p[p->question.len - 1] == ' ') p->question.p[--p->question.len] = 0;
    if (empty.len) {
        if (p->question.p[p->question.len - 1] != '.' && p->question.p[p->question.len - 1] != '?')
            str_addc(&p->question, '.');
        str_addf(&p->question, " It is %s", empty.p);
    }
    str_add(&p->question, rng_below(r, 3) ? "\n\n" : "\n");
    show(&p->question, r, k, 2 + (int)rng_below(r, 2));
    str_free(&sig);
    str_free(&empty);
}

static void answer(problem *p, rng *r, const task *k) {
    static const char *const say[] = {"Here is the function:\n", "This does it:\n", "One way to write it:\n",
                                      "The function:\n", "```"};
    const char              *head  = say[rng_below(r, 5)];
    if (*head != '`') str_add(&p->answer, head);
    str_addf(&p->answer, "```python\n%s```", k->code.p);
}

static void truth(problem *p, const task *k) {
    pyfam_tests t = {.f = k->s.f, .code = k->code.p, .n = k->n};
    for (int i = 0; i < k->n; i++) t.call[i] = k->call[i].p, t.want[i] = k->want[i].p;
    pyfam_truth(&p->truth, &t);
}

static void make(rng *r, int level, problem *p) {
    task k = {0};
    for (;;) {
        do pyspec_draw(&k.s, r, level);
        while (!examples(&k, r));
        str_clear(&p->reasoning);
        p->level = level;
        str_addf(&p->reasoning, "Understand: %s takes %s and returns %s", k.s.f, pyspec_takes(&k.s), k.s.says.p);
        if (k.s.empty.len) str_addf(&p->reasoning, "; %s", k.s.empty.p);
        str_addf(&p->reasoning, "\nPlan: %s\n", k.s.plan.p);
        fam_work(p, r, &(fam_phases){work, check, &k});
        if (pyfam_whole(p, LETTERS + 300)) break;
    }
    str_addf(&p->key, "code_write:%s", k.s.says.p);
    question(p, r, &k);
    answer(p, r, &k);
    truth(p, &k);
    pyspec_free(&k.s);
    str_free(&k.code);
    str_free(&k.written);
    for (int i = 0; i < PYFAM_TESTS; i++) str_free(&k.call[i]), str_free(&k.want[i]);
}

static bool right(const problem *p, const char *text, char why[96]) { return pyfam_judge(p, text, why); }

static bool solve(const problem *p, str *out, char why[96]) { return pyfam_again(p, out, why); }

const family fam_code_write = {.name   = "code_write",
                               .field  = "programming",
                               .about  = "write a Python function from a sentence and examples",
                               .levels = 10,
                               .make   = make,
                               .right  = right,
                               .solve  = solve};
