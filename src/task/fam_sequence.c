/* fam_sequence.c -- how does a sequence go on?
 *
 * Levels: 1 equal steps; 2 downwards, two terms; 3 factors, a missing term; 4 two steps in turn; 5 each the sum of the
 * two before; 6 steps that grow; 7 the formula for term n, a far term; 8 a far term of either kind, times and plus; 9
 * the same with two terms, a gap in growing steps; 10 formulas with n^2.
 *
 * Work finds the rule from differences or quotients and applies it. The check holds what was found against terms that
 * the rule was not applied to: the new step against the first one, products crosswise, third differences. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/verify.h"
#include "task/wording.h"

typedef enum { STEPS, FACTOR, SUMS, GROWING, TURNS, AFFINE, KINDS } kind;
typedef enum { NEXT, TWO, GAP, FORMULA, FAR } wanted;
enum { TERMS = 8, MORE = 40 };
typedef struct seq {
    long   t[TERMS]; /* t[gap] is not shown */
    int    n, gap;
    kind   k;
    wanted w;
    long   far;
    poly   f;      /* what Work found: the formula */
    long   factor; /* the factor */
} seq;

/* ---- the rule, by search: what every reader would see first */
static bool fits(const long *t, int n, kind k) {
    if (n < 3) return false;
    long a = t[1] - t[0], b = t[2] - t[1];
    for (int i = 2; i < n; i++) {
        long d = t[i] - t[i - 1], e = t[i - 1] - t[i - 2];
        switch (k) {
        case STEPS:
            if (d != a) return false;
            break;
        case FACTOR:
            if (!t[0] || t[i] * t[0] != t[i - 1] * t[1]) return false;
            break;
        case SUMS:
            if (n < 5 || t[i] != t[i - 1] + t[i - 2]) return false;
            break;
        case GROWING:
            if (n < 4 || d - e != b - a) return false;
            break;
        case TURNS:
            if (n < 5 || d != (i % 2 ? a : b)) return false;
            break;
        default:
            if (n < 4 || !a || b % a || d != e * (b / a)) return false;
        }
    }
    return true;
}

/* The term after t[n - 1]; false where it is not whole or too large. */
static bool next_term(const long *t, int n, kind k, long *out) {
    long d = t[n - 1] - t[n - 2];
    switch (k) {
    case STEPS: *out = t[n - 1] + d; break;
    case FACTOR:
        if (!t[0] || (t[n - 1] * t[1]) % t[0]) return false;
        *out = t[n - 1] * t[1] / t[0];
        break;
    case SUMS: *out = t[n - 1] + t[n - 2]; break;
    case GROWING: *out = t[n - 1] + d + (t[2] - t[1]) - (t[1] - t[0]); break;
    case TURNS: *out = t[n - 1] + (n % 2 ? t[1] - t[0] : t[2] - t[1]); break;
    default: *out = t[n - 1] + d * ((t[2] - t[1]) / (t[1] - t[0]));
    }
    return labs(*out) < 100000;
}

static bool rule_of(const long *t, int n, kind *k) {
    for (*k = STEPS; *k < KINDS; ++*k)
        if (fits(t, n, *k)) return true;
    return false;
}

/* ---- printing: "3, 7, 11, ?", "3, 7, ?, 15", "3, 7, 11, formula for term n", "3, 7, 11, term 20" */
static void put_terms(str *s, const seq *q) {
    for (int i = 0; i < q->n; i++) {
        if (i) str_add(s, ", ");
        if (q->w == GAP && i == q->gap) str_addc(s, '?');
        else digits_num(s, q->t[i]);
    }
}

static void put(str *s, const seq *q) {
    put_terms(s, q);
    if (q->w == NEXT) str_add(s, ", ?");
    if (q->w == TWO) str_add(s, ", ?, ?");
    if (q->w == FORMULA) str_add(s, ", formula for term n");
    if (q->w == FAR) str_addf(s, ", term %ld", q->far);
}

/* ---- Work */
static long less(trace *t, long a, long b) { return digits_op(t, a, b < 0 ? '+' : '-', labs(b)); }
static long more(trace *t, long a, long b) { return digits_op(t, a, b < 0 ? '-' : '+', labs(b)); }

static void list(trace *t, const char *word, const long *v, int n) {
    str_add(t->out, word);
    for (int i = 0; i < n; i++) str_addf(t->out, i ? ", %ld" : "%ld", v[i]);
    str_addc(t->out, '\n');
}

static int differences(trace *t, const long *v, int n, long *d) {
    for (int i = 1; i < n; i++) d[i - 1] = less(t, v[i], v[i - 1]);
    list(t, "steps: ", d, n - 1);
    return n - 1;
}

/* One term more by the rule whose numbers are a, b: what the step or the factor was last. */
typedef struct rule {
    long a, b, last_step;
} rule;

static rule find_rule(trace *t, seq *q) {
    long d[TERMS] = {0}, e[TERMS] = {0};
    rule r = {0, 0, 0};
    int  m;
    switch (q->k) {
    case FACTOR:
        r.b = labs(q->t[1]) < labs(q->t[0]);
        for (int i = 0; i + 1 < q->n && !t->bad; i++) { /* from the small end: the first quotient, then products */
            long a = r.b ? q->t[q->n - 1 - i] : q->t[i], b = r.b ? q->t[q->n - 2 - i] : q->t[i + 1];
            if (!i) r.a = digits_op(t, b, '/', a);
            else digits_op(t, a, '*', r.a);
        }
        str_addf(t->out, r.b ? "divided by %ld each time\n" : "times %ld each time\n", r.a);
        break;
    case SUMS:
        for (int i = 2; i < q->n && !t->bad; i++) more(t, q->t[i - 2], q->t[i - 1]);
        str_add(t->out, "each is the sum of the two before\n");
        break;
    case AFFINE: {
        m   = differences(t, q->t, q->n, d);
        r.a = t->bad || !d[0] ? 0 : digits_op(t, d[1], '/', d[0]);
        for (int i = 1; i + 1 < m && !t->bad; i++) digits_op(t, d[i], '*', r.a);
        str_addf(t->out, "the steps grow times %ld\n", r.a);
        r.last_step = d[m - 1];
        break;
    }
    case GROWING:
        m   = differences(t, q->t, q->n, d);
        m   = differences(t, d, m, e);
        r.a = e[m - 1], r.last_step = d[m];
        str_addf(t->out, "each step is %ld more than the one before\n", r.a);
        break;
    case TURNS:
        m   = differences(t, q->t, q->n, d);
        r.a = d[m - 1], r.b = d[m - 2];
        str_addf(t->out, "%ld and %ld in turn\n", d[0], d[1]);
        break;
    default:
        m   = differences(t, q->t, q->n, d);
        r.a = d[0];
        str_addf(t->out, "always %ld\n", r.a);
    }
    q->factor = r.a;
    return r;
}

static long apply(trace *t, const seq *q, rule *r, long prev, long last) {
    long c;
    switch (q->k) {
    case FACTOR: return digits_op(t, last, r->b ? '/' : '*', r->a);
    case SUMS: return more(t, prev, last);
    case AFFINE: r->last_step = digits_op(t, r->last_step, '*', r->a); return more(t, last, r->last_step);
    case GROWING: r->last_step = more(t, r->last_step, r->a); return more(t, last, r->last_step);
    case TURNS:
        c    = r->b;
        r->b = r->a, r->a = c;
        if (trace_slips(t)) c = r->b; /* the wrong one of the two */
        return more(t, last, c);
    default: return more(t, last, r->a);
    }
}

static void work_gap(trace *t, seq *q, fam_value *found) {
    int g = q->gap;
    if (q->k == STEPS) {
        int  i = g >= 2 ? 0 : g + 1; /* a pair without the gap */
        long d = less(t, q->t[i + 1], q->t[i]);
        str_addf(t->out, "steps of %ld\n", d);
        found->v = more(t, q->t[g - 1], d);
    } else if (q->k == FACTOR) {
        int  i    = g >= 2 ? 0 : g + 1;
        long f    = digits_op(t, q->t[i + 1], '/', q->t[i]);
        q->factor = f;
        str_addf(t->out, "times %ld\n", f);
        found->v = digits_op(t, q->t[g - 1], '*', f);
    } else { /* growing steps: the gap is the fourth or fifth of six or seven */
        long d[3] = {less(t, q->t[1], q->t[0]), less(t, q->t[2], q->t[1]), 0};
        long e    = less(t, d[1], d[0]);
        str_addf(t->out, "each step is %ld more than the one before\n", e);
        d[2]     = more(t, d[1], e);
        found->v = more(t, q->t[2], d[2]);
    }
}

static void work_far(trace *t, seq *q, fam_value *found) {
    rule r = find_rule(t, q);
    if (t->bad) return;
    if (q->k == STEPS) {
        long m = digits_op(t, q->far, '-', 1);
        if (trace_slips(t)) m = q->far; /* counts one step too many */
        str_addf(t->out, "%ld steps\n", m);
        found->v = more(t, q->t[0], digits_op(t, m, '*', r.a));
        return;
    }
    long last = q->t[q->n - 1], prev = q->t[q->n - 2];
    for (int i = q->n; i < q->far && !t->bad; i++) {
        long v = apply(t, q, &r, prev, last);
        str_addf(t->out, "term %d is %ld\n", i + 1, v);
        prev = last, last = v;
    }
    found->v = last;
}

static void work_formula(trace *t, seq *q, fam_value *found) {
    rule r = find_rule(t, q);
    q->f   = poly_of('n', 0, NULL);
    if (t->bad) return;
    if (q->k == STEPS) {
        long c = less(t, q->t[0], r.a);
        if (trace_slips(t)) c = q->t[0]; /* begins at n = 0 */
        q->f.c[1].p = r.a, q->f.c[0].p = c;
    } else {
        long a = digits_op(t, r.a, '/', 2);
        str_addf(t->out,
                 a == 1    ? "n^2 and more: take it away\n"
                 : a == -1 ? "-n^2 and more: take it away\n"
                           : "%ldn^2 and more: take it away\n",
                 a);
        long one = less(t, q->t[0], a), four = labs(a) == 1 ? 4 * a : digits_op(t, 4, '*', a),
             two = less(t, q->t[1], four);
        long b = less(t, two, one), c = less(t, one, b);
        q->f.c[2].p = a, q->f.c[1].p = b, q->f.c[0].p = c;
    }
    alg_line(t, "so term n is ", &q->f, "\n");
    found->v = (long)q->f.c[1].p, found->w = (long)q->f.c[0].p;
}

static void work(trace *t, void *ctx, fam_value *found) {
    seq *q = ctx;
    *found = (fam_value){0, 0};
    switch (q->w) {
    case GAP: work_gap(t, q, found); return;
    case FAR: work_far(t, q, found); return;
    case FORMULA: work_formula(t, q, found); return;
    default: break;
    }
    rule r = find_rule(t, q);
    if (t->bad) return;
    found->v = apply(t, q, &r, q->t[q->n - 2], q->t[q->n - 1]);
    if (q->w == TWO && !t->bad) found->w = apply(t, q, &r, q->t[q->n - 1], found->v);
}

/* ---- Check */
/* a / f must be b */
static bool back_again(trace *t, long a, long f, long b) {
    long rest = 0;
    if (!f) t->bad = true;
    if (t->bad) return false;
    long v = digits_div(t, NULL, a, f, &rest);
    if (!rest) return fam_compare(t, v, b);
    str_addf(t->out, "%ld rest %ld is not %ld, wrong\n", v, rest, b);
    return false;
}

/* Does v[n - 1] fit to what is before it, and to the first terms? */
static bool fits_on(trace *t, const seq *q, const long *v, int n) {
    long x = v[n - 1], y = v[n - 2], z = v[n - 3];
    switch (q->k) {
    case FACTOR:
        if (labs(v[1]) < labs(v[0])) {
            str_add(t->out, "back again, times the factor\n");
            return fam_compare(t, digits_op(t, x, '*', q->factor), y);
        }
        long first = digits_op(t, v[0], '*', q->factor);
        if (first != v[1]) return fam_compare(t, first, v[1]);
        str_add(t->out, "back again, divided by the factor\n");
        return back_again(t, x, q->factor, y);
    case SUMS: return fam_compare(t, less(t, x, y), z);
    case GROWING: { /* third differences are 0 */
        long w = v[n - 4];
        str_addf(t->out, "%ld + 3 * %ld must be 3 * %ld + %ld\n", x, z, y, w);
        long a = more(t, x, digits_op(t, 3, '*', z)), b = more(t, digits_op(t, 3, '*', y), w);
        return fam_compare(t, a, b);
    }
    case TURNS: return fam_compare(t, less(t, x, y), less(t, v[n - 3], v[n - 4]));
    case AFFINE: {
        long c = less(t, v[1], v[0]), d = less(t, v[2], v[1]), e = digits_op(t, c, '*', q->factor);
        if (d != e) return fam_compare(t, d, e);
        long a = less(t, x, y), b = less(t, y, z);
        return back_again(t, a, q->factor, b);
    }
    default: return fam_compare(t, less(t, x, y), less(t, v[1], v[0]));
    }
}

static bool check_formula(trace *t, const seq *q) {
    for (int i = 0; i < 3 && !t->bad; i += 2) {
        if (i == 2 && q->k == STEPS) i = q->n - 1;
        str_addf(t->out, "n = %d: ", i + 1);
        long v = alg_horner(t, &q->f, i + 1);
        if (!fam_compare(t, v, q->t[i])) return false;
        if (i > 2) break;
    }
    return true;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const seq *q = ctx;
    long       v[TERMS + 2];
    memcpy(v, q->t, sizeof q->t);
    if (q->w == FORMULA) return check_formula(t, q);
    if (q->w == GAP) {
        int g = q->gap;
        if (q->k == STEPS) {
            str_add(t->out, "the step after it must be a step, too\n");
            long a = less(t, q->t[g + 1], found->v),
                 b = g >= 2 ? less(t, q->t[1], q->t[0]) : less(t, q->t[g + 2], q->t[g + 1]);
            return fam_compare(t, a, b);
        }
        if (q->k == FACTOR) {
            str_add(t->out, "the next one must be the factor times it\n");
            return fam_compare(t, digits_op(t, found->v, '*', q->factor), q->t[g + 1]);
        }
        v[g] = found->v;
        return fits_on(t, q, v, g + 2);
    }
    if (q->w == FAR && q->k == STEPS) {
        str_addf(t->out, "from the last one on, %ld steps\n", q->far - q->n);
        long d = less(t, q->t[1], q->t[0]), m = digits_op(t, q->far - q->n, '*', d);
        return fam_compare(t, more(t, q->t[q->n - 1], m), found->v);
    }
    if (q->w == FAR) { /* factors: the first times the power */
        str_add(t->out, "first term times the factors\n");
        long f = digits_op(t, q->t[1], '/', q->t[0]), p = f;
        for (int i = 2; i < q->far && !t->bad; i++) p = digits_op(t, p, '*', f);
        return fam_compare(t, digits_op(t, q->t[0], '*', p), found->v);
    }
    v[q->n] = found->v, v[q->n + 1] = found->w;
    if (!fits_on(t, q, v, q->n + 1)) return false;
    return q->w != TWO || fits_on(t, q, v, q->n + 2);
}

/* ---- drawing */
static long any(rng *r, int lo, int hi, int neg) {
    long v = rng_range(r, lo, hi);
    return alg_chance(r, neg) ? -v : v;
}

static void steps(seq *q, long a, long d) {
    q->k = STEPS;
    for (int i = 0; i < q->n; i++) q->t[i] = a + d * i;
}

static void factors(rng *r, seq *q, int hi) {
    long a = rng_range(r, 1, hi), f = rng_range(r, 2, 9);
    q->k = FACTOR;
    for (int i = 0; i < q->n; i++, a *= f) q->t[i] = a;
    if (q->w == NEXT && alg_chance(r, 35)) { /* downwards; the next one must be whole */
        for (int i = 0; i < q->n; i++) q->t[i] *= f;
        for (int i = 0, j = q->n - 1; i < j; i++, j--) {
            long t  = q->t[i];
            q->t[i] = q->t[j];
            q->t[j] = t;
        }
    }
}

static void growing(seq *q, long a, long d, long e) {
    q->k = GROWING;
    for (int i = 0; i < q->n; i++, d += e) q->t[i] = a, a += d;
}

static void affine(rng *r, seq *q) {
    long a = rng_range(r, 1, 9), k = rng_range(r, 2, 3), c = any(r, 1, 9, 40);
    q->k = AFFINE;
    for (int i = 0; i < q->n; i++, a = k * a + c) q->t[i] = a;
}

static void draw_low(rng *r, int level, seq *q) {
    switch (level) {
    case 1: steps(q, rng_range(r, 1, 150), alg_chance(r, 85) ? rng_range(r, 2, 12) : -rng_range(r, 2, 9)); break;
    case 2:
        q->w = alg_chance(r, 55) ? TWO : NEXT;
        steps(q, any(r, 1, 120, 30), any(r, 2, 25, 60));
        break;
    case 3:
        if (alg_chance(r, 50)) {
            q->w = alg_chance(r, 25) ? GAP : NEXT, q->gap = rng_range(r, 1, q->n - 2);
            factors(r, q, 12);
        } else {
            q->w = GAP, q->n = 5, q->gap = rng_range(r, 1, 3);
            steps(q, any(r, 1, 100, 20), any(r, 2, 30, 40));
        }
        break;
    case 4: {
        long a = any(r, 1, 40, 10), d = any(r, 1, 12, 30), e = any(r, 1, 12, 45);
        q->k = TURNS, q->n = rng_range(r, 5, 7);
        for (int i = 0; i < q->n; i++, a += i % 2 ? d : e) q->t[i] = a;
        break;
    }
    default:
        q->k = SUMS, q->n = rng_range(r, 5, 6);
        q->w    = alg_chance(r, 30) ? TWO : NEXT;
        q->t[0] = any(r, 0, 40, 15), q->t[1] = any(r, 1, 60, 15);
        for (int i = 2; i < q->n; i++) q->t[i] = q->t[i - 1] + q->t[i - 2];
    }
}

static void draw_high(rng *r, int level, seq *q) {
    bool two = alg_chance(r, 50);
    switch (level) {
    case 6:
        q->w = alg_chance(r, 30) ? TWO : NEXT;
        growing(q, any(r, 0, 40, 20), any(r, 1, 12, 20), any(r, 1, 5, 25));
        break;
    case 7:
        q->w = two ? FORMULA : FAR, q->far = rng_range(r, 10, 50);
        steps(q, any(r, 1, 60, 20), any(r, 2, 15, 25));
        break;
    case 8:
        if (two) {
            q->w = FAR, q->far = rng_range(r, 30, 200);
            steps(q, any(r, 1, 200, 30), any(r, 2, 40, 35));
        } else if (alg_chance(r, 50)) {
            q->n = 3, q->w = FAR, q->far = rng_range(r, 6, 7);
            factors(r, q, 9);
        } else {
            affine(r, q);
            if (alg_chance(r, 30)) q->n = 5;
        }
        break;
    case 9:
        if (two) {
            q->w = TWO;
            affine(r, q);
        } else {
            q->w = GAP, q->n = 6, q->gap = 3;
            growing(q, any(r, 0, 60, 20), any(r, 1, 20, 30), any(r, 1, 9, 35));
        }
        break;
    default: {
        long a = any(r, 1, 4, 15), b = any(r, 0, 12, 45), c = any(r, 0, 30, 50);
        q->w = FORMULA, q->k = GROWING;
        for (int i = 0; i < q->n; i++) q->t[i] = a * (i + 1) * (i + 1) + b * (i + 1) + c;
    }
    }
}

/* Every reader would see this rule, and it says this. */
static bool clear(const seq *q) {
    long v[TERMS];
    kind k;
    for (int i = 0; i < q->n; i++)
        if (labs(q->t[i]) > 9999) return false;
    memcpy(v, q->t, sizeof v);
    if (q->w == GAP) return rule_of(v, q->n, &k) && k == q->k && labs(q->t[q->n - 1]) < 2000;
    if (!rule_of(v, q->n, &k) || k != q->k) return false;
    long x;
    if (!next_term(v, q->n, k, &x) || labs(x) > 9999) return false;
    for (int i = q->n; q->w == FAR && k == FACTOR && i < q->far; i++) {
        x = x * v[1] / v[0];
        if (x > 99999) return false;
    }
    return q->k != STEPS || q->t[1] != q->t[0];
}

/* ---- asking */
#define THE "{3*the sequence|the number sequence|this sequence|the series|the pattern|the numbers|the list}"
static const char ask_next[] =
    "{5*{what {3*comes next|is the next {number|term}|number comes next|follows|would be next|should come next}} "
    "{in " THE "|in|after|here}[:] <t>{3*?|, ...?|, ?|}"
    "|3*" ALG_POLITE
    "{find|give [me]|determine|tell me|work out|continue with|write down} the next {term|number} {of|in} [" THE
    "[:]] <t>{|, ...|.|, ?}"
    "|2*<t>{, ?|, ... what comes next?|, ... next number?|, what is next?|, __|: next term?|. How does it go on?|, ... "
    "which number follows?}"
    "|{continue|extend} " THE "[ by one {term|number}][:] <t>{|, ...|.}"
    "|{look at|consider|take|here is} " THE "[:] <t>[, ...]. {what is the next {number|term}?|which number comes "
    "next?|how does it continue?|find the next number.}}";
static const char ask_two[] =
    "{5*{what are|what would be|tell me|find|give me|work out|determine} the next two {terms|numbers} {of|in} [" THE
    "[:]] <t>{2*?|, ...|}"
    "|3*" ALG_POLITE "{continue|extend} " THE " by two {terms|numbers}[:] <t>" ALG_END
    "|2*<t>{, ?, ?|, ... next two {terms|numbers}?|, __, __|, what are the next two?|. Which two numbers follow?}"
    "|{which|what} two numbers {come next in|follow in|continue} [" THE "[:]] <t>{?|, ...?|}}";
static const char ask_gap[] =
    "{5*{what|which} {number|term} {is missing|belongs in the gap|goes into the gap|must replace the question mark} "
    "{in|from} [" THE "[:]] <t>{2*?|}"
    "|3*" ALG_POLITE "{find|determine|work out|fill in|give me} the missing {number|term} {in|of} [" THE
    "[:]] <t>" ALG_END "|2*<t>{. what is the missing number?|: missing number?|, what goes where the question mark "
    "is?|. fill the gap[ please]}"
    "|" THE " <t> has a gap. {what belongs there?|which number is it?|what is missing?}}";
static const char ask_formula[] =
    "{5*{what is|find|determine|give [me]|write down|work out} {the|a} formula for {the n-th term|term n|term number "
    "n|the nth term} of [" THE "[:]] <t>, ...[?]"
    "|3*" ALG_POLITE "{find|give|determine|express} the {n-th|nth|general} term of [" THE "[:]] <t>, ..." ALG_END
    "|2*{what is|what's} the {n-th|nth|general} term of [" THE "[:]] <t>, ...?"
    "|<t>, ... {what is term n?|give term n as a formula in n.|formula for term n?|how large is the n-th term?}"
    "|{which|what} formula in n gives [" THE "] <t>, ... for n from the first term on{?|}}";
static const char ask_far[] =
    "{5*{what is|find|determine|work out|calculate|give me} {the <o> term|term <k>|term number <k>|number <k>} "
    "{of|in} [" THE "[:]] <t>, ...[?]"
    "|3*" ALG_POLITE "{find|compute|calculate|tell me} {the <o> term|term <k>|the <o> number} of [" THE
    "[:]] <t>, ..." ALG_END "|2*{which number is|what is} {the <o>|number <k>|in place <k>} {in|of} [" THE
    "[:]] <t>, ...?"
    "|<t>, ... {what is the <o> term?|how large is term <k>?|term <k>?|and the <o> number is?}"
    "|if " THE " <t>, ... goes on {like this|in the same way}, what is {term <k>|the <o> term|number <k>}?}";

static void ask(problem *p, rng *r, const seq *q) {
    static const char *const pattern[] = {ask_next, ask_two, ask_gap, ask_formula, ask_far};
    str                      t         = {0};
    char                     k[24], o[28];
    put_terms(&t, q);
    if (alg_chance(r, 12)) { /* without commas or without spaces */
        str  u      = {0};
        bool spaces = alg_chance(r, 50);
        for (size_t i = 0; i < t.len; i++)
            if (t.p[i] != (spaces ? ',' : ' ')) str_addc(&u, t.p[i]);
        str_free(&t);
        t = u;
    }
    snprintf(k, sizeof k, "%ld", q->far);
    long unit = q->far / 10 % 10 == 1 ? 0 : q->far % 10;
    snprintf(o, sizeof o, "%ld%s", q->far, unit == 1 ? "st" : unit == 2 ? "nd" : unit == 3 ? "rd" : "th");
    wording_ask(&p->question, r, pattern[q->w], (word_slot[]){{"t", t.p}, {"k", k}, {"o", o}, {0}});
    str_free(&t);
}

static void make(rng *r, int level, problem *p) {
    static const char *const how[KINDS] = {"look at the steps",  "look at the quotients",
                                           "add two neighbours", "steps and their steps",
                                           "look at the steps",  "look at the steps and their quotients"};
    static const char *const last[] = {"go on", "go on twice", "fill the gap", "then the formula", "then the far term"};
    seq                      q;
    do {
        q = (seq){.n = rng_range(r, 4, 5)};
        if (level <= 5) draw_low(r, level, &q);
        else draw_high(r, level, &q);
    } while (!clear(&q));
    p->level = level;
    str_add(&p->key, "sequence:");
    if (q.w == NEXT || q.w == TWO) put_terms(&p->key, &q); /* "4, 19, 64, ?" and "4, 19, 64, ?, ?" share a split */
    else put(&p->key, &q);
    ask(p, r, &q);
    str_add(&p->reasoning, "Understand: ");
    put(&p->reasoning, &q);
    str_addf(&p->reasoning, "\nPlan: %s, %s\n", how[q.k], last[q.w]);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &q});
    if (q.w == FORMULA) poly_put(&p->truth, &q.f);
    else if (q.w == TWO) str_addf(&p->truth, "%ld, %ld", f.v, f.w);
    else digits_num(&p->truth, f.v);
    static const char *const said[] = {
        "{The next term is **<t>**.|It goes on with **<t>**.|**<t>** comes next.|Next is **<t>**.}",
        "{The next two terms are **<t>**.|It goes on with **<t>**.|**<t>** come next.}",
        "{The missing number is **<t>**.|**<t>** belongs there.|It is **<t>**.}",
        "{Term n is **<t>**.|The formula is **<t>**.|a(n) = **<t>**|It is **<t>**.}",
        "{That term is **<t>**.|It is **<t>**.|The term is **<t>**.|**<t>**}",
    };
    wording_put(&p->answer, r, said[q.w], (word_slot[]){{"t", p->truth.p}, {0}});
}

/* ---- answers */
/* Two numbers in their order: the bold ones, else the last two of the last sentence with two. */
static bool right_two(const problem *p, const char *text, char why[96]) {
    ratio       want[2], got[2][16];
    int         n[2] = {0, 0}, sentence = -1;
    bool        doubt[2] = {false, false}, bad = false, after = false;
    const char *end;
    if (!ratio_read(p->truth.p, &want[0], &end) || strncmp(end, ", ", 2) || !ratio_read(end + 2, &want[1], &end))
        return alg_not("two terms", p->truth.p, why);
    mathtext m = mathtext_of(text);
    for (int i = 0; i < m.n; i++) {
        const mathrun *u = &m.run[i];
        const char    *v = mathtext_value(u->s);
        poly           x;
        int            b = u->bold;
        if (!poly_read(v, strlen(v), &x, NULL) || x.letter) continue;
        if (!b && u->sentence != sentence) n[0] = 0, doubt[0] = false, sentence = u->sentence;
        if (n[b] < 16) got[b][n[b]++] = x.c[0];
        doubt[b] |= u->doubt;
        bad |= !strcmp(u->before, "or");
        after |= !b && n[1] && u->named;
    }
    int b = n[1] > 0, k = n[b];
    snprintf(why, 96, "expected %.60s, found something else", p->truth.p);
    bool ok =
        k >= 2 && !doubt[b] && !bad && !after && ratio_eq(got[b][k - 2], want[0]) && ratio_eq(got[b][k - 1], want[1]);
    for (int i = 0; i + 2 < k && ok; i++) { /* before them only what was given */
        char s[32], q[34];
        snprintf(s, sizeof s, "%lld", got[b][i].p < 0 ? -got[b][i].p : got[b][i].p);
        snprintf(q, sizeof q, "%s", s);
        ok = strstr(p->question.p, q) != NULL;
    }
    mathtext_free(&m);
    if (ok) why[0] = 0;
    return ok;
}

static bool right(const problem *p, const char *text, char why[96]) {
    poly v;
    if (verify_echo(p->question.p, text, why)) return false;
    if (strchr(p->truth.p, ',')) return right_two(p, text, why);
    if (poly_read(p->truth.p, p->truth.len, &v, NULL) && v.letter)
        return alg_right_poly(text, p->truth.p, NULL, false, why);
    return alg_right_number(text, p->truth.p, p->question.p, why);
}

/* ---- solve: the terms as they stand, the rule by search, the sequence written on */
static bool read_seq(const char *s, size_t n, seq *q) {
    const char *end = s + n;
    *q              = (seq){.gap = -1};
    int holes       = 0;
    while (s < end) {
        const char *e;
        ratio       v;
        if (*s == '?') {
            holes++;
            if (q->n < TERMS) q->t[q->n] = 0;
            q->gap = q->n++;
            s++;
        } else if (!strncmp(s, "formula for term n", 18)) {
            q->w = FORMULA;
            s += 18;
        } else if (!strncmp(s, "term ", 5) && ratio_read(s + 5, &v, &e) && v.p > 0 && v.p < 100000) {
            q->w = FAR, q->far = (long)v.p;
            s = e;
        } else if (ratio_read(s, &v, &e) && v.q == 1 && llabs(v.p) < 1000000 && q->n < TERMS) {
            q->t[q->n++] = (long)v.p;
            s            = e;
        } else {
            return false;
        }
        if (q->n > TERMS) return false;
        if (s < end && strncmp(s, ", ", 2)) return false;
        if (s < end) s += 2;
    }
    if (holes > 2 || (holes && q->w != NEXT)) return false;
    if (holes == 2) q->w = TWO, q->n -= 2;
    else if (holes == 1 && q->gap == q->n - 1) q->n--;
    else if (holes == 1) q->w = GAP;
    return q->n >= 3;
}

static bool solve_gap(seq *q, long *v) { /* the value with which a rule fits */
    kind k;
    for (kind want = STEPS; want < KINDS; want++)
        for (long x = -3000; x <= 3000; x++) {
            q->t[q->gap] = x;
            if (fits(q->t, q->n, want) && rule_of(q->t, q->n, &k) && k == want) return *v = x, true;
        }
    return false;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    seq         q;
    kind        k;
    long        v[MORE], x;
    if (!fam_understood(p, &s, &n, why)) return false;
    if (!read_seq(s, n, &q)) return alg_not("a sequence", s, why);
    if (q.w == GAP) {
        if (!solve_gap(&q, &x)) return alg_not("a sequence with a rule", s, why);
        digits_num(truth, x);
        return true;
    }
    if (!rule_of(q.t, q.n, &k)) return alg_not("a sequence with a rule", s, why);
    memcpy(v, q.t, sizeof q.t);
    if (q.w == FORMULA) { /* Newton's differences */
        long d = v[1] - v[0], e = k == GROWING ? v[2] - 2 * v[1] + v[0] : 0;
        if ((k != STEPS && k != GROWING) || e % 2) return alg_not("a sequence with a formula", s, why);
        const long c[] = {v[0] - d + e, d - 3 * (e / 2), e / 2};
        poly       f   = poly_of('n', 3, c);
        poly_put(truth, &f);
        return true;
    }
    if (q.w == FAR && k == STEPS) {
        digits_num(truth, v[0] + (q.far - 1) * (v[1] - v[0]));
        return true;
    }
    int to = q.w == FAR ? (int)q.far : q.n + 1 + (q.w == TWO);
    if (to > MORE) return alg_not("a term within reach", s, why);
    for (int i = q.n; i < to; i++)
        if (!next_term(v, i, k, &v[i])) return alg_not("a term within reach", s, why);
    if (q.w == TWO) str_addf(truth, "%ld, %ld", v[q.n], v[q.n + 1]);
    else digits_num(truth, v[to - 1]);
    return true;
}

const family fam_sequence = {.name   = "sequence",
                             .field  = "education",
                             .about  = "how a sequence goes on, its gaps and its formula",
                             .levels = 10,
                             .make   = make,
                             .right  = right,
                             .solve  = solve};
