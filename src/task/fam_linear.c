/* fam_linear.c -- linear equations in one unknown.
 *
 * Levels: 1 one step; 2 ax + b = c, either side; 3 a(x + b) = c, x/a + b = c, negative numbers; 4 the unknown on both
 * sides; 5 brackets on both sides, several terms, larger numbers, fractions.
 *
 * Work follows one order for every equation, so that the next line depends on what the equation looks like now and on
 * nothing else: turn round if the unknown is only on the right; multiply brackets out; add like terms; the unknown goes
 * left and the numbers go right; divide. (To divide a lone bracket away would be shorter, where it divides: but whether
 * it does is a calculation of its own, and a plan must be seen from the equation.)
 * The check puts the value into both sides of the equation as it was given. A fraction p/q is checked with both sides
 * times q, which keeps every number whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/expr.h"
#include "task/fam.h"
#include "task/phrase.h"
#include "task/steps.h"
#include "task/verify.h"

typedef enum { T_NUM, T_X, T_BRACKET, T_DIV } term_kind;
typedef struct term {
    term_kind kind;
    long      c, k, m; /* NUM m; X k x; BRACKET c(k x + m); DIV x/c */
} term;
enum { TERMS = 4 };
typedef struct side {
    term t[TERMS];
    int  n;
} side;
typedef struct linear {
    side l, r;
    char letter;
} linear;

static bool chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

/* ---- building */
static void put_num(side *s, long m) { s->t[s->n++] = (term){T_NUM, 0, 0, m}; }
static void put_x(side *s, long k) { s->t[s->n++] = (term){T_X, 0, k, 0}; }
static void put_bracket(side *s, long c, long k, long m) { s->t[s->n++] = (term){T_BRACKET, c, k, m}; }
static void put_div(side *s, long c) { s->t[s->n++] = (term){T_DIV, c, 1, 0}; }

/* A number to multiply or divide with: mostly from the small table, at times 10, 11 or 12. */
static long factor(rng *r) { return chance(r, 14) ? rng_range(r, 10, 12) : rng_range(r, 2, 9); }

static long coef_of(const side *s) { /* of x, brackets multiplied out; DIV counts as 0 */
    long k = 0;
    for (int i = 0; i < s->n; i++)
        k += s->t[i].kind == T_X ? s->t[i].k : s->t[i].kind == T_BRACKET ? s->t[i].c * s->t[i].k : 0;
    return k;
}

static long value_of(const side *s, long x) {
    long v = 0;
    for (int i = 0; i < s->n; i++) {
        const term *t = &s->t[i];
        v += t->kind == T_NUM   ? t->m
             : t->kind == T_X   ? t->k * x
             : t->kind == T_DIV ? x / t->c
                                : t->c * (t->k * x + t->m);
    }
    return v;
}

static bool has_x(const side *s) {
    for (int i = 0; i < s->n; i++)
        if (s->t[i].kind != T_NUM) return true;
    return false;
}

/* ---- printing */
static void print_kx(str *s, long k, char letter) {
    if (k == -1) str_addc(s, '-');
    else if (k != 1) digits_num(s, k);
    str_addc(s, letter);
}

static bool is_negative(const term *t) { return t->kind == T_NUM ? t->m < 0 : t->kind == T_X ? t->k < 0 : t->c < 0; }

static void print_inner(str *s, long k, long m, char letter) {
    print_kx(s, k, letter);
    str_add(s, m < 0 ? " - " : " + ");
    digits_num(s, labs(m));
}

static void print_term(str *s, const term *t, bool first, char letter) {
    bool neg = is_negative(t);
    if (!first) str_add(s, neg ? " - " : " + ");
    else if (neg) str_addc(s, '-');
    long c = labs(t->c);
    switch (t->kind) {
    case T_NUM: digits_num(s, labs(t->m)); break;
    case T_X: print_kx(s, labs(t->k), letter); break;
    case T_BRACKET:
        if (c != 1) digits_num(s, c);
        str_addc(s, '(');
        print_inner(s, t->k, t->m, letter);
        str_addc(s, ')');
        break;
    case T_DIV:
        str_addc(s, letter);
        str_addc(s, '/');
        digits_num(s, c);
        break;
    }
}

static void print_side(str *s, const side *d, char letter) {
    if (!d->n) str_addc(s, '0');
    for (int i = 0; i < d->n; i++) print_term(s, &d->t[i], i == 0, letter);
}

static void print_linear(str *s, const linear *e) {
    print_side(s, &e->l, e->letter);
    str_add(s, " = ");
    print_side(s, &e->r, e->letter);
}

/* ---- Work: each rule writes lines and leaves a simpler equation */
static void so(trace *t, const linear *e) {
    str_add(t->out, "so ");
    print_linear(t->out, e);
    str_addc(t->out, '\n');
}

static void say_x(trace *t, char letter, long k, const char *rest) { /* "2x<rest>" */
    print_kx(t->out, k, letter);
    str_add(t->out, rest);
}

/* c * m in "c(x + m) = cx + cm": a product of digits needs no line of its own. */
static long times(trace *t, long c, long m, bool *shown) {
    *shown = labs(c) > 9 || labs(m) > 9;
    return *shown ? digits_op(t, c, '*', m) : c * m;
}

/* Multiply out: "3(y + 2) = 3y + 6". */
static void expand(trace *t, side *d, char letter) {
    side out = {.n = 0};
    for (int i = 0; i < d->n; i++) {
        term *b = &d->t[i];
        bool  shown;
        if (b->kind != T_BRACKET || out.n + 2 > TERMS) {
            out.t[out.n++] = *b;
            continue;
        }
        long k = times(t, b->c, b->k, &shown), m = times(t, b->c, b->m, &shown);
        side was = {.n = 1, .t = {*b}}, now = {.n = 0};
        print_side(t->out, &was, letter);
        str_add(t->out, " = ");
        put_x(&now, k);
        print_side(t->out, &now, letter);
        if (!shown && trace_slips(t)) { /* forgets the sign, or the factor */
            m = m != b->m && chance(t->r, 50) ? b->m : -m;
        }
        if (m) {
            str_addf(t->out, " %c %ld", m < 0 ? '-' : '+', labs(m));
            put_num(&now, m);
        }
        str_addc(t->out, '\n');
        for (int j = 0; j < now.n; j++) out.t[out.n++] = now.t[j];
    }
    *d = out;
}

/* Add like terms; returns whether there was anything to add. */
static bool collect(trace *t, side *d) {
    long k = 0, m = 0;
    int  nx = 0, nm = 0;
    for (int i = 0; i < d->n; i++) {
        const term *u = &d->t[i];
        if (u->kind == T_X) k = nx++ ? digits_op(t, k, u->k < 0 ? '-' : '+', labs(u->k)) : u->k;
    }
    for (int i = 0; i < d->n; i++) {
        const term *u = &d->t[i];
        if (u->kind == T_NUM) m = nm++ ? digits_op(t, m, u->m < 0 ? '-' : '+', labs(u->m)) : u->m;
    }
    if (nx < 2 && nm < 2) return false;
    d->n = 0;
    if (k) put_x(d, k);
    if (m || !k) put_num(d, m);
    return true;
}

static long sum_of(const side *d, term_kind kind) {
    long v = 0;
    for (int i = 0; i < d->n; i++)
        if (d->t[i].kind == kind) v += kind == T_NUM ? d->t[i].m : d->t[i].k;
    return v;
}

/* "x = -7/2\n" */
static void say_found(trace *t, char letter, const fam_value *f) {
    say_x(t, letter, 1, " = ");
    digits_num(t->out, f->v);
    if (f->w != 1) str_addf(t->out, "/%ld", f->w);
    str_addc(t->out, '\n');
}

/* The rest of a / b (both > 0, in x = sign * a / b) was not 0: reduce the fraction. */
static void fraction(trace *t, char letter, long sign, long a, long b, fam_value *found) {
    long g = b;
    while (a % g || b % g) g--;
    if (g > 1) {
        str_addf(t->out, "not whole, divide both by %ld\n", g);
        a = digits_op(t, a, '/', g);
        b = digits_op(t, b, '/', g);
    } else {
        str_add(t->out, "not whole, a fraction\n");
    }
    *found = (fam_value){sign * a, b};
    say_found(t, letter, found);
}

/* k x = v, by dividing. */
static void divide(trace *t, char letter, long k, long v, fam_value *found) {
    char head[2] = {letter, 0};
    long rest;
    *found = (fam_value){k == -1 ? -v : v, 1};
    if (k == 0 || labs(k) > DIGITS_DIVISOR) t->bad = true;
    if (k == 1 || t->bad) return;
    if (k == -1) {
        say_found(t, letter, found);
        return;
    }
    found->v = digits_div(t, head, v, k, &rest);
    if (rest) fraction(t, letter, (v < 0) != (k < 0) ? -1 : 1, labs(v), labs(k), found);
}

/* v moved to the other side of `from`: "2x = from - v"; a slip forgets to change the sign. Returns the value. */
static long move_over(trace *t, const char *left, long from, long v) {
    char op = v < 0 ? '+' : '-';
    if (t->places++ == t->slip_at) {
        op           = op == '+' ? '-' : '+';
        t->slip_from = (int)t->out->len;
    }
    return digits_into(t, left, from, op, labs(v));
}

/* x/a + b = c */
static void work_div(trace *t, linear *e, fam_value *found) {
    long a = e->l.t[0].c, b = sum_of(&e->l, T_NUM), c = sum_of(&e->r, T_NUM);
    char left[8] = {e->letter, '/', 0}, head[2] = {e->letter, 0};
    str  s = {0};
    digits_num(&s, a);
    strncat(left, s.p, 5);
    str_free(&s);
    if (b) c = move_over(t, left, c, b);
    *found = (fam_value){digits_into(t, head, c, '*', a), 1};
}

/* ax + b = cx + d with like terms together: the unknown left, the numbers right. */
static void gather(trace *t, const linear *e, fam_value *found) {
    long a = sum_of(&e->l, T_X), b = sum_of(&e->l, T_NUM), c = sum_of(&e->r, T_X), d = sum_of(&e->r, T_NUM);
    str  left = {0};
    if (!c) {
        print_kx(&left, a, e->letter);
        if (b) d = move_over(t, left.p, d, b);
        str_free(&left);
        divide(t, e->letter, a, d, found);
        return;
    }
    print_kx(t->out, a, e->letter); /* "5x - 3x = 9 + 7" */
    str_add(t->out, c < 0 ? " + " : " - ");
    print_kx(t->out, labs(c), e->letter);
    str_add(t->out, " = ");
    if (d || !b) digits_num(t->out, d);
    char op = b < 0 ? '+' : '-';
    if (b && d) {
        if (trace_slips(t)) op = op == '+' ? '-' : '+'; /* forgets to change the sign */
        str_addf(t->out, " %c %ld", op, labs(b));
    } else if (b) {
        digits_num(t->out, -b);
    }
    str_addc(t->out, '\n');
    long k = digits_op(t, a, c < 0 ? '+' : '-', labs(c)), v = d - b;
    if (k == 0) t->bad = true;
    if (t->bad) return;
    print_kx(&left, k, e->letter);
    if (b && d) {
        v = digits_into(t, left.p, d, op, labs(b));
    } else {
        str_add(t->out, left.p);
        str_add(t->out, " = ");
        digits_num(t->out, v);
        str_addc(t->out, '\n');
    }
    str_free(&left);
    divide(t, e->letter, k, v, found);
}

static bool any_bracket(const side *s) {
    for (int i = 0; i < s->n; i++)
        if (s->t[i].kind == T_BRACKET) return true;
    return false;
}

static void work(trace *t, void *ctx, fam_value *found) {
    linear e = *(const linear *)ctx;
    *found   = (fam_value){0, 1};
    if (!has_x(&e.l)) {
        side s = e.l;
        e.l    = e.r;
        e.r    = s;
        so(t, &e);
    }
    if (e.l.t[0].kind == T_DIV) {
        work_div(t, &e, found);
        return;
    }
    if (any_bracket(&e.l) || any_bracket(&e.r)) {
        expand(t, &e.l, e.letter);
        expand(t, &e.r, e.letter);
        so(t, &e);
    }
    if (t->bad) return;
    bool l = collect(t, &e.l), r = collect(t, &e.r);
    if (l || r) so(t, &e);
    if (!has_x(&e.l)) t->bad = true; /* only after a slip */
    if (t->bad) return;
    gather(t, &e, found);
}

/* ---- Check: both sides with x = p/q put in, times q */
static int put_kx(expr *e, long k, long p) {
    if (k == 1) return expr_num(e, p);
    if (k == -1) return expr_num(e, -p);
    int n = expr_num(e, k);
    return expr_op(e, '*', n, expr_num(e, p));
}

static int put_times(expr *e, long m, long q) {
    int n = expr_num(e, m);
    return q == 1 ? n : expr_op(e, '*', n, expr_num(e, q));
}

static void substitute(expr *e, const side *d, const fam_value *x) {
    *e      = (expr){0};
    int sum = -1;
    for (int i = 0; i < d->n; i++) {
        const term *t   = &d->t[i];
        bool        neg = i && is_negative(t);
        long        s   = neg ? -1 : 1;
        int         n   = 0;
        switch (t->kind) {
        case T_NUM: n = put_times(e, s * t->m, x->w); break;
        case T_X: n = put_kx(e, s * t->k, x->v); break;
        case T_DIV: n = expr_num(e, x->v), n = expr_op(e, '/', n, expr_num(e, s * t->c)); break;
        case T_BRACKET: {
            int c  = expr_num(e, s * t->c);
            int kx = put_kx(e, t->k, x->v);
            int in = expr_op(e, t->m < 0 ? '-' : '+', kx, put_times(e, labs(t->m), x->w));
            n      = expr_op(e, '*', c, in);
            break;
        }
        }
        sum = i ? expr_op(e, neg ? '-' : '+', sum, n) : n;
    }
    e->root = sum;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const linear *e = ctx;
    expr          l, r;
    substitute(&l, &e->l, found);
    substitute(&r, &e->r, found);
    if (found->w != 1) str_addf(t->out, "both sides times %ld, ", found->w);
    expr_put(t->out, &l);
    str_add(t->out, " must be ");
    expr_put(t->out, &r);
    str_addc(t->out, '\n');
    bool both = expr_ops(&l) && expr_ops(&r);
    long a    = expr_work(t, &l, both ? "L" : NULL, !both, NULL);
    long b    = expr_work(t, &r, both ? "R" : NULL, !both, NULL);
    return fam_compare(t, a, b);
}

/* ---- Plan: the rules that will be used, in order */
static void plan(str *s, const linear *given) {
    linear e = *given;
    str_add(s, "Plan: ");
    if (!has_x(&e.l)) {
        side d = e.l;
        e.l    = e.r;
        e.r    = d;
        str_add(s, "turn round, ");
    }
    const char *steps;
    if (e.l.t[0].kind == T_DIV) steps = e.l.n > 1 ? "move the number, then multiply" : "multiply";
    else if (any_bracket(&e.l) || any_bracket(&e.r)) steps = "multiply out, collect, divide";
    else if (has_x(&e.r)) steps = "collect, divide";
    else if (e.l.n > 2 || e.r.n > 1) steps = "collect, divide";
    else if (e.l.n == 1) steps = "divide";
    else if (labs(coef_of(&e.l)) == 1) steps = "move the number";
    else steps = "move the number, then divide";
    str_add(s, steps);
    str_addc(s, '\n');
}

/* ---- drawing: terms first, then x, then the number that makes both sides equal */
static long nonzero(rng *r, int hi) {
    long v = rng_range(r, 1, hi);
    return chance(r, 50) ? -v : v;
}

static long coef(rng *r, int neg_percent) {
    long k = chance(r, 12) ? 1 : rng_range(r, 2, 9);
    return chance(r, neg_percent) ? -k : k;
}

static void swap_terms(side *s) {
    term t  = s->t[0];
    s->t[0] = s->t[1];
    s->t[1] = t;
}

static void swap_sides(linear *e) {
    side s = e->l;
    e->l   = e->r;
    e->r   = s;
}

/* The number on the right that makes x the solution. */
static void close_with(linear *e, long x) {
    long d = value_of(&e->l, x) - value_of(&e->r, x);
    if (d || !e->r.n) put_num(&e->r, d);
}

static void draw_1(rng *r, linear *e) {
    int  k = rng_range(r, 0, 99);
    long x = rng_range(r, 0, 60), a = rng_range(r, 1, 60);
    if (k < 25) put_x(&e->l, 1), put_num(&e->l, a);
    else if (k < 45) put_num(&e->l, a), put_x(&e->l, 1);
    else if (k < 72) x += a, put_x(&e->l, 1), put_num(&e->l, -a);
    else x = rng_range(r, 0, 25), put_x(&e->l, factor(r));
    close_with(e, x);
    if (chance(r, 12)) swap_sides(e);
}

static void draw_2(rng *r, linear *e) {
    long x = rng_range(r, 0, chance(r, 70) ? 12 : 30), b = rng_range(r, 1, 60);
    put_x(&e->l, factor(r));
    put_num(&e->l, chance(r, 40) ? -b : b);
    if (e->l.t[1].m > 0 && chance(r, 35)) swap_terms(&e->l);
    close_with(e, x);
    if (chance(r, 25)) swap_sides(e);
}

static void draw_3(rng *r, linear *e) {
    long x = chance(r, 65) ? rng_range(r, 0, 15) : rng_range(r, -12, -1);
    int  k = rng_range(r, 0, 99);
    if (k < 45) {
        put_bracket(&e->l, chance(r, 15) ? -rng_range(r, 2, 9) : rng_range(r, 2, 9), 1, nonzero(r, 15));
    } else if (k < 65) {
        long a = factor(r);
        x      = a * rng_range(r, chance(r, 70) ? 0 : -12, 15);
        put_div(&e->l, a);
        if (!chance(r, 15)) put_num(&e->l, nonzero(r, 30));
    } else if (k < 80) {
        put_num(&e->l, rng_range(r, 1, 60));
        put_x(&e->l, -coef(r, 0));
    } else {
        put_x(&e->l, coef(r, 50));
        put_num(&e->l, nonzero(r, 50));
    }
    close_with(e, x);
    if (chance(r, 15)) swap_sides(e);
}

static void draw_4(rng *r, linear *e) {
    long x = chance(r, 65) ? rng_range(r, 0, 15) : rng_range(r, -12, -1);
    put_x(&e->l, coef(r, 15));
    if (!chance(r, 10)) put_num(&e->l, nonzero(r, 40));
    if (e->l.n == 2 && chance(r, 15)) swap_terms(&e->l);
    put_x(&e->r, coef(r, 20));
    close_with(e, x);
    if (e->r.n == 2 && chance(r, 15)) swap_terms(&e->r);
}

/* The fraction v/k for x: the constant on the right is drawn, and what comes out must not be whole. */
static void draw_fraction(rng *r, linear *e) {
    int k = rng_range(r, -3, 9);
    if (k < 0) put_x(&e->l, rng_range(r, 2, 9)); /* 2x = 5 */
    else if (k < 4) put_x(&e->l, coef(r, 10)), put_num(&e->l, nonzero(r, 30));
    else if (k < 5) put_num(&e->l, rng_range(r, 1, 30)), put_x(&e->l, -coef(r, 0));
    else if (k < 7) put_bracket(&e->l, rng_range(r, 2, 9), 1, nonzero(r, 9));
    else put_x(&e->l, coef(r, 5)), put_num(&e->l, nonzero(r, 20)), put_x(&e->r, coef(r, 10));
    put_num(&e->r, nonzero(r, 40));
    if (k < 7 && chance(r, 15)) swap_sides(e);
}

static void draw_5(rng *r, linear *e) {
    long x = chance(r, 65) ? rng_range(r, 0, 12) : rng_range(r, -9, -1);
    int  k = rng_range(r, 0, 99);
    long a = rng_range(r, 2, 9), b = nonzero(r, 9), c = rng_range(r, 2, 9), d = nonzero(r, 9);
    if (k < 15) {
        draw_fraction(r, e);
        return;
    }
    if (k < 30) { /* 3(x + 2) = 5(x - 4) + 6 */
        put_bracket(&e->l, a, 1, b), put_bracket(&e->r, c, 1, d);
    } else if (k < 42) { /* 3(x + 2) + 4 = 2x + 9 */
        put_bracket(&e->l, a, 1, b);
        if (chance(r, 70)) put_num(&e->l, nonzero(r, 20));
        put_x(&e->r, coef(r, 15));
        if (chance(r, 25)) swap_sides(e);
    } else if (k < 56) { /* 2(x + 1) + 3(x - 4) = 10 */
        put_bracket(&e->l, a, 1, b), put_bracket(&e->l, chance(r, 40) ? -c : c, 1, d);
    } else if (k < 66) { /* 3(2x - 1) = 27 */
        long i = rng_range(r, 2, 3);
        put_bracket(&e->l, rng_range(r, 2, (int)(9 / i)), i, b);
        if (chance(r, 40)) put_num(&e->l, nonzero(r, 20));
    } else if (k < 82) { /* 4x + 7 + 2x = 31, also with x on the right */
        put_x(&e->l, coef(r, 10)), put_num(&e->l, nonzero(r, 30)), put_x(&e->l, coef(r, 40));
        if (chance(r, 30)) put_num(&e->l, nonzero(r, 20));
        if (chance(r, 30)) put_x(&e->r, coef(r, 10));
    } else if (k < 86) {
        put_x(&e->l, coef(r, 0)), put_x(&e->l, coef(r, 30));
    } else { /* larger numbers */
        x = rng_range(r, 10, 150);
        put_x(&e->l, a);
        put_num(&e->l, chance(r, 50) ? rng_range(r, 20, 500) : -rng_range(r, 20, 500));
        if (e->l.t[1].m > 0 && chance(r, 25)) swap_terms(&e->l);
    }
    close_with(e, x);
}

static bool cancels(const side *s) { return has_x(s) && s->t[0].kind != T_DIV && coef_of(s) == 0; }

static bool solvable(const linear *e, bool fractions) {
    long k = coef_of(&e->l) - coef_of(&e->r);
    if (cancels(&e->l) || cancels(&e->r)) return false;
    bool div = e->l.t[0].kind == T_DIV || e->r.t[0].kind == T_DIV;
    if (div) return true;
    long v = value_of(&e->r, 0) - value_of(&e->l, 0);
    if (!k || labs(k) > 9) return false;
    for (int i = 0; i < e->r.n; i++)
        if (e->r.t[i].kind == T_NUM && labs(e->r.t[i].m) > 1500) return false;
    return fractions || v % k == 0;
}

static char draw_letter(rng *r) {
    static const char some[] = "yyyynnnaabbzzttmmkkcdfghjpqrsuvw";
    if (chance(r, 50)) return 'x';
    if (chance(r, 3)) return "olei"[rng_below(r, 4)];
    return some[rng_below(r, sizeof some - 1)];
}

static void answer(problem *p, rng *r, char letter, const fam_value *f) {
    str_addf(&p->truth, "%c = %ld", letter, f->v);
    if (f->w != 1) str_addf(&p->truth, "/%ld", f->w);
    if (chance(r, 50)) str_addf(&p->answer, "The solution is **%s**.", p->truth.p);
    else str_addf(&p->answer, "So **%s**.", p->truth.p);
}

static void make(rng *r, int level, problem *p) {
    static void (*const draw[])(rng *, linear *) = {draw_1, draw_2, draw_3, draw_4, draw_5};
    linear e;
    do {
        e = (linear){.letter = 'x'};
        draw[level - 1](r, &e);
    } while (!solvable(&e, level == 5));
    p->level      = level;
    str canonical = {0}, typed = {0};
    str_add(&p->key, "linear:");
    print_linear(&p->key, &e); /* with x, whatever the letter will be */
    e.letter = draw_letter(r);
    print_linear(&canonical, &e);
    phrase_style st = phrase_style_draw(r, PHRASE_LETTERS);
    phrase_expr(&typed, canonical.p, &st);
    phrase_equation(&p->question, r, typed.p, e.letter);
    phrase_careless(&p->question, r);
    str_addf(&p->reasoning, "Understand: %s, find %c\n", canonical.p, e.letter);
    plan(&p->reasoning, &e);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &e});
    answer(p, r, e.letter, &f);
    str_free(&canonical);
    str_free(&typed);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return !verify_echo(p->question.p, text, why) && answer_matches(text, p->truth.p, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char   *s, *comma;
    size_t        n;
    steps_unknown x;
    if (!fam_understood(p, &s, &n, why)) return false;
    comma = memchr(s, ',', n);
    if (comma && steps_solve(s, (size_t)(comma - s), &x) && !strncmp(comma, ", find ", 7) && comma[7] == x.letter &&
        s + n == comma + 8) {
        str_addf(truth, x.value.q == 1 ? "%c = %lld" : "%c = %lld/%lld", x.letter, x.value.p, x.value.q);
        return true;
    }
    snprintf(why, 96, "not a linear equation and its letter: %.50s", s);
    why[strcspn(why, "\n")] = 0;
    return false;
}

const family fam_linear = {.name   = "linear",
                           .field  = "education",
                           .about  = "linear equations in one unknown",
                           .levels = 5,
                           .make   = make,
                           .right  = right,
                           .solve  = solve};
