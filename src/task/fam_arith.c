/* fam_arith.c -- arithmetic: + - * / of whole numbers, by hand.
 *
 * Levels: 1 small sums, differences >= 0 and one-digit products; 2 two and three digits, results below 0, times one
 * digit; 3 three digits, three digits times one, exact division; 4 two operations with precedence and brackets,
 * division with a rest; 5 two digits times two digits, four digits, mixed expressions with brackets and negative
 * numbers; 6 three digits times two, division by two digits, powers, three operations; 7 the same with a rest and below
 * 0; 8 three digits times three, four times two, four operations; 9 four digits times three, six digits by two or
 * three; 10 five operations, seven digits by three, higher powers.
 *
 * The check undoes each operation, the last one first: c = a + b must give back a when b is taken away. The product
 * of two long numbers is checked by digit sums (casting out nines), which is much shorter than dividing; a power by
 * that of the square.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/numfam.h"
#include "task/phrase.h"
#include "task/steps.h"

typedef struct arith {
    expr     e;
    bool     rest; /* a single division with a quotient and a rest */
    long     base; /* base^power instead of e, if power > 0 */
    int      power;
    expr_log log; /* the steps as Work took them, mistakes included: the check
                     reads what is written, it does not know better */
} arith;

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

static void rest_of(rng *r, expr *e, bool exact, int digits, int by) {
    long d = numfam_digits(r, by), a = numfam_digits(r, digits);
    if (d < 13) d += 12;
    single(e, exact ? a - a % d + d : a, '/', d);
}

static void draw_6(rng *r, expr *e) {
    int k = rng_range(r, 0, 99);
    if (k < 35) single(e, digits_of(r, 3), '*', digits_of(r, 2));
    else if (k < 60) rest_of(r, e, true, rng_range(r, 3, 4), 2);
    else if (k < 75) single(e, numfam_signed(r, 9999), chance(r, 50) ? '+' : '-', numfam_signed(r, 9999));
    else numfam_expr(r, &(expr_wish){.ops = 3, .lo = 2, .hi = 20, .limit = 500}, e);
}

static void draw_7(rng *r, expr *e) {
    int k = rng_range(r, 0, 99);
    if (k < 25) single(e, digits_of(r, 3), '*', digits_of(r, 2));
    else if (k < 40) single(e, numfam_signed(r, 99), '*', numfam_signed(r, 99));
    else if (k < 60) rest_of(r, e, true, 4, 2);
    else numfam_expr(r, &(expr_wish){.ops = 3, .lo = 2, .hi = 30, .limit = 1000, .below = true, .brackets = 1}, e);
}

static void draw_8(rng *r, expr *e) {
    int k = rng_range(r, 0, 99);
    if (k < 25) single(e, digits_of(r, 3), '*', digits_of(r, 3));
    else if (k < 40) single(e, digits_of(r, 4), '*', digits_of(r, 2));
    else if (k < 60) rest_of(r, e, true, 5, 2);
    else numfam_expr(r, &(expr_wish){.ops = 4, .lo = 2, .hi = 40, .limit = 2000, .below = true, .brackets = 1}, e);
}

static void draw_9(rng *r, expr *e) {
    int k = rng_range(r, 0, 99);
    if (k < 35) single(e, digits_of(r, 4), '*', digits_of(r, 3));
    else if (k < 60) rest_of(r, e, true, 6, rng_range(r, 2, 3));
    else numfam_expr(r, &(expr_wish){.ops = 4, .lo = 5, .hi = 99, .limit = 5000, .below = true, .brackets = 2}, e);
}

static void draw_10(rng *r, expr *e) {
    int k = rng_range(r, 0, 99);
    if (k < 25) single(e, digits_of(r, 4), '*', digits_of(r, 3));
    else if (k < 50) rest_of(r, e, true, 7, 3);
    else numfam_expr(r, &(expr_wish){.ops = 5, .lo = 5, .hi = 99, .limit = 5000, .below = true, .brackets = 2}, e);
}

/* Bases and exponents whose power has at most six digits, eight at level 10. */
static void draw_power(rng *r, int level, arith *a) {
    long limit = level == 10 ? 99999999L : 999999L, v = 1;
    a->base  = chance(r, 50) ? rng_range(r, 2, 12) : chance(r, 60) ? rng_range(r, 11, 99) : rng_range(r, 100, 999);
    int most = 0;
    while (v <= limit / a->base && most < 12) v *= a->base, most++;
    a->power = most > 2 ? rng_range(r, level > 7 && most > 3 ? 3 : 2, most) : 2;
}

/* ---- phases */
static long power_work(trace *t, arith *a) {
    long v   = a->base;
    a->log.n = 0;
    for (int k = 2; k <= a->power && !t->bad; k++) {
        expr_step st = {v, a->base, 0, '*'};
        st.c = v             = digits_op(t, v, '*', a->base);
        a->log.s[a->log.n++] = st;
        str_addf(t->out, "%ld^%d = %ld\n", a->base, k, v);
    }
    return v;
}

static void work(trace *t, void *ctx, fam_value *found) {
    arith *a = ctx;
    found->w = 0;
    if (a->power) found->v = power_work(t, a);
    else if (a->rest) found->v = digits_div(t, NULL, a->e.node[0].v, a->e.node[1].v, &found->w);
    else found->v = expr_work(t, &a->e, NULL, false, &a->log);
}

/* base^n is (base * base)^(n/2), once more times the base if n is odd. */
static bool by_square(trace *t, const arith *a, long found) {
    long sq = digits_op(t, a->base, '*', a->base), v = sq;
    for (int k = 2; k <= a->power / 2 && !t->bad; k++) v = digits_op(t, v, '*', sq);
    if (a->power % 2) v = digits_op(t, v, '*', a->base);
    return fam_compare(t, v, found);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const arith *a = ctx;
    if (a->rest) return numfam_back(t, found->v, a->e.node[1].v, found->w, a->e.node[0].v);
    if (a->power > 3) return by_square(t, a, found->v);
    return numfam_undo(t, &a->log);
}

static void plan(str *s, const arith *a) {
    const expr              *e      = &a->e;
    static const char *const verb[] = {"add", "subtract", "multiply", "divide"};
    str_add(s, "Plan: ");
    if (a->power) {
        str_addf(s, "%ld as a factor %d times\n", a->base, a->power);
        return;
    }
    if (a->rest) {
        str_add(s, "divide digit by digit, keep the rest\n");
        return;
    }
    if (expr_ops(e) > 2) {
        str_add(s, "brackets first, then * and /, then + and -\n");
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

static void ask_power(problem *p, rng *r, const arith *a) {
    static const char *const pattern[] = {
        NUM_IS " {3*<b>^<n>|<b>**<n>|<b> ^ <n>|<b> to the power [of] <n>|<b> to the <n><th> power|<b> raised to [the "
               "power] <n>}" NUM_MARK,
        NUM_DO
        " {3*<b>^<n>|<b>**<n>|<b> ^ <n>|<b> to the power of <n>|the <n><th> power of <b>|<b> raised to the power "
        "<n>}" NUM_STOP,
        "{2*<b>^<n>|<b> ^ <n>|<b> to the power of <n>|<b>**<n>}{ = ?|=?| =|?| equals what?| is?|}",
    };
    char b[24], n[8];
    snprintf(b, sizeof b, "%ld", a->base);
    snprintf(n, sizeof n, "%d", a->power);
    const char *th = a->power == 2 ? "nd" : a->power == 3 ? "rd" : "th";
    numfam_ask(p, r, pattern, NUM_COUNT(pattern), (word_slot[]){{"b", b}, {"n", n}, {"th", th}, {0}});
}

static void ask(problem *p, rng *r, const arith *a) {
    const expr  *e     = &a->e;
    phrase_style st    = phrase_style_draw(r, PHRASE_NUMBERS);
    str          typed = {0}, x = {0}, y = {0}, c = {0};
    if (a->power) {
        ask_power(p, r, a);
        return;
    }
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
    static void (*const draw[])(rng *, expr *) = {draw_1, draw_2, draw_3, draw_4, draw_5,
                                                  draw_6, draw_7, draw_8, draw_9, draw_10};
    arith a                                    = {.rest = level == 4 && chance(r, 15)};
    int   k                                    = level > 5 ? rng_range(r, 0, 99) : 99;
    if (k < 10) {
        draw_power(r, level, &a);
    } else if (k < 30 && level > 5) {
        a.rest = true;
        rest_of(r, &a.e, false, level - 3, level < 8 ? 2 : 3);
    } else if (a.rest) {
        long d = rng_range(r, 2, 9);
        single(&a.e, chance(r, 40) ? rng_range(r, (int)d, (int)d * 10 - 1) : digits_of(r, rng_range(r, 2, 4)), '/', d);
    } else {
        draw[level - 1](r, &a.e);
    }
    p->level      = level;
    str canonical = {0};
    if (a.power) str_addf(&canonical, "%ld^%d", a.base, a.power);
    else expr_put(&canonical, &a.e);
    str_addf(&p->key, "arithmetic:%s%s", a.rest ? "rest of " : "", canonical.p);
    ask(p, r, &a);
    str_addf(&p->reasoning, a.rest ? "Understand: %s with remainder\n" : "Understand: %s\n", canonical.p);
    plan(&p->reasoning, &a);
    fam_value f = (level <= 5 ? fam_work_spelled : fam_work)(p, r, &(fam_phases){work, check, &a});
    answer(p, r, canonical.p, &a, &f);
    str_free(&canonical);
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
                          .about  = "+ - * / and powers of whole numbers by hand",
                          .levels = 10,
                          .make   = make,
                          .right  = numfam_right,
                          .solve  = solve};
