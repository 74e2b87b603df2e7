/* fam_code_output.c -- what does this program print?
 *
 * Levels: 1 arithmetic and assignment; 2 if, // and %, words; 3 counting loops; 4 lists and while; 5 break, slices,
 * nested loops; 6 functions and comprehensions; 7 pairs, signs, several loops; 8 dicts and words; 9 recursion, two
 * names for one list; 10 nested data.
 *
 * Work goes through the program step by step (pyrun.h). The check goes through it once more and writes down only what
 * changes. The answer must be the output, letter by letter; blanks at the ends of lines and empty last lines aside. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "exec/exec.h"
#include "task/pyclaim.h"
#include "task/pyfam.h"
#include "task/pysnip.h"
#include "task/verify.h"

typedef struct puzzle {
    pyast        tree;
    pyrun_result honest; /* what it prints */
    str          out;    /* what the last Work arrived at */
} puzzle;

static void one_line(str *s, const char *p) {
    str_clear(s);
    for (; *p; p++) {
        if (*p == '\n') str_add(s, " / ");
        else str_addc(s, *p);
    }
}

static void work(trace *t, void *ctx, fam_value *found) {
    puzzle      *z   = ctx;
    pyrun_result res = {0};
    pyrun(&(pyrun_job){.p = &z->tree, .tell = PYRUN_FULL, .t = t}, &res);
    if (res.odd || res.error[0] || !res.out.len) t->bad = true;
    str_clear(&z->out);
    str_add(&z->out, res.out.p ? res.out.p : "");
    pyclaim_trim(&z->out);
    *found = (fam_value){pyfam_hash(z->out.p, z->out.len), 0};
    pyrun_free(&res);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    puzzle      *z   = ctx;
    pyrun_result res = {0};
    str          a = {0}, b = {0};
    (void)found;
    str_add(t->out, "once more, only what changes\n");
    pyrun(&(pyrun_job){.p = &z->tree, .tell = PYRUN_SHORT, .t = t}, &res);
    one_line(&a, z->out.p);
    pyclaim_trim(&res.out);
    one_line(&b, res.out.p);
    str_add(t->out, "the output is ");
    bool same = pyfam_same(t, a.p, b.p);
    str_free(&a);
    str_free(&b);
    pyrun_free(&res);
    return same;
}

static void plan(str *s, const pyast *p) {
    bool loop = false, def = false, cond = false, comp = false;
    for (int i = 1; i < p->count; i++) {
        loop |= p->n[i].kind == PY_FOR || p->n[i].kind == PY_WHILE;
        def |= p->n[i].kind == PY_DEF;
        cond |= p->n[i].kind == PY_IF;
        comp |= p->n[i].kind == PY_COMP;
    }
    str_add(s, "Plan: put values in for names, line by line");
    if (cond) str_add(s, ", decide each if");
    if (loop) str_add(s, ", go round the loop turn by turn");
    if (comp) str_add(s, ", take each element");
    if (def) str_add(s, ", follow each call to its return");
    str_add(s, ", write down what is printed\n");
}

static const char ask[] =
    "{{What|What exactly} {does|will|would} {this|the following|my|the} [{short|little|small} ]{2*[Python "
    "]program|[Python ]code|[Python ]snippet|script} "
    "{print|output|print out|show|write}{ when {it is run|I run it|it runs}|[ in Python[ 3]]}{?|?|:}|"
    "{Please |Can you |Could you |Help me |I need to |I want to |}{predict|work out|tell me|find|determine|figure "
    "out|say} "
    "{the output of|what is printed by|what gets printed by|what comes out of} {this|the following|the|my} "
    "[{short|little} ][Python ]{program|code|script|snippet}{.|:|}|"
    "{Run|Trace|Go through|Execute|Step through|Walk through} {this|the|the following} [Python ]{program|code|snippet} "
    "{in your head|by hand|step by step|line by line|on paper}[ please]{. What {is|will be} {printed|the "
    "output|written}?| and {tell me|give me|say|write down} {the output|what it prints}.}|"
    "{What is|What's|Tell me|Give me} the [{exact|final|printed} ]output [here|of this|of the code below|of the "
    "program below]{?|:|}|"
    "{Without running it, |No computer: |From reading alone, |}{what {is|gets} printed {here|below|by this}|what does "
    "{this|it} print|what would Python {print|answer|say}}{?|:}}";

static void answer(problem *p, rng *r, const char *out) {
    static const char *const say[] = {"It prints ", "The program prints ", "The output is ", "The printed output is ",
                                      "Python prints "};
    const char              *head  = say[rng_below(r, 5)];
    if (strchr(out, '\n') || (rng_below(r, 4) == 0 && !strchr(out, '`'))) {
        str_add(&p->answer, head[0] == 'T' && head[4] == 'o' ? "The output is:\n" : "It prints:\n");
        str_addf(&p->answer, "```\n%s\n```", out);
    } else if (strchr(out, '*') || strchr(out, '_')) {
        str_addf(&p->answer, "%s`%s`.", head, out);
    } else {
        str_addf(&p->answer, "%s**%s**.", head, out);
    }
}

enum { REASONING_MAX = 1900 };

static bool draw(rng *r, int level, str *code, puzzle *z) {
    pysnip_program(r, level, code);
    if (!pyast_read(&z->tree, code->p)) return false;
    pyrun(&(pyrun_job){.p = &z->tree, .limit = 4000}, &z->honest);
    if (z->honest.odd || z->honest.error[0]) return false;
    pyclaim_trim(&z->honest.out);
    return z->honest.out.len > 0 && z->honest.out.len < 120 && !strstr(z->honest.out.p, "`");
}

static void make(rng *r, int level, problem *p) {
    puzzle z    = {0};
    str    code = {0};
    for (;;) {
        while (!draw(r, level, &code, &z)) {}
        str_clear(&p->reasoning);
        p->level = level;
        str_addf(&p->reasoning, "Understand: a program of %d line%s, what does it print\n", z.tree.lines - 1,
                 z.tree.lines == 2 ? "" : "s");
        plan(&p->reasoning, &z.tree);
        fam_work(p, r, &(fam_phases){work, check, &z});
        if (pyfam_whole(p, REASONING_MAX)) break;
    }
    str_addf(&p->key, "code_output:%s", code.p);
    pyfam_ask(&p->question, r, ask, NULL, code.p, NULL);
    str_add(&p->truth, z.honest.out.p);
    answer(p, r, z.honest.out.p);
    pyast_free(&z.tree);
    pyrun_free(&z.honest);
    str_free(&z.out);
    str_free(&code);
}

static bool right(const problem *p, const char *text, char why[96]) {
    static const char *const words[] = {
        "prints ",    "print ",   "prints: ",  "output is ", "output: ",   "output is: ", "outputs ", "printed is ",
        "answer is ", "answer: ", "printed: ", "Output: ",   "Output is ", "Prints ",     NULL};
    pyclaim     c    = {0};
    const char *want = p->truth.p ? p->truth.p : "";
    bool        ok   = false;
    if (verify_echo(p->question.p ? p->question.p : "", text, why)) return false;
    pyclaim_find(&c, text, words);
    if (!c.one.len) snprintf(why, 96, "expected %.40s, found no output", want);
    else if (c.different > 1) snprintf(why, 96, "expected %.40s, found more than one output", want);
    else if (strcmp(c.one.p, want)) snprintf(why, 96, "expected %.36s, found %.36s", want, c.one.p);
    else if (pyclaim_denied(c.prose.p)) snprintf(why, 96, "expected %.40s, found it denied or asked", want);
    else ok = true;
    for (char *q = why; !ok && *q; q++)
        if (*q == '\n') *q = '/';
    pyclaim_free(&c);
    return ok;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    err         e    = {""};
    exec       *x    = exec_shared(&e);
    exec_result res  = {0};
    str         code = {0};
    bool        ok   = false;
    if (!pyfam_code(p->question.p ? p->question.p : "", &code)) snprintf(why, 96, "the question holds no program");
    else if (!x || !exec_run(x, &(exec_job){.code = code.p}, &res, &e)) snprintf(why, 96, "no executor: %.60s", e.msg);
    else if (res.status != EXEC_OK)
        snprintf(why, 96, "the program does not end well: %.60s", res.error.p ? res.error.p : "");
    else {
        pyclaim_trim(&res.out);
        ok = res.out.len > 0;
        if (!ok) snprintf(why, 96, "the program prints nothing");
        else str_addn(truth, res.out.p, res.out.len);
    }
    exec_result_free(&res);
    str_free(&code);
    return ok;
}

const family fam_code_output = {.name   = "code_output",
                                .field  = "programming",
                                .about  = "what a Python program prints",
                                .levels = 10,
                                .make   = make,
                                .right  = right,
                                .solve  = solve};
