/* lineq.c -- see lineq.h.
 *
 * Work follows one order for every equation, so that the next line depends on what the equation looks like now and on
 * nothing else: turn round if the unknown is only on the right; multiply brackets out; add like terms; the unknown goes
 * left and the numbers go right; divide. (To divide a lone bracket away would be shorter, where it divides: but whether
 * it does is a calculation of its own, and a plan must be seen from the equation.)
 * The check puts the value into both sides of the equation as it was given. A fraction p/q is checked with both sides
 * times q, which keeps every number whole. */
#include <stdlib.h>
#include <string.h>
#include "task/lineq.h"

static bool chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

/* ---- building */
void lineq_num(lineq_side *s, long m) { s->t[s->n++] = (lineq_term){LINEQ_NUM, 0, 0, m}; }
void lineq_x(lineq_side *s, long k) { s->t[s->n++] = (lineq_term){LINEQ_X, 0, k, 0}; }
void lineq_bracket(lineq_side *s, long c, long k, long m) { s->t[s->n++] = (lineq_term){LINEQ_BRACKET, c, k, m}; }
void lineq_div(lineq_side *s, long c) { s->t[s->n++] = (lineq_term){LINEQ_DIV, c, 1, 0}; }

long lineq_coef(const lineq_side *s) { /* of x, brackets multiplied out; DIV counts as 0 */
    long k = 0;
    for (int i = 0; i < s->n; i++)
        k += s->t[i].kind == LINEQ_X ? s->t[i].k : s->t[i].kind == LINEQ_BRACKET ? s->t[i].c * s->t[i].k : 0;
    return k;
}

long lineq_value(const lineq_side *s, long x) {
    long v = 0;
    for (int i = 0; i < s->n; i++) {
        const lineq_term *t = &s->t[i];
        v += t->kind == LINEQ_NUM   ? t->m
             : t->kind == LINEQ_X   ? t->k * x
             : t->kind == LINEQ_DIV ? x / t->c
                                    : t->c * (t->k * x + t->m);
    }
    return v;
}

bool lineq_has_x(const lineq_side *s) {
    for (int i = 0; i < s->n; i++)
        if (s->t[i].kind != LINEQ_NUM) return true;
    return false;
}

/* ---- printing */
static void print_kx(str *s, long k, char letter) {
    if (k == -1) str_addc(s, '-');
    else if (k != 1) digits_num(s, k);
    str_addc(s, letter);
}

static bool is_negative(const lineq_term *t) {
    return t->kind == LINEQ_NUM ? t->m < 0 : t->kind == LINEQ_X ? t->k < 0 : t->c < 0;
}

static void print_inner(str *s, long k, long m, char letter) {
    print_kx(s, k, letter);
    str_add(s, m < 0 ? " - " : " + ");
    digits_num(s, labs(m));
}

static void print_term(str *s, const lineq_term *t, bool first, char letter) {
    bool neg = is_negative(t);
    if (!first) str_add(s, neg ? " - " : " + ");
    else if (neg) str_addc(s, '-');
    long c = labs(t->c);
    switch (t->kind) {
    case LINEQ_NUM: digits_num(s, labs(t->m)); break;
    case LINEQ_X: print_kx(s, labs(t->k), letter); break;
    case LINEQ_BRACKET:
        if (c != 1) digits_num(s, c);
        str_addc(s, '(');
        print_inner(s, t->k, t->m, letter);
        str_addc(s, ')');
        break;
    case LINEQ_DIV:
        str_addc(s, letter);
        str_addc(s, '/');
        digits_num(s, c);
        break;
    }
}

void lineq_put_side(str *s, const lineq_side *d, char letter) {
    if (!d->n) str_addc(s, '0');
    for (int i = 0; i < d->n; i++) print_term(s, &d->t[i], i == 0, letter);
}

void lineq_put(str *s, const lineq *e) {
    lineq_put_side(s, &e->l, e->letter);
    str_add(s, " = ");
    lineq_put_side(s, &e->r, e->letter);
}

/* ---- Work: each rule writes lines and leaves a simpler equation */
static void so(trace *t, const lineq *e) {
    str_add(t->out, "so ");
    lineq_put(t->out, e);
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
static void expand(trace *t, lineq_side *d, char letter) {
    lineq_side out = {.n = 0};
    for (int i = 0; i < d->n; i++) {
        lineq_term *b = &d->t[i];
        bool        shown;
        if (b->kind != LINEQ_BRACKET || out.n + 2 > LINEQ_TERMS) {
            out.t[out.n++] = *b;
            continue;
        }
        long       k = times(t, b->c, b->k, &shown), m = times(t, b->c, b->m, &shown);
        lineq_side was = {.n = 1, .t = {*b}}, now = {.n = 0};
        lineq_put_side(t->out, &was, letter);
        str_add(t->out, " = ");
        lineq_x(&now, k);
        lineq_put_side(t->out, &now, letter);
        if (!shown && trace_slips(t)) { /* forgets the sign, or the factor */
            m = m != b->m && chance(t->r, 50) ? b->m : -m;
        }
        if (m) {
            str_addf(t->out, " %c %ld", m < 0 ? '-' : '+', labs(m));
            lineq_num(&now, m);
        }
        str_addc(t->out, '\n');
        for (int j = 0; j < now.n; j++) out.t[out.n++] = now.t[j];
    }
    *d = out;
}

/* Add like terms; returns whether there was anything to add. */
static bool collect(trace *t, lineq_side *d) {
    long k = 0, m = 0;
    int  nx = 0, nm = 0;
    for (int i = 0; i < d->n; i++) {
        const lineq_term *u = &d->t[i];
        if (u->kind == LINEQ_X) k = nx++ ? digits_op(t, k, u->k < 0 ? '-' : '+', labs(u->k)) : u->k;
    }
    for (int i = 0; i < d->n; i++) {
        const lineq_term *u = &d->t[i];
        if (u->kind == LINEQ_NUM) m = nm++ ? digits_op(t, m, u->m < 0 ? '-' : '+', labs(u->m)) : u->m;
    }
    if (nx < 2 && nm < 2) return false;
    d->n = 0;
    if (k) lineq_x(d, k);
    if (m || !k) lineq_num(d, m);
    return true;
}

static long sum_of(const lineq_side *d, lineq_kind kind) {
    long v = 0;
    for (int i = 0; i < d->n; i++)
        if (d->t[i].kind == kind) v += kind == LINEQ_NUM ? d->t[i].m : d->t[i].k;
    return v;
}

/* "x = -7/2\n" */
void lineq_say_found(trace *t, char letter, const fam_value *f) {
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
    lineq_say_found(t, letter, found);
}

/* k x = v, by dividing. */
static void divide(trace *t, const lineq *e, long k, long v, fam_value *found) {
    char letter = e->letter, head[2] = {letter, 0};
    long rest;
    *found = (fam_value){k == -1 ? -v : v, 1};
    if (k == 0 || labs(k) > e->divisor) t->bad = true;
    if (k == 1 || t->bad) return;
    if (k == -1) {
        lineq_say_found(t, letter, found);
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
static void work_div(trace *t, lineq *e, fam_value *found) {
    long a = e->l.t[0].c, b = sum_of(&e->l, LINEQ_NUM), c = sum_of(&e->r, LINEQ_NUM);
    char left[8] = {e->letter, '/', 0}, head[2] = {e->letter, 0};
    str  s = {0};
    digits_num(&s, a);
    strncat(left, s.p, 5);
    str_free(&s);
    if (b) c = move_over(t, left, c, b);
    *found = (fam_value){digits_into(t, head, c, '*', a), 1};
}

/* ax + b = cx + d with like terms together: the unknown left, the numbers right. */
static void gather(trace *t, const lineq *e, fam_value *found) {
    long a = sum_of(&e->l, LINEQ_X), b = sum_of(&e->l, LINEQ_NUM), c = sum_of(&e->r, LINEQ_X),
         d   = sum_of(&e->r, LINEQ_NUM);
    str left = {0};
    if (!c) {
        print_kx(&left, a, e->letter);
        if (b) d = move_over(t, left.p, d, b);
        str_free(&left);
        divide(t, e, a, d, found);
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
    divide(t, e, k, v, found);
}

bool lineq_any_bracket(const lineq_side *s) {
    for (int i = 0; i < s->n; i++)
        if (s->t[i].kind == LINEQ_BRACKET) return true;
    return false;
}

void lineq_work(trace *t, void *ctx, fam_value *found) {
    lineq e = *(const lineq *)ctx;
    *found  = (fam_value){0, 1};
    if (!lineq_has_x(&e.l)) {
        lineq_side s = e.l;
        e.l          = e.r;
        e.r          = s;
        so(t, &e);
    }
    if (e.l.t[0].kind == LINEQ_DIV) {
        work_div(t, &e, found);
        return;
    }
    if (lineq_any_bracket(&e.l) || lineq_any_bracket(&e.r)) {
        expand(t, &e.l, e.letter);
        expand(t, &e.r, e.letter);
        so(t, &e);
    }
    if (t->bad) return;
    bool l = collect(t, &e.l), r = collect(t, &e.r);
    if (l || r) so(t, &e);
    if (!lineq_has_x(&e.l)) t->bad = true; /* only after a slip */
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

static void substitute(expr *e, const lineq_side *d, const fam_value *x) {
    *e      = (expr){0};
    int sum = -1;
    for (int i = 0; i < d->n; i++) {
        const lineq_term *t   = &d->t[i];
        bool              neg = i && is_negative(t);
        long              s   = neg ? -1 : 1;
        int               n   = 0;
        switch (t->kind) {
        case LINEQ_NUM: n = put_times(e, s * t->m, x->w); break;
        case LINEQ_X: n = put_kx(e, s * t->k, x->v); break;
        case LINEQ_DIV: n = expr_num(e, x->v), n = expr_op(e, '/', n, expr_num(e, s * t->c)); break;
        case LINEQ_BRACKET: {
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

bool lineq_check(trace *t, void *ctx, const fam_value *found) {
    const lineq *e = ctx;
    expr         l, r;
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
void lineq_plan(str *s, const lineq *given) {
    lineq e = *given;
    if (!lineq_has_x(&e.l)) {
        lineq_side d = e.l;
        e.l          = e.r;
        e.r          = d;
        str_add(s, "turn round, ");
    }
    const char *steps;
    if (e.l.t[0].kind == LINEQ_DIV) steps = e.l.n > 1 ? "move the number, then multiply" : "multiply";
    else if (lineq_any_bracket(&e.l) || lineq_any_bracket(&e.r)) steps = "multiply out, collect, divide";
    else if (lineq_has_x(&e.r)) steps = "collect, divide";
    else if (e.l.n > 2 || e.r.n > 1) steps = "collect, divide";
    else if (e.l.n == 1) steps = "divide";
    else if (labs(lineq_coef(&e.l)) == 1) steps = "move the number";
    else steps = "move the number, then divide";
    str_add(s, steps);
    str_addc(s, '\n');
}
