/* numfam.c -- see numfam.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/measure.h"
#include "task/numfam.h"
#include "task/phrase.h"
#include "task/verify.h"

bool numfam_chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

long numfam_digits(rng *r, int n) {
    long lo = 1;
    for (int i = 1; i < n; i++) lo *= 10;
    return lo + (long)rng_below(r, (uint64_t)(9 * lo));
}

long numfam_signed(rng *r, long hi) {
    long v = 1 + (long)rng_below(r, (uint64_t)hi);
    return rng_below(r, 2) ? v : -v;
}

void numfam_typed(str *s, rng *r, const char *canonical) {
    phrase_style st = phrase_style_draw(r, PHRASE_NUMBERS);
    phrase_expr(s, canonical, &st);
}

void numfam_ask(problem *p, rng *r, const char *const *pattern, int n, const word_slot *slots) {
    wording_ask(&p->question, r, pattern[rng_below(r, (uint64_t)n)], slots);
}

void numfam_answer(problem *p, rng *r, const char *named, const char *unit) {
    const word_slot slots[] = {{"v", p->truth.p}, {"n", named ? named : ""}, {"u", unit ? unit : ""}, {0}};
    wording_put(&p->answer, r,
                named ? "{2*<n> = **<v><u>**|<n> is **<v><u>**.|The answer is **<v><u>**.|So <n> = **<v><u>**.}"
                      : "{2*The answer is **<v><u>**.|It is **<v><u>**.|That gives **<v><u>**.|The result is "
                        "**<v><u>**.|Answer: **<v><u>**}",
                slots);
}

/* "34/2" is no answer to "34 / 2": a fraction in lowest terms is one, a quotient to be worked out is not. */
static bool quotient(const char *text, char why[96]) {
    const char *p = text, *end;
    ratio       v;
    while (*p && strchr(" \n*$", *p)) p++;
    size_t a = strspn(p, "0123456789"), b = a && p[a] == '/' ? strspn(p + a + 1, "0123456789") : 0;
    if (!b || p[a + 1 + b + strspn(p + a + 1 + b, " \n*$.")] || !ratio_read(p, &v, &end)) return false;
    if (v.q == atoll(p + a + 1)) return false;
    snprintf(why, 96, "a quotient that is not worked out");
    return true;
}

bool numfam_right(const problem *p, const char *text, char why[96]) {
    return !verify_echo(p->question.p, text, why) && !quotient(text, why) && answer_matches(text, p->truth.p, why) &&
           measure_fits(p->question.p, text, p->truth.p, why);
}

int numfam_numbers(const char *s, size_t n, long *v, int max) {
    int k = 0;
    for (size_t i = 0; i < n && k <= max;) {
        if (!isdigit((unsigned char)s[i])) {
            i++;
            continue;
        }
        long u = 0;
        for (; i < n && isdigit((unsigned char)s[i]); i++) u = u < 100000000000L ? u * 10 + (s[i] - '0') : u;
        if (k < max) v[k] = u;
        k++;
    }
    return k;
}

bool numfam_decimal(const char **s, decimal *d) {
    const char *p   = *s;
    bool        neg = *p == '-';
    *d              = (decimal){0, 0};
    if (neg) p++;
    if (!isdigit((unsigned char)*p)) return false;
    for (bool point = false; isdigit((unsigned char)*p) || (*p == '.' && !point && isdigit((unsigned char)p[1])); p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        if (d->v > 99999999999999L) return false;
        d->v = d->v * 10 + (*p - '0');
        d->places += point;
    }
    if (neg) d->v = -d->v;
    *s = p;
    return true;
}

bool numfam_not(char why[96], const char *what, const char *text, size_t n) {
    snprintf(why, 96, "not %.30s: %.*s", what, n > 50 ? 50 : (int)n, text);
    return false;
}

/* ---- drawing expressions */
static bool value_of(const expr *e, int i, long *v) {
    expr part = *e;
    part.root = i;
    return expr_value(&part, v);
}

/* A divisor of v in lo..hi, 0 if none was met. */
static long divisor(rng *r, long v, long lo, long hi) {
    for (int tries = 0; tries < 24; tries++) {
        long d = lo + (long)rng_below(r, (uint64_t)(hi - lo + 1));
        if (d > 1 && v % d == 0) return d;
    }
    return 0;
}

static int draw(rng *r, const expr_wish *w, expr *e, int ops, bool *ok) {
    if (!ops) {
        long v = w->lo + (long)rng_below(r, (uint64_t)(w->hi - w->lo + 1));
        return expr_num(e, w->below && numfam_chance(r, 15) ? -v : v);
    }
    int  left = (int)rng_below(r, (uint64_t)ops), k = rng_range(r, 0, 99);
    char op = k < 32 ? '+' : k < 60 ? '-' : k < 88 ? '*' : '/';
    long a, b, v;
    if (op == '/') left = ops - 1; /* the right one is a number that divides */
    int l = draw(r, w, e, left, ok);
    if (!*ok || !value_of(e, l, &a)) return *ok = false, 0;
    if (op == '/') {
        b = divisor(r, a, 2, w->hi < 12 ? 12 : w->hi);
        if (!b || !a) return *ok = false, 0;
        return expr_op(e, op, l, expr_num(e, b));
    }
    int m = draw(r, w, e, ops - 1 - left, ok), i = *ok ? expr_op(e, op, l, m) : 0;
    if (!*ok || !value_of(e, m, &b) || !value_of(e, i, &v)) return *ok = false, 0;
    bool dull = op == '*' && (labs(a) < 2 || labs(b) < 2);
    *ok       = !dull && labs(v) <= w->limit && (w->below || v >= 0);
    return i;
}

void numfam_expr(rng *r, const expr_wish *w, expr *e) {
    for (;;) {
        bool ok = true;
        str  s  = {0};
        int  n = 0, depth = 0, deepest = 0;
        *e      = (expr){0};
        e->root = draw(r, w, e, w->ops, &ok);
        if (ok) expr_put(&s, e);
        for (size_t i = 0; ok && i < s.len; i++) {
            if (s.p[i] == '(' && s.p[i + 1] == '-' && i + 2 < s.len) { /* a sign's brackets do not count */
                size_t j = i + 2;
                while (isdigit((unsigned char)s.p[j])) j++;
                if (s.p[j] == ')') {
                    i = j;
                    continue;
                }
            }
            if (s.p[i] == '(') n++, depth++;
            if (s.p[i] == ')') depth--;
            if (depth > deepest) deepest = depth;
        }
        str_free(&s);
        if (ok && n >= w->brackets && deepest >= w->depth) return;
    }
}

/* ---- checks */
void numfam_must(trace *t, long a, char op, long b, long c) {
    expr e = {0};
    int  l = expr_num(&e, a);
    expr_op(&e, op, l, expr_num(&e, b));
    expr_put(t->out, &e);
    str_add(t->out, " must be ");
    digits_num(t->out, c);
    str_addc(t->out, '\n');
}

/* c must come back: the left number of the step or, where only that divides well, the right one. */
static bool give_back(trace *t, long c, char op, long b, long want) {
    numfam_must(t, c, op, b, want);
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

bool numfam_nines(trace *t, long a, long b, long c) {
    a = labs(a), b = labs(b), c = labs(c);
    digits_num(t->out, a);
    str_add(t->out, " * ");
    digits_num(t->out, b);
    str_add(t->out, " and ");
    digits_num(t->out, c);
    str_add(t->out, " must have the same digit sum\n");
    long x = digits_root(t, a), y = digits_root(t, b);
    if (c <= 0) {
        t->bad = true;
        return false;
    }
    long p = digits_op(t, x, '*', y);
    if (p >= 10) p = digits_root(t, p);
    return fam_compare(t, p, digits_root(t, c));
}

bool numfam_undo_step(trace *t, const expr_step *s) {
    switch (s->op) {
    case '+': return give_back(t, s->c, '-', s->b, s->a);
    case '-': return give_back(t, s->c, '+', s->b, s->a);
    case '/':
        if (labs(s->b) >= 100 && labs(s->c) >= 100 && (s->a < 0) == ((s->b < 0) != (s->c < 0)))
            return numfam_nines(t, s->b, s->c, s->a);
        return give_back(t, s->c, '*', s->b, s->a);
    default: break;
    }
    long a = labs(s->a), b = labs(s->b);
    if (!a || !b) { /* 0 has no inverse: the other way round */
        numfam_must(t, s->b, '*', s->a, s->c);
        return fam_compare(t, digits_on(t, s->b, '*', s->a), s->c);
    }
    if (b < 10) return give_back(t, s->c, '/', s->b, s->a);
    if (a < 10) return give_back(t, s->c, '/', s->a, s->b);
    if ((s->c < 0) != ((s->a < 0) != (s->b < 0))) { /* a lost sign is not the digits' matter */
        str_addf(t->out, "%s sign%s\n", (s->a < 0) != (s->b < 0) ? "different" : "equal", "s");
        fam_compare(t, s->c, -s->c);
        return false;
    }
    return numfam_nines(t, s->a, s->b, s->c);
}

bool numfam_undo(trace *t, const expr_log *log) {
    for (int i = log->n - 1; i >= 0; i--) {
        if (i < log->n - 1) str_add(t->out, "then ");
        if (!numfam_undo_step(t, &log->s[i])) return false;
    }
    return true;
}

bool numfam_same(trace *t, decimal a, decimal b) {
    a         = decimal_norm(a);
    b         = decimal_norm(b);
    bool same = a.v == b.v && a.places == b.places;
    decimal_put(t->out, a);
    str_add(t->out, same ? " = " : " is not ");
    decimal_put(t->out, b);
    str_add(t->out, same ? ", right\n" : ", wrong\n");
    return same;
}

static bool less(decimal a, decimal b) {
    ratio d;
    return ratio_op(decimal_ratio(a), '-', decimal_ratio(b), &d) && d.p < 0;
}

bool numfam_near(trace *t, decimal x, decimal b, decimal a, int places) {
    x.v = labs(x.v), a.v = labs(a.v), b.v = labs(b.v);
    decimal_put(t->out, x);
    str_add(t->out, " * ");
    decimal_put(t->out, b);
    str_add(t->out, " must be near ");
    decimal_put(t->out, a);
    str_addc(t->out, '\n');
    decimal c = decimal_op(t, x, '*', b);
    if (ratio_eq(decimal_ratio(c), decimal_ratio(a))) return numfam_same(t, c, a);
    decimal d   = less(c, a) ? decimal_op(t, a, '-', c) : decimal_op(t, c, '-', a);
    decimal h   = decimal_op(t, b, '*', (decimal){5, places + 1});
    bool    far = less(h, d);
    decimal_put(t->out, far ? h : d);
    str_add(t->out, far || less(d, h) ? " < " : " = ");
    decimal_put(t->out, far ? d : h);
    str_add(t->out, far ? ", wrong\n" : ", right\n");
    return !far;
}

static long root(trace *t, long v) { return v < 10 ? v : digits_root(t, v); }

/* q * b + rest and a by digit sums */
static bool back_by_nines(trace *t, long q, long b, long rest, long a) {
    str_addf(t->out, rest ? "%ld * %ld + %ld" : "%ld * %ld", q, b, rest);
    str_addf(t->out, " and %ld must have the same digit sum\n", a);
    long p = root(t, digits_op(t, root(t, q), '*', root(t, b)));
    if (rest) p = root(t, digits_op(t, p, '+', root(t, rest)));
    return fam_compare(t, p, root(t, a));
}

bool numfam_back(trace *t, long q, long b, long rest, long a) {
    if (q >= 100 && b >= 100) return back_by_nines(t, q, b, rest, a);
    expr e = {0};
    int  p = expr_op(&e, '*', expr_num(&e, q), expr_num(&e, b));
    if (rest) expr_op(&e, '+', p, expr_num(&e, rest));
    expr_put(t->out, &e);
    str_add(t->out, " must be ");
    digits_num(t->out, a);
    str_addc(t->out, '\n');
    return fam_compare(t, expr_work(t, &e, NULL, true, NULL), a);
}
