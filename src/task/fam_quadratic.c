/* fam_quadratic.c -- quadratic equations.
 *
 * Levels: 1 x^2 + a = b, ax^2 = b; 2 products that are 0, no constant; 3 x^2 + bx + c = 0; 4 with signs and terms to
 * move; 5 a(x + b)^2 + c = d; 6 a common factor; 7 the formula, fractions; 8 the formula with double roots and none; 9
 * both sides of degree 2; 10 brackets on both sides.
 *
 * Work looks at the equation: a square alone is a root; a product that is 0 falls apart; else everything goes left and
 * a = 1 asks for two numbers, anything else for the formula. The check puts whole solutions in; for fractions it holds
 * the rearranged equation against the given one and the solutions against their sum and product. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/verify.h"
#include "task/wording.h"

typedef struct side { /* c * f[0] * f[1] + rest */
    long c;
    int  n;
    poly f[2], rest;
} side;
typedef struct quadratic {
    side  l, r;
    char  letter;
    poly  std; /* what Work brought it to, = 0; only if used */
    bool  has_std;
    long  d; /* the discriminant, if it was needed */
    bool  has_d;
    ratio root[2]; /* what Work found */
    int   n;
} quadratic;

/* ---- printing */
static void print_side(str *s, const side *d) {
    bool first = true;
    if (d->n) {
        if (d->c == -1) str_addc(s, '-');
        else if (d->c != 1) digits_num(s, d->c);
        bool square = d->n == 2 && poly_eq(&d->f[0], &d->f[1]);
        for (int i = 0; i < (square ? 1 : d->n); i++) {
            bool lone = poly_terms(&d->f[i]) == 1;
            if (!lone) str_addc(s, '(');
            poly_put(s, &d->f[i]);
            if (!lone) str_addc(s, ')');
        }
        if (square) str_add(s, "^2");
        first = false;
    }
    for (int i = POLY_DEGREE; i >= 0; i--) {
        if (!d->rest.c[i].p) continue;
        poly_term(s, d->rest.c[i], i, d->rest.letter, first);
        first = false;
    }
    if (first) str_addc(s, '0');
}

static void print(str *s, const quadratic *e) {
    print_side(s, &e->l);
    str_add(s, " = ");
    print_side(s, &e->r);
}

static void set_letter(quadratic *e, char letter) {
    e->letter = letter;
    for (int k = 0; k < 2; k++) {
        side *d        = k ? &e->r : &e->l;
        d->rest.letter = d->f[0].letter = d->f[1].letter = letter;
    }
}

static bool value_of(const side *d, poly *out) {
    const long one = d->c;
    poly       p   = poly_of(d->rest.letter, 1, &one);
    if (!d->n) return *out = d->rest, true;
    for (int i = 0; i < d->n; i++)
        if (!poly_op(&p, '*', &d->f[i], &p)) return false;
    return poly_op(&p, '+', &d->rest, out);
}

/* ---- Work */
static void say_ratio(str *s, ratio v) { str_addf(s, v.q == 1 ? "%lld" : "%lld/%lld", v.p, v.q); }

static void say_roots(str *s, const quadratic *e) {
    for (int i = 0; i < e->n; i++) {
        if (i) str_add(s, " or ");
        str_addf(s, "%c = ", e->letter);
        say_ratio(s, e->root[i]);
    }
    if (!e->n) str_add(s, "no real solution");
}

static void so_roots(trace *t, const quadratic *e) {
    str_add(t->out, e->n ? "so " : "a square is never below 0, ");
    say_roots(t->out, e);
    str_addc(t->out, '\n');
}

/* a / b as a fraction or a whole number */
static ratio quotient(trace *t, long a, long b) {
    long  rest, g;
    ratio v = {0, 1};
    if (!b) t->bad = true;
    if (t->bad) return v;
    if (labs(a) >= labs(b)) {
        long q = digits_div(t, NULL, a, b, &rest);
        if (!rest) return (ratio){q, 1};
    } else if (a) {
        str_addf(t->out, "%ld/%ld\n", a, b);
    }
    ratio_make(a, b, &v);
    g = alg_gcd(a, b);
    if (!a) str_addf(t->out, "0/%ld = 0\n", b);
    else if (g > 1) {
        str_addf(t->out, "divide both by %ld: ", g);
        say_ratio(t->out, v);
        str_addc(t->out, '\n');
    }
    return v;
}

/* (u)^2 = v where u is x + h: the roots of v, then h to the other side. */
static void by_root(trace *t, quadratic *e, long h, long v) {
    long r;
    e->n = 0;
    if (v < 0) {
        str_addf(t->out, "%ld < 0\n", v);
        so_roots(t, e);
        return;
    }
    if (!alg_is_square(v, &r)) {
        t->bad = true;
        return;
    }
    str_addf(t->out, "%ld = %ld^2\n", v, r);
    e->n = r ? 2 : 1;
    for (int i = 0; i < e->n; i++) {
        long k     = i ? -r : r;
        char op    = h < 0 ? '+' : '-';
        char x[16] = {e->letter, 0};
        if (h) {
            if (trace_slips(t)) op = op == '+' ? '-' : '+'; /* moves it with its sign */
            k = digits_into(t, x, k, op, labs(h));
        }
        e->root[i] = (ratio){k, 1};
    }
    so_roots(t, e);
}

/* c f^2 + rest = number */
static void square_alone(trace *t, quadratic *e) {
    bool bracket = e->l.n == 2;
    long c = bracket ? e->l.c : (long)e->l.rest.c[2].p, m = (long)e->l.rest.c[0].p, v = (long)e->r.rest.c[0].p;
    str  u = {0}, cu = {0};
    if (bracket) str_addc(&u, '('), poly_put(&u, &e->l.f[0]), str_add(&u, ")^2");
    else str_addf(&u, "%c^2", e->letter);
    if (c == -1) str_addc(&cu, '-');
    else if (c != 1) digits_num(&cu, c);
    str_add(&cu, u.p);
    if (m) {
        char op = m < 0 ? '+' : '-';
        if (trace_slips(t)) op = op == '+' ? '-' : '+';
        v = digits_into(t, cu.p, v, op, labs(m));
    }
    if (c == -1) v = -v, str_addf(t->out, "%s = %ld\n", u.p, v);
    else if (c != 1) v = digits_into(t, u.p, v, '/', c);
    str_free(&u);
    str_free(&cu);
    if (!t->bad) by_root(t, e, bracket ? (long)e->l.f[0].c[0].p : 0, v);
}

/* One factor ax + b is 0. */
static ratio zero_of(trace *t, const poly *f) {
    long a = (long)f->c[1].p, b = (long)f->c[0].p;
    alg_line(t, "", f, " = 0: ");
    if (trace_slips(t)) b = -b; /* takes the number as it stands */
    if (a == 1) {
        str_addf(t->out, "%c = %ld\n", f->letter, -b);
        return (ratio){-b, 1};
    }
    str_addf(t->out, "%ld%c = %ld\n", a, f->letter, -b);
    return quotient(t, -b, a);
}

static void zero_product(trace *t, quadratic *e, const poly *f, const poly *g) {
    e->root[0] = zero_of(t, f);
    e->root[1] = zero_of(t, g);
    e->n       = ratio_eq(e->root[0], e->root[1]) ? 1 : 2;
    so_roots(t, e);
}

/* Products multiplied out, everything to the left. */
static poly one_side(trace *t, const side *d, char letter) {
    poly p = d->rest;
    if (!d->n) return p;
    alg_raw w = {.n = 0};
    poly    a = poly_of(letter, 1, &d->c);
    if (d->c != 1) {
        alg_cross(t, &a, &d->f[0], letter, &w);
        a   = alg_collect(t, &w, letter);
        w.n = 0;
    } else {
        a = d->f[0];
    }
    if (d->n == 2) {
        alg_cross(t, &a, &d->f[1], letter, &w);
        a = alg_collect(t, &w, letter);
    }
    for (int i = 2; i >= 0 && !t->bad; i--)
        if (p.c[i].p && a.c[i].p)
            a.c[i].p = digits_op(t, (long)a.c[i].p, p.c[i].p < 0 ? '-' : '+', labs((long)p.c[i].p));
        else if (p.c[i].p) a.c[i] = p.c[i];
    return a;
}

static void standard(trace *t, quadratic *e) {
    poly l = one_side(t, &e->l, e->letter), r = one_side(t, &e->r, e->letter);
    bool moved = e->l.n || e->r.n || poly_terms(&r);
    if ((e->l.n || e->r.n) && poly_terms(&r)) {
        alg_line(t, "so ", &l, " = ");
        alg_line(t, "", &r, "\n");
    }
    for (int i = 2; i >= 0 && !t->bad; i--)
        if (r.c[i].p) {
            long c  = (long)r.c[i].p;
            char op = c < 0 ? '+' : '-';
            if (trace_slips(t)) op = op == '+' ? '-' : '+';
            l.c[i].p = l.c[i].p ? digits_op(t, (long)l.c[i].p, op, labs(c)) : op == '-' ? -labs(c) : labs(c);
        }
    if (t->bad) return;
    if (moved) alg_line(t, "so ", &l, " = 0\n");
    long g = alg_gcd(alg_gcd((long)l.c[2].p, (long)l.c[1].p), (long)l.c[0].p);
    if (!l.c[2].p || poly_degree(&l) > 2) t->bad = true;
    e->std     = l;
    e->has_std = true;
    if (t->bad) return;
    if (l.c[2].p < 0) g = -g;
    if (g != 1) {
        if (g == -1) str_add(t->out, "times -1: ");
        else str_addf(t->out, "divide by %ld:\n", g);
        for (int i = 2; i >= 0 && !t->bad; i--)
            if (l.c[i].p) l.c[i].p = g == -1 ? -l.c[i].p : digits_op(t, (long)l.c[i].p, '/', g);
        alg_line(t, g == -1 ? "" : "so ", &l, " = 0\n");
    }
    e->std = l;
}

static void formula(trace *t, quadratic *e, long a, long b, long c) {
    long r;
    str_addf(t->out, "formula with %ld, %ld, %ld: D = %ld * %ld - 4 * %ld * %ld\n", a, b, c, labs(b), labs(b), a, c);
    long bb  = digits_op(t, labs(b), '*', labs(b));
    long m   = digits_op(t, 4, '*', a);
    m        = m == 1 ? c : digits_op(t, m, '*', c);
    e->d     = digits_into(t, "D", bb, m < 0 ? '+' : '-', labs(m));
    e->has_d = true;
    e->n     = 0;
    if (t->bad) return;
    if (e->d < 0) {
        str_addf(t->out, "%ld < 0\n", e->d);
        so_roots(t, e);
        return;
    }
    if (!alg_is_square(e->d, &r)) {
        t->bad = true;
        return;
    }
    str_addf(t->out, "%ld = %ld^2\n", e->d, r);
    long two  = a == 1 ? 2 : digits_op(t, 2, '*', a);
    e->n      = r ? 2 : 1;
    bool sign = trace_slips(t); /* takes b for -b */
    str_addf(t->out, r ? "(%ld + %ld) / %ld and (%ld - %ld) / %ld\n" : "%ld / %ld\n", sign ? b : -b, r ? r : two, two,
             sign ? b : -b, r, two);
    for (int i = 0; i < e->n && !t->bad; i++) {
        long u = sign ? b : -b;
        if (r) u = digits_op(t, u, i ? '-' : '+', r);
        e->root[i] = quotient(t, u, two);
    }
    if (!t->bad) so_roots(t, e);
}

static void work(trace *t, void *ctx, fam_value *found) {
    quadratic *e = ctx;
    *found       = (fam_value){0, 0};
    e->has_std = e->has_d = false;
    bool number = !e->r.n && !poly_degree(&e->r.rest), zero = number && !e->r.rest.c[0].p;
    bool lone    = !e->l.n && !e->l.rest.c[1].p && e->l.rest.c[2].p; /* ax^2 + c = d */
    bool bracket = e->l.n == 2 && poly_eq(&e->l.f[0], &e->l.f[1]) && e->l.f[0].c[1].p == 1 && !poly_degree(&e->l.rest);
    if (number && (lone || bracket)) {
        square_alone(t, e);
        return;
    }
    if (zero && e->l.n == 2 && !poly_terms(&e->l.rest)) {
        zero_product(t, e, &e->l.f[0], &e->l.f[1]);
        return;
    }
    standard(t, e);
    if (t->bad) return;
    long       a = (long)e->std.c[2].p, b = (long)e->std.c[1].p, c = (long)e->std.c[0].p, u, v;
    const long x[] = {0, 1}, rest[] = {b, a};
    poly       f = poly_of(e->letter, 2, x), g = poly_of(e->letter, 2, rest);
    if (!b) { /* a square alone after all */
        str_addf(t->out, a == 1 ? "%.0ld%c^2 = %ld\n" : "%ld%c^2 = %ld\n", a == 1 ? 0 : a, e->letter, -c);
        v = a == 1 ? -c : digits_op(t, -c, '/', a);
        if (!t->bad) by_root(t, e, 0, v);
    } else if (!c) {
        str_addf(t->out, "so %c(", e->letter);
        alg_line(t, "", &g, ") = 0\n");
        zero_product(t, e, &f, &g);
    } else if (a == 1 && alg_two_numbers(t, c, b, &u, &v)) {
        const long p[] = {u, 1}, q[] = {v, 1};
        f = poly_of(e->letter, 2, p), g = poly_of(e->letter, 2, q);
        alg_line(t, "so (", &f, ")(");
        alg_line(t, "", &g, ") = 0\n");
        zero_product(t, e, &f, &g);
    } else {
        formula(t, e, a, b, c);
    }
}

/* ---- Check */
static long side_at(trace *t, const side *d, long x, const char *name) {
    str_add(t->out, name);
    str_add(t->out, ": ");
    long v = d->n ? alg_product_at(t, d->c, d->f, d->n, x) : 0;
    if (d->n && !poly_terms(&d->rest)) return v;
    if (!poly_degree(&d->rest)) {
        long m = (long)d->rest.c[0].p;
        if (d->n) return digits_op(t, v, m < 0 ? '-' : '+', labs(m));
        str_addf(t->out, "%ld\n", m);
        return m;
    }
    long w = alg_horner(t, &d->rest, x);
    return d->n ? digits_op(t, v, '+', w) : w;
}

static bool put_in(trace *t, const quadratic *e, long x) {
    str_addf(t->out, "%c = %ld:\n", e->letter, x);
    long a = side_at(t, &e->l, x, "L"), b = side_at(t, &e->r, x, "R");
    return fam_compare(t, a, b);
}

/* Is the rearranged equation the given one (but for a factor)? At x = 1. */
static bool check_standard(trace *t, const quadratic *e) {
    poly l, r, d;
    if (!value_of(&e->l, &l) || !value_of(&e->r, &r) || !poly_op(&l, '-', &r, &d)) return false;
    long k = e->std.c[2].p ? (long)(d.c[2].p / e->std.c[2].p) : 0;
    str_addf(t->out, "put 1 for %c into both equations\n", e->letter);
    long a = side_at(t, &e->l, 1, "L"), b = side_at(t, &e->r, 1, "R");
    if (b) a = digits_op(t, a, '-', b);
    alg_line(t, "", &e->std, ": ");
    long s = alg_horner(t, &e->std, 1);
    if (k != 1) s = digits_op(t, s, '*', k ? k : 1);
    return a == s || fam_compare(t, a, s);
}

static bool check_formula(trace *t, const quadratic *e) {
    long a = (long)e->std.c[2].p, b = (long)e->std.c[1].p, c = (long)e->std.c[0].p;
    if (!e->n) { /* 4ac another way: 2a * 2c */
        str_addf(t->out, "4ac as 2a * 2c:\n");
        long m  = digits_op(t, digits_op(t, 2, '*', a), '*', digits_op(t, 2, '*', c));
        long bb = digits_op(t, labs(b), '*', labs(b));
        return fam_compare(t, digits_op(t, bb, m < 0 ? '+' : '-', labs(m)), e->d);
    }
    ratio p = e->root[0], q = e->n == 2 ? e->root[1] : e->root[0]; /* a p q = c, a (p + q) = -b, without fractions */
    str_addf(t->out, "product of the solutions must be %ld/%ld, sum %ld/%ld\n", c, a, -b, a);
    long n = digits_op(t, (long)p.p, '*', (long)q.p), m = digits_op(t, (long)p.q, '*', (long)q.q);
    str_addf(t->out, "product %ld/%ld, crosswise:\n", n, m);
    long x = digits_op(t, n, '*', a), y = digits_op(t, c, '*', m);
    if (x != y) return fam_compare(t, x, y);
    long u = p.q == 1 && q.q == 1 ? (long)p.p : digits_op(t, (long)p.p, '*', (long)q.q);
    long v = p.q == 1 && q.q == 1 ? (long)q.p : digits_op(t, (long)q.p, '*', (long)p.q);
    n      = digits_op(t, u, v < 0 ? '-' : '+', labs(v));
    str_addf(t->out, "sum %ld/%ld, crosswise:\n", n, m);
    x = digits_op(t, n, '*', a);
    return fam_compare(t, x, digits_op(t, -b, '*', m));
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const quadratic *e = ctx;
    (void)found;
    bool whole = e->n > 0;
    for (int i = 0; i < e->n; i++) whole &= e->root[i].q == 1 && llabs(e->root[i].p) <= 60;
    if (whole) {
        for (int i = 0; i < e->n && !t->bad; i++)
            if (!put_in(t, e, (long)e->root[i].p)) return false;
        return true;
    }
    if (!e->has_std || (!e->has_d && !e->n)) { /* a square that is negative: nothing was rearranged but one number */
        long m = (long)e->l.rest.c[0].p, v = (long)e->r.rest.c[0].p;
        if (e->has_std && !check_standard(t, e)) return false;
        if (e->has_std) m = (long)e->std.c[0].p, v = 0;
        str_addf(t->out, "a square is at least 0: %ld must be below %ld\n", v, m);
        if (v < m) str_addf(t->out, "%ld < %ld, right\n", v, m);
        else str_addf(t->out, "it is not, wrong\n");
        return v < m;
    }
    if ((e->l.n || e->r.n || poly_terms(&e->r.rest)) && !check_standard(t, e)) return false;
    return check_formula(t, e);
}

/* ---- drawing */
static long any(rng *r, int lo, int hi, int neg) {
    long v = rng_range(r, lo, hi);
    return alg_chance(r, neg) ? -v : v;
}

static void rest3(side *d, long a, long b, long c) {
    const long k[] = {c, b, a};
    d->rest        = poly_of('x', 3, k);
}

static void factor(side *d, long a, long b) { /* (ax + b) */
    const long k[] = {b, a};
    d->f[d->n++]   = poly_of('x', 2, k);
}

/* a(x - u)(x - v) on the left, with what is moved to the right */
static void from_roots(quadratic *e, long a, long u, long v, const long right[3]) {
    rest3(&e->l, a + right[2], -a * (u + v) + right[1], a * u * v + right[0]);
    rest3(&e->r, right[2], right[1], right[0]);
}

static void draw_low(rng *r, int level, quadratic *e) {
    long a, u, v, none[3] = {0, 0, 0};
    int  k = rng_range(r, 0, 99);
    switch (level) {
    case 1:
        u = rng_range(r, 1, 20);
        a = k < 30 ? rng_range(r, 2, 9) : 1;
        v = k < 40 ? 0 : any(r, 1, 120, 50);
        if (k >= 30 && k < 40) u = rng_range(r, 1, 30);
        rest3(&e->l, a, 0, v), rest3(&e->r, 0, 0, a * u * u + v);
        break;
    case 2:
        if (k < 45) {
            factor(&e->l, 1, any(r, 1, 40, 50)), factor(&e->l, 1, any(r, 1, 40, 50));
        } else if (k < 65) {
            factor(&e->l, 1, 0), factor(&e->l, rng_range(r, 1, 9), 0);
            e->l.f[1].c[0].p = e->l.f[1].c[1].p * any(r, 1, 20, 50);
        } else {
            a = rng_range(r, 1, 9);
            rest3(&e->l, a, a * any(r, 1, 30, 50), 0);
        }
        break;
    case 3:
        u = rng_range(r, 1, 12), v = rng_range(r, 1, 12);
        if (k < 50) u = -u, v = -v;
        if (alg_chance(r, 50)) none[0] = any(r, 1, 40, 30);
        from_roots(e, 1, u, v, none);
        break;
    case 4:
        u = any(r, 1, 12, 50), v = any(r, 1, 12, 50);
        if (k < 70) none[0] = any(r, 1, 30, 50);
        if (k > 35) none[1] = any(r, 1, 12, 50);
        from_roots(e, 1, u, v, none);
        break;
    default:
        a = k < 50 ? 1 : rng_range(r, 2, 7), u = any(r, 1, 20, 50), v = rng_range(r, 0, 12);
        factor(&e->l, 1, u), factor(&e->l, 1, u);
        e->l.c = a;
        u      = k % 2 ? any(r, 1, 50, 50) : 0;
        if (a == 1 && v > 2 && k < 6) rest3(&e->r, 0, 0, u - v * v); /* no solution */
        else rest3(&e->r, 0, 0, a * v * v + u);
        rest3(&e->l, 0, 0, u);
    }
}

/* a, b, c with a perfect square as discriminant: (px - q)(sx - w) */
static void rational(rng *r, quadratic *e, int hi_a, int hi_b, const long right[3]) {
    long p = rng_range(r, 1, hi_a), s = rng_range(r, 1, hi_a), q = any(r, 1, hi_b, 50), w = any(r, 1, hi_b, 50);
    if (p == 1 && s == 1) p = 2;
    rest3(&e->l, p * s + right[2], -p * w - q * s + right[1], q * w + right[0]);
    rest3(&e->r, right[2], right[1], right[0]);
}

static void draw_high(rng *r, int level, quadratic *e) {
    long a, u, v, none[3] = {0, 0, 0}, p[3] = {any(r, 1, 20, 50), any(r, 1, 9, 50), any(r, 1, 4, 30)};
    int  k = rng_range(r, 0, 99);
    switch (level) {
    case 6:
        a = any(r, 2, 9, 25), u = any(r, 1, 9, 50), v = any(r, 1, 9, 50);
        if (k < 40) none[0] = a * any(r, 1, 12, 50);
        from_roots(e, a, u, v, none);
        break;
    case 7:
        if (k < 50) none[0] = any(r, 1, 20, 50);
        rational(r, e, 4, 9, none);
        break;
    case 8:
        if (k < 40) {
            rational(r, e, 3, 9, none);
            if (alg_chance(r, 50)) e->r.rest.c[0].p = any(r, 1, 20, 50), e->l.rest.c[0].p += e->r.rest.c[0].p;
        } else if (k < 70) { /* none */
            a = rng_range(r, 1, 5), u = any(r, 0, 6, 50);
            rest3(&e->l, a, u, rng_range(r, 1, 12));
        } else { /* (px + q)^2 */
            a = rng_range(r, 2, 4), u = any(r, 1, 9, 50);
            rest3(&e->l, a * a, 2 * a * u, u * u);
            if (alg_chance(r, 60)) e->r.rest.c[0].p = any(r, 1, 20, 50), e->l.rest.c[0].p += e->r.rest.c[0].p;
        }
        break;
    case 9:
        if (k < 25) none[2] = p[2];
        else none[0] = p[0], none[1] = p[1], none[2] = p[2];
        if (k < 60) rational(r, e, 3, 7, none);
        else from_roots(e, any(r, 1, 3, 0), any(r, 1, 9, 50), any(r, 1, 9, 50), none);
        break;
    default:
        if (k < 50) { /* (x + a)(x + b) = c + dx */
            u = any(r, 1, 9, 50), v = any(r, 1, 9, 50);
            a = alg_chance(r, 60) ? 1 : 2;
            factor(&e->l, a, any(r, 1, 9, 50)), factor(&e->l, 1, any(r, 1, 9, 50));
            poly l;
            rest3(&e->l, 0, 0, 0);
            value_of(&e->l, &l);
            rest3(&e->r, 0, (long)l.c[1].p + a * (u + v), (long)l.c[0].p - a * u * v);
        } else { /* ax(x + b) = c(x + d) */
            a      = rng_range(r, 1, 3);
            e->l.c = a, e->r.c = any(r, 2, 6, 20);
            factor(&e->l, 1, 0), factor(&e->l, 1, any(r, 1, 9, 50)), factor(&e->r, 1, any(r, 1, 9, 50));
        }
    }
}

/* Work gets to the end, and so far as it should. */
static bool workable(const quadratic *given, int level) {
    quadratic e = *given;
    fam_value v;
    str       s = {0};
    rng       r = rng_seed(1);
    trace     t = trace_to(&s, &r);
    work(&t, &e, &v);
    str_free(&s);
    bool ok = !t.bad && (level >= 5 || e.n > 0);
    for (int i = 0; i < e.n; i++) ok &= level >= 7 || e.root[i].q == 1;
    return ok;
}

static bool draw(rng *r, int level, quadratic *e) {
    poly l, w, d;
    *e = (quadratic){.l = {.c = 1}, .r = {.c = 1}, .letter = 'x'};
    rest3(&e->l, 0, 0, 0), rest3(&e->r, 0, 0, 0);
    if (level <= 5) draw_low(r, level, e);
    else draw_high(r, level, e);
    if (!value_of(&e->l, &l) || !value_of(&e->r, &w) || !poly_op(&l, '-', &w, &d) || poly_degree(&d) != 2) return false;
    for (int i = 0; i < 3; i++)
        if (llabs(d.c[i].p) > 1200 || llabs(l.c[i].p) > 1300) return false;
    if (!e->l.n && !e->l.rest.c[2].p) return false;
    if (level > 5 && llabs(d.c[0].p * d.c[2].p) > 300) return false;
    return workable(e, level);
}

/* ---- asking */
static const char ask[] =
    "{5*" ALG_POLITE
    "{4*solve|find all solutions of|work out|find the roots of|determine the solutions of|solve for <v>:|"
    "calculate the solutions of|get all real solutions of} [{the {quadratic |}equation |this: |the following equation: "
    "|this quadratic: |3*}]<e>[{ for <v>|3*}]" ALG_END
    "|3*{what are {the|all} {real |}{solutions|roots} of|which {numbers|values of <v>} solve|what values can <v> have "
    "in|for which "
    "<v> is|what is <v> in|which <v> satisfies} <e>{4*?|}"
    "|2*{if|given|suppose|let} <e>{, |: }{what is <v>|find <v>|what can <v> be|which values can <v> have|solve for "
    "<v>}{?|.|}"
    "|<e>{, <v> = ?| solve for <v>|, find <v>|. <v>?|, what is <v>?|, solve|; all solutions please}"
    "|" ALG_POLITE
    "{find|determine|calculate|tell me|give me} {<v>|all <v>|every <v>|the values of <v>} {such that|so that|"
    "with|if|when} <e>" ALG_END "}";

static bool smaller(ratio a, ratio b) { return a.p * b.q < b.p * a.q; }

static void make(rng *r, int level, problem *p) {
    quadratic e;
    str       c = {0}, typed = {0};
    while (!draw(r, level, &e)) {}
    p->level = level;
    str_add(&p->key, "quadratic:");
    print(&p->key, &e);
    set_letter(&e, alg_letter(r));
    print(&c, &e);
    alg_typed(&typed, r, c.p);
    char v[2] = {e.letter, 0};
    wording_ask(&p->question, r, ask, (word_slot[]){{"e", typed.p}, {"v", v}, {0}});
    str_addf(&p->reasoning, "Understand: %s, find %c\n", c.p, e.letter);
    quadratic look = e; /* the plan is what Work does */
    str       s    = {0};
    trace     t    = trace_to(&s, r);
    fam_value f;
    work(&t, &look, &f);
    str_free(&s);
    str_addf(&p->reasoning, "Plan: %s\n",
             !look.has_std     ? (e.l.n == 2 && !poly_eq(&e.l.f[0], &e.l.f[1]) ? "a product is 0 if a factor is"
                                                                               : "get the square alone, take the root")
             : look.has_d      ? "bring all to one side, formula"
             : look.std.c[0].p ? "bring all to one side, two numbers"
                               : "take the letter out");
    fam_work(p, r, &(fam_phases){work, check, &e});
    str said = {0};
    say_roots(&said, &e);
    if (e.n == 2 && smaller(e.root[1], e.root[0])) {
        ratio w   = e.root[0];
        e.root[0] = e.root[1];
        e.root[1] = w;
    }
    say_roots(&p->truth, &e);
    wording_put(&p->answer, r,
                !e.n       ? "{The equation has **<t>**.|There is **<t>**.|It has **<t>**: no number fits.}"
                : e.n == 1 ? "{The only solution is **<t>**.|So **<t>**.|**<t>** (a double root)}"
                           : "{The solutions are **<t>**.|So **<t>**.|**<t>**|It holds for **<t>**.}",
                (word_slot[]){{"t", said.p}, {0}});
    str_free(&said);
    str_free(&c);
    str_free(&typed);
}

/* ---- answers: a set of values */
static bool right(const problem *p, const char *text, char why[96]) {
    return !verify_echo(p->question.p, text, why) && alg_right_set(text, p->truth.p, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *l, *q;
    size_t      n, nl, nq;
    poly        a, b, d;
    quadratic   e = {.n = 0};
    if (!alg_understood(p, &s, &n, why)) return false;
    if (!alg_between(s, n, "", " = ", &l, &nl) || !alg_between(s, n, " = ", ", find ", &q, &nq) ||
        !poly_read(l, nl, &a, NULL) || !poly_read(q, nq, &b, NULL) || !poly_op(&a, '-', &b, &d) || poly_degree(&d) != 2)
        return alg_not("a quadratic equation", s, why);
    ratio bb, ac, disc, two;
    e.letter = d.letter;
    if (!ratio_op(d.c[1], '*', d.c[1], &bb) || !ratio_op(d.c[0], '*', d.c[2], &ac) ||
        !ratio_op(ac, '*', (ratio){4, 1}, &ac) || !ratio_op(bb, '-', ac, &disc) ||
        !ratio_op(d.c[2], '*', (ratio){2, 1}, &two))
        return alg_not("a quadratic equation within range", s, why);
    long r;
    if (disc.p >= 0) {
        if (disc.q != 1 || !alg_is_square((long)disc.p, &r))
            return alg_not("a quadratic equation with rational roots", s, why);
        e.n = r ? 2 : 1;
        for (int i = 0; i < e.n; i++) {
            ratio u = {-d.c[1].p, d.c[1].q};
            ratio_op(u, i ? '+' : '-', (ratio){r, 1}, &u);
            ratio_op(u, '/', two, &e.root[i]);
        }
        if (e.n == 2 && smaller(e.root[1], e.root[0])) {
            ratio w   = e.root[0];
            e.root[0] = e.root[1];
            e.root[1] = w;
        }
    }
    say_roots(truth, &e);
    return true;
}

const family fam_quadratic = {.name   = "quadratic",
                              .field  = "education",
                              .about  = "quadratic equations: roots, products, two numbers, the formula",
                              .levels = 10,
                              .make   = make,
                              .right  = right,
                              .solve  = solve};
