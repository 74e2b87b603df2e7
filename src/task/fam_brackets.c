/* fam_brackets.c -- the order of operations: brackets, then * and /, then + and -.
 *
 * Levels: 1 one pair of brackets or two operators without; 2 larger numbers; 3 division; 4 three operators; 5 two
 * pairs; 6 brackets in brackets; 7 below 0; 8 four operators; 9 five; 10 six operators, three deep.
 *
 * The check undoes the steps, the last one first. */
#include <string.h>
#include "task/numfam.h"
#include "task/steps.h"

typedef struct order {
    expr     e;
    expr_log log;
} order;

static void work(trace *t, void *ctx, fam_value *found) {
    order *o = ctx;
    found->w = 0;
    found->v = expr_work(t, &o->e, NULL, false, &o->log);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    order *o = ctx;
    (void)found;
    return numfam_undo(t, &o->log);
}

static const expr_wish wish[] = {
    {.ops = 2, .lo = 1, .hi = 12, .limit = 150},
    {.ops = 2, .lo = 2, .hi = 40, .limit = 400, .brackets = 1},
    {.ops = 2, .lo = 2, .hi = 99, .limit = 999, .below = true, .brackets = 1},
    {.ops = 3, .lo = 2, .hi = 20, .limit = 300, .brackets = 1},
    {.ops = 3, .lo = 2, .hi = 30, .limit = 500, .brackets = 2},
    {.ops = 3, .lo = 2, .hi = 30, .limit = 500, .brackets = 2, .depth = 2},
    {.ops = 4, .lo = 2, .hi = 20, .limit = 500, .below = true, .brackets = 2},
    {.ops = 4, .lo = 2, .hi = 50, .limit = 999, .below = true, .brackets = 2, .depth = 2},
    {.ops = 5, .lo = 2, .hi = 40, .limit = 999, .below = true, .brackets = 3, .depth = 2},
    {.ops = 6, .lo = 2, .hi = 40, .limit = 999, .below = true, .brackets = 3, .depth = 3},
};

static const char *const pattern[] = {
    NUM_IS " {3*|the value of |the result of }<e>" NUM_MARK,
    NUM_DO " {3*|the value of |this: |the expression }<e>" NUM_STOP,
    "{3*Evaluate|Simplify|Solve|Work out} <e>{4*|, {mind|watch|respecting|following|using} the order of operations| "
    "with "
    "{the right|the correct} order of operations| (brackets first)}" NUM_STOP,
    "{2*|using the order of operations, |with {bodmas|pemdas}, |following the usual rules, }{what is|what do you get "
    "for|what does this give:|how much is} <e>" NUM_MARK,
    "<e>{3* = ?|3*| =|=?| equals?| -- what is it?| = what?}",
    "{I get stuck on|I'm not sure about|My homework says|My calculator is broken:|The exercise is} <e>{.|, what is "
    "it?|. What is the {value|result|answer}?|, can you {do|solve|help with} it?}",
};

static bool has_bracket(const char *s) { return strchr(s, '(') != NULL; }

static void make(rng *r, int level, problem *p) {
    order o         = {0};
    str   canonical = {0}, typed = {0};
    do {
        str_clear(&canonical);
        numfam_expr(r, &wish[level - 1], &o.e);
        expr_put(&canonical, &o.e);
    } while (level == 1 && !has_bracket(canonical.p) && numfam_chance(r, 60));
    numfam_typed(&typed, r, canonical.p);
    numfam_ask(p, r, pattern, NUM_COUNT(pattern), (word_slot[]){{"e", typed.p}, {0}});
    p->level = level;
    str_addf(&p->key, "brackets:%s", canonical.p);
    str_addf(&p->reasoning, "Understand: %s\nPlan: %s* and /, then + and -, from the left\n", canonical.p,
             has_bracket(canonical.p) ? "brackets first, the inner ones before the outer, then " : "first ");
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &o});
    digits_num(&p->truth, f.v);
    numfam_answer(p, r, canonical.len < 40 ? canonical.p : NULL, NULL);
    str_free(&canonical);
    str_free(&typed);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    ratio       v;
    if (!fam_understood(p, &s, &n, why)) return false;
    if (!steps_value(s, n, NULL, &v) || v.q != 1) return numfam_not(why, "an expression", s, n);
    str_addf(truth, "%lld", v.p);
    return true;
}

const family fam_brackets = {.name   = "brackets",
                             .field  = "education",
                             .about  = "the order of operations, brackets in brackets",
                             .levels = 10,
                             .make   = make,
                             .right  = numfam_right,
                             .solve  = solve};
