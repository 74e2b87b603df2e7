/* linhard.c -- see linhard.h.
 *
 * Levels: 6 a fraction bar, two fractions of the letter; 7 a bracket in a bracket; 8 large coefficients, decimals; 9
 * fractions over sums on one or both sides; 10 three fractions, nested brackets on both sides, solutions that are
 * fractions.
 *
 * Work multiplies inner brackets out, then takes the denominators (or the decimals) away by multiplying both sides;
 * what is left is an equation for lineq.c. The check puts the value into the equation as it was given; where a quotient
 * is not whole, into both sides times the denominators. */
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/decimal.h"
#include "task/expr.h"
#include "task/lineq.h"
#include "task/linhard.h"
#include "task/phrase.h"

/* c(d(kx + m) + e)/q; a number has k = 0 and d = 1, q = 1: c m */
typedef struct item {
    long c, d, k, m, e, q;
} item;
enum { ITEMS = 4 };
typedef struct hard {
    item l[ITEMS], r[ITEMS];
    int  nl, nr;
    char letter;
    bool tenths; /* k and m of plain items are tenths */
} hard;

/* ---- printing */
static void put_value(str *s, long v, bool tenths) {
    if (tenths) decimal_put(s, (decimal){v, 1});
    else digits_num(s, v);
}

static void put_sum(str *s, long k, long m, char letter, bool tenths) { /* kx + m */
    if (k == -1 && !tenths) str_addc(s, '-');
    else if (k && (k != 1 || tenths) && !(tenths && k == 10)) put_value(s, k, tenths);
    if (k) str_addc(s, letter);
    if (!k) put_value(s, m, tenths);
    else if (m) {
        str_add(s, m < 0 ? " - " : " + ");
        put_value(s, labs(m), tenths);
    }
}

static void put_item(str *s, const item *i, char letter, bool tenths, bool first) {
    bool neg = i->c < 0 || (!i->k && i->m < 0);
    long c = labs(i->c), m = i->k ? i->m : labs(i->m);
    bool inner = i->d != 1 || i->e, sum = i->k && (i->m || inner);
    str_add(s, first ? neg ? "-" : "" : neg ? " - " : " + ");
    if (c != 1) digits_num(s, c);
    bool bracket = (sum && (c != 1 || i->q != 1 || inner)) || (c != 1 && i->k && labs(i->k) != 1);
    if (bracket) str_addc(s, '(');
    if (inner) {
        if (i->d != 1) digits_num(s, i->d);
        str_addc(s, '(');
    }
    put_sum(s, i->k, m, letter, tenths);
    if (inner) {
        str_addc(s, ')');
        if (i->e) str_addf(s, i->e < 0 ? " - %ld" : " + %ld", labs(i->e));
    }
    if (bracket) str_addc(s, ')');
    if (i->q != 1) str_addf(s, "/%ld", i->q);
}

static void put_hard(str *s, const hard *h) {
    for (int i = 0; i < h->nl; i++) put_item(s, &h->l[i], h->letter, h->tenths, i == 0);
    str_add(s, " = ");
    for (int i = 0; i < h->nr; i++) put_item(s, &h->r[i], h->letter, h->tenths, i == 0);
}

static void say(trace *t, const char *word, const hard *h) {
    str_add(t->out, word);
    put_hard(t->out, h);
    str_addc(t->out, '\n');
}

/* ---- Work */
static bool nested(const hard *h) {
    for (int i = 0; i < h->nl; i++)
        if (h->l[i].d != 1 || h->l[i].e) return true;
    for (int i = 0; i < h->nr; i++)
        if (h->r[i].d != 1 || h->r[i].e) return true;
    return false;
}

/* 3(2(x - 1) + 5) to 3(2x + 3) */
static void unnest(trace *t, item *i, char letter) {
    if (i->d == 1 && !i->e) return;
    item in = {i->d, 1, i->k, i->m, 0, 1};
    long k  = labs(i->d) > 9 || labs(i->k) > 9 ? digits_op(t, i->d, '*', i->k) : i->d * i->k;
    long m  = labs(i->d) > 9 || labs(i->m) > 9 ? digits_op(t, i->d, '*', i->m) : i->d * i->m;
    put_item(t->out, &in, letter, false, true);
    str_add(t->out, " = ");
    if (trace_slips(t)) m = i->m; /* multiplies only the first */
    put_sum(t->out, k, m, letter, false);
    str_addc(t->out, '\n');
    if (i->e) m = digits_op(t, m, i->e < 0 ? '-' : '+', labs(i->e));
    *i = (item){i->c, 1, k, m, 0, i->q};
}

static long lcm_of(const hard *h) {
    long l = 1;
    for (int i = 0; i < h->nl; i++) l = l / alg_gcd(l, h->l[i].q) * h->l[i].q;
    for (int i = 0; i < h->nr; i++) l = l / alg_gcd(l, h->r[i].q) * h->r[i].q;
    return l;
}

/* times l: an item as a term of a plain equation */
static void clear_item(trace *t, lineq_side *s, const item *i, long l) {
    long f = l / i->q;
    long c = labs(i->c) == 1 || f == 1 ? i->c * f : digits_op(t, i->c, '*', f);
    if (!i->k) {
        bool forgets = l > 1 && trace_slips(t); /* a number without a denominator is easily passed over */
        long v       = i->c * i->m;
        if (l > 1 && !forgets) v = digits_op(t, i->c * i->m, '*', l);
        lineq_num(s, v);
    } else if (!i->m || labs(c) == 1) {
        long k = c == 1 || i->k == 1 || labs(c) == 1 ? c * i->k : digits_op(t, c, '*', i->k);
        lineq_x(s, k);
        if (i->m) {
            long m = c * i->m;
            if (c < 0 && trace_slips(t)) m = -m; /* the minus is for the first term only */
            lineq_num(s, m);
        }
    } else {
        lineq_bracket(s, c, i->k, i->m);
    }
}

static void simple(trace *t, const hard *h, lineq *e, bool loud) {
    hard g = *h;
    if (nested(h)) {
        for (int i = 0; i < g.nl; i++) unnest(t, &g.l[i], g.letter);
        for (int i = 0; i < g.nr; i++) unnest(t, &g.r[i], g.letter);
        if (loud) say(t, "so ", &g);
    }
    long l = lcm_of(&g);
    *e     = (lineq){.letter = h->letter, .divisor = DIGITS_LONG};
    if (l > 1) str_addf(t->out, "both sides times %ld\n", l);
    if (g.tenths) str_add(t->out, "both sides times 10\n");
    for (int i = 0; i < g.nl; i++) clear_item(t, &e->l, &g.l[i], l);
    for (int i = 0; i < g.nr; i++) clear_item(t, &e->r, &g.r[i], l);
    if (loud && (l > 1 || g.tenths)) {
        str_add(t->out, "so ");
        lineq_put(t->out, e);
        str_addc(t->out, '\n');
    }
}

static void work(trace *t, void *ctx, fam_value *found) {
    const hard *h = ctx;
    lineq       e;
    simple(t, h, &e, true);
    *found = (fam_value){0, 1};
    if (!t->bad) lineq_work(t, &e, found);
}

/* ---- Check */
static int put_item_in(expr *e, const item *i, long x, bool turn) { /* turn: without the sign in front */
    long c = turn ? labs(i->c) : i->c;
    int  n;
    if (!i->k) return expr_num(e, turn ? labs(i->c * i->m) : i->c * i->m);
    if (i->k == 1) n = expr_num(e, x);
    else {
        int k = expr_num(e, i->k);
        n     = expr_op(e, '*', k, expr_num(e, x));
    }
    if (i->m) n = expr_op(e, i->m < 0 ? '-' : '+', n, expr_num(e, labs(i->m)));
    if (i->d != 1) {
        int d = expr_num(e, i->d);
        n     = expr_op(e, '*', d, n);
    }
    if (i->e) n = expr_op(e, i->e < 0 ? '-' : '+', n, expr_num(e, labs(i->e)));
    if (i->q != 1) n = expr_op(e, '/', n, expr_num(e, i->q));
    if (c != 1) {
        int k = expr_num(e, c);
        n     = expr_op(e, '*', k, n);
    }
    return n;
}

static void put_side_in(expr *e, const item *s, int n, long x) {
    int sum = -1;
    *e      = (expr){0};
    for (int i = 0; i < n; i++) {
        bool neg = s[i].c * (s[i].k ? 1 : s[i].m) < 0;
        int  v   = put_item_in(e, &s[i], x, i > 0 && neg);
        sum      = i ? expr_op(e, neg ? '-' : '+', sum, v) : v;
    }
    e->root = sum;
}

static decimal tenth_side(trace *t, const item *s, int n, long x, const char *name) {
    decimal sum = {0, 0};
    str_add(t->out, name);
    for (int i = 0; i < n; i++) {
        decimal v = {s[i].k ? s[i].k : labs(s[i].m), 1};
        if (s[i].k) v = decimal_op(t, v, '*', (decimal){x, 0});
        if (s[i].k && s[i].m) v = decimal_op(t, v, s[i].m < 0 ? '-' : '+', (decimal){labs(s[i].m), 1});
        bool neg = !s[i].k && s[i].m < 0;
        if (i) sum = decimal_op(t, sum, neg ? '-' : '+', v);
        else sum = v, sum.v = neg ? -v.v : v.v;
    }
    if (n == 1 && !s[0].k) decimal_put(t->out, sum), str_addc(t->out, '\n');
    return decimal_norm(sum);
}

static bool check_tenths(trace *t, const hard *h, long x) {
    str_addf(t->out, "%c = %ld\n", h->letter, x);
    decimal a = tenth_side(t, h->l, h->nl, x, "L: "), b = tenth_side(t, h->r, h->nr, x, "R: ");
    bool    same = a.v == b.v && a.places == b.places;
    decimal_put(t->out, a);
    str_add(t->out, same ? " = " : " is not ");
    decimal_put(t->out, b);
    str_add(t->out, same ? ", right\n" : ", wrong\n");
    return same;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const hard *h = ctx;
    expr        l, r;
    long        v, w;
    if (h->tenths) {
        if (found->w != 1) t->bad = true;
        return !t->bad && check_tenths(t, h, found->v);
    }
    put_side_in(&l, h->l, h->nl, found->v);
    put_side_in(&r, h->r, h->nr, found->v);
    if (found->w != 1 || !expr_value(&l, &v) || !expr_value(&r, &w)) { /* without denominators */
        lineq e;
        simple(t, h, &e, true);
        return lineq_check(t, &e, found);
    }
    expr_put(t->out, &l);
    str_add(t->out, " must be ");
    expr_put(t->out, &r);
    str_addc(t->out, '\n');
    bool both = expr_ops(&l) && expr_ops(&r);
    long a    = expr_work(t, &l, both ? "L" : NULL, !both, NULL);
    long b    = expr_work(t, &r, both ? "R" : NULL, !both, NULL);
    return fam_compare(t, a, b);
}

/* ---- drawing */
static long any(rng *r, int lo, int hi, int neg) {
    long v = rng_range(r, lo, hi);
    return alg_chance(r, neg) ? -v : v;
}

static item plain(long k, long m) { return (item){1, 1, k, m, 0, 1}; }
static item over(long c, long k, long m, long q) { return (item){c, 1, k, m, 0, q}; }

static bool value_of(const item *s, int n, long x, long *sum) {
    *sum = 0;
    for (int i = 0; i < n; i++) {
        long v = s[i].d * (s[i].k * x + s[i].m) + s[i].e;
        if (v % s[i].q) return false;
        *sum += s[i].c * (v / s[i].q);
    }
    return true;
}

/* The number on the right that makes x the solution. */
static bool close_with(hard *h, long x) {
    long a, b;
    if (!value_of(h->l, h->nl, x, &a) || !value_of(h->r, h->nr, x, &b)) return false;
    if (a != b || !h->nr) h->r[h->nr++] = plain(0, a - b);
    return true;
}

static bool draw_6(rng *r, hard *h) {
    int  k = rng_range(r, 0, 99);
    long q = rng_range(r, 2, 9), u = rng_range(r, 2, 9), x;
    if (k < 45) { /* (2x + 1)/3 = 5, with a number more */
        h->l[h->nl++] = over(1, rng_range(r, 1, 9), any(r, 1, 20, 50), q);
        if (alg_chance(r, 35)) h->l[h->nl++] = plain(0, any(r, 1, 20, 50));
        x = any(r, 1, 25, 25);
    } else if (k < 70) { /* x/2 + x/3 = 10 */
        if (u == q) return false;
        h->l[h->nl++] = over(1, 1, 0, q);
        h->l[h->nl++] = over(alg_chance(r, 50) ? 1 : -1, 1, 0, u);
        x             = q * u / alg_gcd(q, u) * any(r, 1, 8, 20);
    } else if (k < 85) { /* 3x/4 - 5 = 7 */
        h->l[h->nl++] = over(1, rng_range(r, 2, 9), 0, q);
        h->l[h->nl++] = plain(0, any(r, 1, 30, 50));
        x             = q * any(r, 1, 9, 25);
    } else { /* x/2 + 3 = x/5 + 9 */
        if (u == q) return false;
        h->l[h->nl++] = over(1, 1, 0, q);
        h->l[h->nl++] = plain(0, any(r, 1, 20, 50));
        h->r[h->nr++] = over(1, 1, 0, u);
        x             = q * u / alg_gcd(q, u) * any(r, 1, 6, 20);
    }
    return close_with(h, x);
}

static item nest(rng *r, int hi) { /* hi: the largest number outside of the brackets */
    return (item){rng_range(r, 2, hi), rng_range(r, 2, hi < 5 ? hi : 5),
                  rng_range(r, 1, 3),  any(r, 1, 9, 50),
                  any(r, 1, 12, 50),   1};
}

static bool draw_7(rng *r, hard *h) {
    long x        = any(r, 1, 12, 25);
    h->l[h->nl++] = nest(r, 6);
    if (alg_chance(r, 25)) h->l[h->nl - 1].e = 0, h->l[h->nl - 1].d = 1, h->l[h->nl++] = nest(r, 6);
    if (alg_chance(r, 40)) h->l[h->nl++] = plain(0, any(r, 1, 20, 50));
    if (alg_chance(r, 50)) h->r[h->nr++] = plain(any(r, 2, 9, 20), 0);
    return close_with(h, x);
}

static bool draw_8(rng *r, hard *h) {
    int k = rng_range(r, 0, 99);
    if (k < 35) { /* 0.5x + 1.2 = 3.7 */
        h->tenths     = true;
        h->l[h->nl++] = plain(rng_range(r, 2, 49), any(r, 1, 99, 40));
        if (alg_chance(r, 30)) h->r[h->nr++] = plain(rng_range(r, 2, 49), 0);
    } else {
        h->l[h->nl++] = plain(rng_range(r, 12, k < 60 ? 99 : 40), any(r, 20, 400, 40));
        if (k >= 60) h->r[h->nr++] = plain(rng_range(r, 11, 40), 0);
    }
    if (h->nr && h->l[0].k == h->r[0].k) return false;
    return close_with(h, rng_range(r, 2, h->tenths ? 25 : 40));
}

static bool draw_9(rng *r, hard *h) {
    static const int den[] = {2, 3, 4, 5, 6};
    long             q = den[rng_below(r, 5)], u = den[rng_below(r, 5)], x = any(r, 1, 20, 25);
    h->l[h->nl++] = over(1, rng_range(r, 1, 5), any(r, 1, 9, 50), q);
    item b        = over(1, rng_range(r, 1, 5), any(r, 1, 9, 50), u);
    if (alg_chance(r, 50)) {
        if (alg_chance(r, 50)) b.c = -1;
        h->l[h->nl++] = b;
    } else {
        h->r[h->nr++] = b;
    }
    return q != u && close_with(h, x);
}

static bool draw_10(rng *r, hard *h) {
    int k = rng_range(r, 0, 99);
    if (k < 35) { /* a fraction as solution */
        h->l[h->nl++] = over(rng_range(r, 2, 5), rng_range(r, 1, 3), any(r, 1, 7, 50), 1);
        h->l[h->nl++] = over(any(r, 2, 4, 60), rng_range(r, 1, 3), any(r, 1, 6, 50), 1);
        h->r[h->nr++] = over(rng_range(r, 2, 3), rng_range(r, 1, 2), any(r, 1, 6, 50), 1);
        h->r[h->nr++] = plain(0, any(r, 1, 9, 50));
        return true;
    }
    if (k < 65) { /* nested on both sides */
        h->l[h->nl++] = nest(r, 3);
        h->r[h->nr++] = nest(r, 3);
        return close_with(h, any(r, 1, 9, 30));
    }
    static const int den[] = {2, 3, 4, 6};
    h->l[h->nl++]          = over(1, rng_range(r, 1, 3), any(r, 1, 6, 50), den[rng_below(r, 4)]);
    h->l[h->nl++] = over(alg_chance(r, 50) ? 1 : -1, rng_range(r, 1, 3), any(r, 1, 6, 50), den[rng_below(r, 4)]);
    h->r[h->nr++] = over(1, rng_range(r, 1, 2), any(r, 1, 6, 50), den[rng_below(r, 4)]);
    long from     = any(r, 1, 9, 30);
    for (long x = from; x < from + 12; x++) /* a place where every quotient is whole */
        if (close_with(h, x)) return true;
    return false;
}

/* Work must get there, and a slip-free equation must not be one of 0 = 0. */
static bool workable(const hard *h, int level) {
    str       s = {0};
    rng       r = rng_seed(1);
    trace     t = trace_to(&s, &r);
    fam_value f;
    work(&t, (void *)(uintptr_t)h, &f);
    str_free(&s);
    return !t.bad && labs(f.v) < 1000 && f.w < 100 && (level == 10 || f.w == 1);
}

void linhard_make(rng *r, int level, problem *p) {
    static bool (*const draw[])(rng *, hard *) = {draw_6, draw_7, draw_8, draw_9, draw_10};
    hard h;
    bool ok;
    do {
        h  = (hard){.letter = 'x'};
        ok = draw[level - 6](r, &h) && workable(&h, level);
    } while (!ok);
    p->level = level;
    str c = {0}, typed = {0};
    str_add(&p->key, "linear:");
    put_hard(&p->key, &h);
    h.letter = alg_letter(r);
    put_hard(&c, &h);
    phrase_style st = phrase_style_draw(r, PHRASE_LETTERS);
    phrase_expr(&typed, c.p, &st);
    phrase_equation(&p->question, r, typed.p, h.letter);
    phrase_careless(&p->question, r);
    str_addf(&p->reasoning, "Understand: %s, find %c\nPlan: %s%s%scollect, divide\n", c.p, h.letter,
             nested(&h) ? "inner brackets, " : "", lcm_of(&h) > 1 ? "times the denominators, " : "",
             h.tenths ? "times 10, " : "");
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &h});
    str_addf(&p->truth, f.w == 1 ? "%c = %ld" : "%c = %ld/%ld", h.letter, f.v, f.w);
    static const char *const said[] = {"The solution is **%s**.", "So **%s**.", "**%s**", "It holds for **%s**.",
                                       "We get **%s**."};
    const char              *w = said[rng_below(r, 5)], *at = strstr(w, "%s");
    str_addn(&p->answer, w, (size_t)(at - w));
    str_add(&p->answer, p->truth.p);
    str_add(&p->answer, at + 2);
    str_free(&c);
    str_free(&typed);
}
