/* fam_arith.c -- arithmetic: + - * / of whole numbers, by hand.
 *
 * Levels: 1 small sums, differences >= 0 and one-digit products; 2 two and three digits, results below 0, times one
 * digit; 3 three digits, three digits times one, exact division; 4 two operations with precedence and brackets,
 * division with a rest; 5 two digits times two digits, four digits, mixed expressions with brackets and negative
 * numbers.
 *
 * The check undoes each operation, the last one first: c = a + b must give back a when b is taken away. The product
 * of two long numbers is checked by digit sums (casting out nines), as dividing by two digits is not a one-digit fact.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/expr.h"
#include "task/fam.h"
#include "task/phrase.h"
#include "task/steps.h"
#include "task/verify.h"

/* ---- drawing */
static long digits_of(rng *r, int n) { /* a number of n digits */
    static const int lo[] = {0, 1, 10, 100, 1000}, hi[] = {0, 9, 99, 999, 9999};
    return rng_range(r, lo[n], hi[n]);
}

static bool chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

static void single(expr *e, long a, char op, long b) {
    int l = expr_num(e, a), m = expr_num(e, b);
    expr_op(e, op, l, m);
}

/* (a op1 b) op2 c or a op1 (b op2 c) */
static void twice(expr *e, bool left_first, long a, char op1, long b, char op2, long c) {
    int na = expr_num(e, a), nb = expr_num(e, b), nc = expr_num(e, c);
    if (left_first) expr_op(e, op2, expr_op(e, op1, na, nb), nc);
    else expr_op(e, op1, na, expr_op(e, op2, nb, nc));
}

static void draw_1(rng *r, expr *e) {
    int k = rng_range(r, 0, 99);
    if (k < 10) single(e, rng_range(r, 0, 9), '+', rng_range(r, 0, 9));
    else if (k < 45) single(e, rng_range(r, 1, 60), '+', rng_range(r, 1, 60));
    else if (k < 80) {
        long a = rng_range(r, 1, 80);
        single(e, a, '-', rng_range(r, 0, (int)a));
    } else single(e, rng_range(r, 0, 9), '*', rng_range(r, 0, 9));
}

static void draw_2(rng *r, expr *e) {
    int  k = rng_range(r, 0, 99);
    long a = digits_of(r, rng_range(r, 1, 3)), b = digits_of(r, rng_range(r, 2, 3));
    if (chance(r, 50)) a = digits_of(r, 2);
    if (k < 30) {
        if (chance(r, 50)) single(e, a, '+', b);
        else single(e, b, '+', a);
    } else if (k < 52) single(e, a > b ? a : b, '-', a > b ? b : a);
    else if (k < 74) {
        if (chance(r, 25)) a = rng_range(r, 0, 9), b = rng_range(r, 1, 12); /* 5 - 8 */
        else if (chance(r, 25)) a = b - b % 10 + rng_range(r, 0, 9);        /* first digits alike */
        single(e, a > b ? b : a, '-', a > b ? a : b);
    } else {
        a = digits_of(r, 2), b = chance(r, 5) ? rng_range(r, 0, 1) : rng_range(r, 2, 9);
        if (chance(r, 60)) single(e, a, '*', b);
        else single(e, b, '*', a);
    }
}

static void draw_3(rng *r, expr *e) {
    int  k = rng_range(r, 0, 99);
    long a = digits_of(r, 3), b = digits_of(r, chance(r, 75) ? 3 : 2);
    long d = chance(r, 16) ? rng_range(r, 10, 12) : rng_range(r, 2, 9);
    if (k < 22) single(e, a, '+', b);
    else if (k < 44) {
        if (chance(r, 20)) single(e, a < b ? a : b, '-', a < b ? b : a);
        else single(e, a < b ? b : a, '-', a < b ? a : b);
    } else if (k < 70) {
        if (chance(r, 65)) single(e, a, '*', d);
        else single(e, d, '*', a);
    } else {
        int  n = rng_range(r, 0, 9);
        long q = n < 2 ? digits_of(r, 1) : n < 7 ? digits_of(r, 2) : digits_of(r, 3);
        single(e, q * d, '/', d);
    }
}

static void draw_4(rng *r, expr *e) {
    long a = rng_range(r, 1, 99), b = rng_range(r, 2, 9), c = rng_range(r, 2, 9), d = rng_range(r, 2, 30),
         big = digits_of(r, 2);
    switch (rng_below(r, 13)) {
    case 0: twice(e, false, a, '+', b, '*', c); break; /* 12 + 3 * 7 */
    case 1: twice(e, false, a, '-', b, '*', c); break;
    case 2: twice(e, true, b, '*', c, '+', a); break;
    case 3: twice(e, true, d, '*', c, '-', a); break;
    case 4: twice(e, true, a, '+', d, '*', c); break; /* (12 + 3) * 7 */
    case 5: twice(e, true, a > d ? a : d, '-', a > d ? d : a, '*', c); break;
    case 6: twice(e, false, b, '*', a, '+', d); break; /* 3 * (12 + 7) */
    case 7: twice(e, false, b, '*', a > d ? a : d, '-', a > d ? d : a); break;
    case 8: twice(e, true, d * b, '/', b, '+', a); break; /* 24 / 6 + 12 */
    case 9: twice(e, false, a, chance(r, 60) ? '+' : '-', d * c, '/', c); break;
    case 10: { /* (12 + 24) / 6 */
        long s = d * c, m = rng_range(r, 1, (int)s - 1);
        if (chance(r, 50)) twice(e, true, s - m, '+', m, '/', c);
        else twice(e, true, s + big, '-', big, '/', c);
        break;
    }
    case 11: twice(e, true, a, chance(r, 50) ? '+' : '-', big, chance(r, 50) ? '+' : '-', d); break;
    default: twice(e, false, a, '-', big, chance(r, 50) ? '+' : '-', d); break; /* 45 - (17 + 8) */
    }
}

static long signed_small(rng *r, int hi) {
    long v = rng_range(r, 1, hi);
    return chance(r, 50) ? -v : v;
}

static void draw_5(rng *r, expr *e) {
    int  k = rng_range(r, 0, 99);
    long a = digits_of(r, 2), b = digits_of(r, 2), c = rng_range(r, 2, 9), s = signed_small(r, 50),
         u = signed_small(r, 50);
    if (k < 30) single(e, a, '*', b);
    else if (k < 50) {
        a = digits_of(r, rng_range(r, 3, 4)), b = digits_of(r, rng_range(r, 3, 4));
        single(e, a, chance(r, 50) ? '+' : '-', b);
    } else if (k < 58) single(e, s, chance(r, 50) ? '+' : '-', u); /* -12 + 7, 25 - (-13) */
    else if (k < 63) single(e, chance(r, 50) ? s : -c, '*', chance(r, 50) ? c : -c);
    else if (k < 70) twice(e, false, s, chance(r, 50) ? '+' : '-', rng_range(r, 2, 30), '*', c);
    else if (k < 77) twice(e, true, a, '-', b, '*', c); /* (38 - 91) * 6 */
    else if (k < 83) twice(e, false, chance(r, 30) ? -c : c, '*', s, chance(r, 50) ? '+' : '-', b);
    else if (k < 89) twice(e, true, c, '*', -rng_range(r, 2, 30), chance(r, 50) ? '+' : '-', a);
    else if (k < 95) twice(e, false, s, '-', u, chance(r, 50) ? '+' : '-', b);
    else twice(e, true, s, chance(r, 50) ? '+' : '-', u, chance(r, 50) ? '+' : '-', a);
}

/* ---- phases */
typedef struct arith {
    expr     e;
    bool     rest; /* a single division with a quotient and a rest */
    expr_log log;  /* the steps as Work took them, mistakes included: the check
                      reads what is written, it does not know better */
} arith;

static void work(trace *t, void *ctx, fam_value *found) {
    arith *a = ctx;
    found->w = 0;
    if (a->rest) found->v = digits_div(t, NULL, a->e.node[0].v, a->e.node[1].v, &found->w);
    else found->v = expr_work(t, &a->e, NULL, false, &a->log);
}

static void must_be(trace *t, long a, char op, long b, long c) {
    expr e = {0};
    single(&e, a, op, b);
    expr_put(t->out, &e);
    str_add(t->out, " must be ");
    digits_num(t->out, c);
    str_addc(t->out, '\n');
}

/* c must come back: the left number of the step or, where only that divides well, the right one. */
static bool give_back(trace *t, long c, char op, long b, long want) {
    must_be(t, c, op, b, want);
    if (op == '/' && b >= 2 && c >= 0 && c % b) { /* only a wrong product leaves a rest */
        long rest, q = digits_div(t, NULL, c, b, &rest);
        if (rest) {
            digits_num(t->out, q);
            str_add(t->out, " rest ");
            digits_num(t->out, rest);
            str_add(t->out, " is not ");
            digits_num(t->out, want);
            str_add(t->out, ", wrong\n");
            return false;
        }
        return fam_compare(t, q, want);
    }
    return fam_compare(t, digits_on(t, c, op, b), want);
}

/* Casting out nines: the digit sums must multiply to the digit sum of the product. */
static bool nines(trace *t, const expr_step *s) {
    digits_num(t->out, s->a);
    str_add(t->out, " * ");
    digits_num(t->out, s->b);
    str_add(t->out, " and ");
    digits_num(t->out, s->c);
    str_add(t->out, " must have the same digit sum\n");
    long a = digits_root(t, s->a), b = digits_root(t, s->b);
    if (s->c <= 0) {
        t->bad = true;
        return false;
    }
    long p = digits_op(t, a, '*', b);
    if (p >= 10) p = digits_root(t, p);
    return fam_compare(t, p, digits_root(t, s->c));
}

static bool undo(trace *t, const expr_step *s) {
    switch (s->op) {
    case '+': return give_back(t, s->c, '-', s->b, s->a);
    case '-': return give_back(t, s->c, '+', s->b, s->a);
    case '/': return give_back(t, s->c, '*', s->b, s->a);
    default: break;
    }
    long a = labs(s->a), b = labs(s->b);
    if (!a || !b) { /* 0 has no inverse: the other way round */
        must_be(t, s->b, '*', s->a, s->c);
        return fam_compare(t, digits_on(t, s->b, '*', s->a), s->c);
    }
    if (b < 10) return give_back(t, s->c, '/', s->b, s->a);
    if (a < 10) return give_back(t, s->c, '/', s->a, s->b);
    if (s->a < 0 || s->b < 0) t->bad = true;
    return nines(t, s);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const arith *a = ctx;
    if (a->rest) { /* q * b + r must be a */
        expr e = {0};
        int  p = expr_op(&e, '*', expr_num(&e, found->v), expr_num(&e, a->e.node[1].v));
        if (found->w) expr_op(&e, '+', p, expr_num(&e, found->w));
        expr_put(t->out, &e);
        str_add(t->out, " must be ");
        digits_num(t->out, a->e.node[0].v);
        str_addc(t->out, '\n');
        return fam_compare(t, expr_work(t, &e, NULL, true, NULL), a->e.node[0].v);
    }
    for (int i = a->log.n - 1; i >= 0; i--) {
        if (i < a->log.n - 1) str_add(t->out, "then ");
        if (!undo(t, &a->log.s[i])) return false;
    }
    return true;
}

static void plan(str *s, const arith *a) {
    const expr              *e      = &a->e;
    static const char *const verb[] = {"add", "subtract", "multiply", "divide"};
    str_add(s, "Plan: ");
    if (a->rest) {
        str_add(s, "divide digit by digit, keep the rest\n");
        return;
    }
    char op = e->node[e->root].op;
    int  l = e->node[e->root].l, r = e->node[e->root].r;
    if (expr_ops(e) == 2) { /* "first 3 * 7, then 12 + result" */
        bool left = e->node[l].op != 'n';
        expr in   = *e;
        in.root   = left ? l : r;
        str_add(s, "first ");
        expr_put(s, &in);
        str_add(s, ", then ");
        if (left) str_add(s, "result");
        else digits_num(s, e->node[l].v);
        char mid[4] = {' ', op, ' ', 0};
        str_add(s, mid);
        if (left) digits_arg(s, e->node[r].v);
        else str_add(s, "result");
        str_addc(s, '\n');
        return;
    }
    long        x = e->node[l].v, y = e->node[r].v;
    const char *v = verb[op == '+' ? 0 : op == '-' ? 1 : op == '*' ? 2 : 3];
    if (x < 0 || y < 0) str_addf(s, "signs first, then %s\n", v);
    else if (op == '*' && x > 9 && y > 9) str_addf(s, "split %ld into %ld and %ld, then add\n", y, y - y % 10, y % 10);
    else str_addf(s, "%s digit by digit\n", v);
}

static void ask(problem *p, rng *r, const arith *a) {
    const expr  *e     = &a->e;
    phrase_style st    = phrase_style_draw(r, PHRASE_NUMBERS);
    str          typed = {0}, x = {0}, y = {0}, c = {0};
    expr_put(&c, e);
    phrase_expr(&typed, c.p, &st);
    if (expr_ops(e) == 1) {
        digits_num(&x, e->node[0].v);
        digits_num(&y, e->node[1].v);
    }
    if (a->rest) phrase_rest(&p->question, r, x.p, y.p, typed.p);
    else if (expr_ops(e) == 1 && chance(r, 30)) phrase_operation(&p->question, r, e->node[e->root].op, x.p, y.p);
    else phrase_compute(&p->question, r, typed.p);
    phrase_careless(&p->question, r);
    str_free(&typed);
    str_free(&x);
    str_free(&y);
    str_free(&c);
}

static void answer(problem *p, rng *r, const char *canonical, const arith *a, const fam_value *f) {
    if (a->rest) {
        str_addf(&p->truth, "%ld remainder %ld", f->v, f->w);
        if (chance(r, 50)) str_addf(&p->answer, "%s = **%s**", canonical, p->truth.p);
        else str_addf(&p->answer, "The answer is **%s**.", p->truth.p);
        return;
    }
    digits_num(&p->truth, f->v);
    if (chance(r, 50)) str_addf(&p->answer, "%s = **%s**", canonical, p->truth.p);
    else str_addf(&p->answer, "The answer is **%s**.", p->truth.p);
}

static void make(rng *r, int level, problem *p) {
    static void (*const draw[])(rng *, expr *) = {draw_1, draw_2, draw_3, draw_4, draw_5};
    arith a                                    = {.rest = level == 4 && chance(r, 15)};
    if (a.rest) {
        long d = rng_range(r, 2, 9);
        single(&a.e, chance(r, 40) ? rng_range(r, (int)d, (int)d * 10 - 1) : digits_of(r, rng_range(r, 2, 4)), '/', d);
    } else {
        draw[level - 1](r, &a.e);
    }
    p->level      = level;
    str canonical = {0};
    expr_put(&canonical, &a.e);
    str_addf(&p->key, "arithmetic:%s%s", a.rest ? "rest of " : "", canonical.p);
    ask(p, r, &a);
    str_addf(&p->reasoning, a.rest ? "Understand: %s with remainder\n" : "Understand: %s\n", canonical.p);
    plan(&p->reasoning, &a);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &a});
    answer(p, r, canonical.p, &a, &f);
    str_free(&canonical);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return !verify_echo(p->question.p, text, why) && answer_matches(text, p->truth.p, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const char tail[] = " with remainder";
    const char       *s;
    size_t            n, nt = sizeof tail - 1;
    ratio             v;
    if (!fam_understood(p, &s, &n, why)) return false;
    bool        rest  = n > nt && !strncmp(s + n - nt, tail, nt);
    const char *slash = rest ? memchr(s, '/', n) : NULL;
    if (rest && slash) {
        ratio a, b;
        if (steps_value(s, (size_t)(slash - s), NULL, &a) &&
            steps_value(slash + 1, n - nt - (size_t)(slash + 1 - s), NULL, &b) && a.q == 1 && b.q == 1 && a.p >= 0 &&
            b.p > 0) {
            str_addf(truth, "%lld remainder %lld", a.p / b.p, a.p % b.p);
            return true;
        }
    } else if (!rest && steps_value(s, n, NULL, &v)) {
        str_addf(truth, v.q == 1 ? "%lld" : "%lld/%lld", v.p, v.q);
        return true;
    }
    snprintf(why, 96, "not an expression: %.60s", s);
    why[strcspn(why, "\n")] = 0;
    return false;
}

const family fam_arith = {.name   = "arithmetic",
                          .field  = "education",
                          .about  = "+ - * / of whole numbers by hand",
                          .levels = 5,
                          .make   = make,
                          .right  = right,
                          .solve  = solve};
