/* fam_decimals.c -- numbers with a decimal point: + - * /, exact and rounded.
 *
 * Levels: 1 sums and differences, one place; 2 two places, unlike; 3 times one digit; 4 divided by one digit, exact;
 * 5 times one digit with a point; 6 two digits times two; 7 divided and rounded; 8 divided by a number with a point,
 * results below 0; 9 the same rounded, three digits times two; 10 two operations.
 *
 * The check undoes each step: a product of long numbers the other way round, a rounded quotient by how near it comes.
 */
#include <stdlib.h>
#include <string.h>
#include "task/numfam.h"
#include "task/phrase.h"
#include "task/steps.h"

typedef struct dstep {
    decimal a, b, c;
    char    op;
} dstep;
typedef struct decimals {
    decimal a, b, c;
    char    op, op2; /* a op b, or (a op b) op2 c; op2 0: one operation */
    int     places;  /* of a quotient that is rounded; -1: exact */
    dstep   log[2];
} decimals;

static decimal operate(trace *t, const decimals *d, decimal a, char op, decimal b) {
    if (op == '/') return decimal_over(t, NULL, a, b, d->places < 0 ? DECIMAL_PLACES : d->places);
    return decimal_op(t, a, op, b);
}

static void work(trace *t, void *ctx, fam_value *found) {
    decimals *d = ctx;
    decimal   x = operate(t, d, d->a, d->op, d->b);
    d->log[0]   = (dstep){d->a, d->b, x, d->op};
    if (d->op2 && !t->bad) {
        decimal y = operate(t, d, x, d->op2, d->c);
        d->log[1] = (dstep){x, d->c, y, d->op2};
        x         = y;
    }
    found->v = x.v;
    found->w = x.places;
}

static bool back(trace *t, decimal a, char op, decimal b, decimal want) {
    decimal_put(t->out, a);
    str_addf(t->out, " %c ", op);
    decimal_arg(t->out, b);
    str_add(t->out, " must be ");
    decimal_put(t->out, want);
    str_addc(t->out, '\n');
    return numfam_same(t, op == '/' ? decimal_over(t, NULL, a, b, DECIMAL_PLACES) : decimal_op(t, a, op, b), want);
}

static bool undo(trace *t, const decimals *d, const dstep *s) {
    switch (s->op) {
    case '+': return back(t, s->c, '-', s->b, s->a);
    case '-': return back(t, s->c, '+', s->b, s->a);
    case '/':
        if (d->places >= 0) return numfam_near(t, s->c, s->b, s->a, d->places);
        return back(t, s->c, '*', s->b, s->a);
    default: break;
    }
    long a = labs(decimal_norm(s->a).v), b = labs(decimal_norm(s->b).v);
    if (a > 99 && b > 9) return numfam_nines(t, a, b, decimal_norm(s->c).v); /* the digits; noughts do not count */
    return b && b < 10 ? back(t, s->c, '/', s->b, s->a) : back(t, s->b, '*', s->a, s->c);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    decimals *d = ctx;
    (void)found;
    if (d->op2) {
        if (!undo(t, d, &d->log[1])) return false;
        str_add(t->out, "then ");
    }
    return undo(t, d, &d->log[0]);
}

/* ---- drawing */
static decimal with_places(rng *r, int digits, int places) {
    long v = numfam_digits(r, digits);
    if (places && v % 10 == 0) v += rng_range(r, 1, 9);
    return (decimal){v, places};
}

static void swap_if_less(decimals *d) { /* a >= b */
    ratio x;
    if (ratio_op(decimal_ratio(d->a), '-', decimal_ratio(d->b), &x) && x.p < 0) {
        decimal c = d->a;
        d->a      = d->b;
        d->b      = c;
    }
}

/* a / b that comes out: a is the product. */
static void exact(rng *r, decimals *d, decimal b, int digits, int places) {
    decimal q = with_places(r, digits, places);
    d->op     = '/';
    d->b      = b;
    d->a      = decimal_norm((decimal){q.v * b.v, q.places + b.places});
}

static void draw_two(rng *r, decimals *d) {
    d->a   = with_places(r, rng_range(r, 2, 3), rng_range(r, 1, 2));
    d->b   = with_places(r, rng_range(r, 2, 3), rng_range(r, 1, 2));
    d->c   = with_places(r, numfam_chance(r, 60) ? 2 : 1, rng_range(r, 0, 1));
    d->op  = "+-*"[rng_below(r, 3)];
    d->op2 = d->op == '*' ? "+-"[rng_below(r, 2)] : "*/"[numfam_chance(r, 30)];
    if (d->op == '-') swap_if_less(d);
    if (d->op2 != '/') return;
    d->places = 2;
    if (d->c.v < 2) d->c.v = 7;
}

static void draw(rng *r, int level, decimals *d) {
    bool sum  = false;
    d->places = -1;
    switch (level) {
    case 1:
        d->a = with_places(r, rng_range(r, 1, 2), 1), d->b = with_places(r, rng_range(r, 1, 2), 1);
        sum = true;
        break;
    case 2:
        d->a = with_places(r, rng_range(r, 2, 4), 2), d->b = with_places(r, rng_range(r, 2, 3), rng_range(r, 0, 2));
        sum = true;
        break;
    case 3:
        d->a = with_places(r, rng_range(r, 2, 4), rng_range(r, 1, 2)), d->b = (decimal){rng_range(r, 2, 9), 0};
        d->op = '*';
        break;
    case 4: exact(r, d, (decimal){rng_range(r, 2, 9), 0}, rng_range(r, 2, 3), rng_range(r, 1, 2)); break;
    case 5:
        d->a = with_places(r, rng_range(r, 2, 3), rng_range(r, 0, 2));
        d->b = (decimal){rng_range(r, 2, 9), rng_range(r, 1, 2)}, d->op = '*';
        break;
    case 6:
        d->a = with_places(r, 2, rng_range(r, 0, 2)), d->b = with_places(r, 2, rng_range(r, 1, 2));
        d->op = '*';
        break;
    case 7:
        d->a = with_places(r, rng_range(r, 2, 4), rng_range(r, 0, 2)), d->b = (decimal){rng_range(r, 3, 12), 0};
        d->op = '/', d->places = rng_range(r, 1, 2);
        break;
    case 8:
        if (numfam_chance(r, 50)) {
            exact(r, d, (decimal){numfam_digits(r, 2), rng_range(r, 1, 2)}, 2, rng_range(r, 0, 1));
        } else {
            d->a  = with_places(r, rng_range(r, 3, 5), rng_range(r, 1, 3)), d->a.v *= rng_below(r, 2) ? 1 : -1;
            d->b  = with_places(r, rng_range(r, 3, 5), rng_range(r, 1, 3)), d->b.v *= rng_below(r, 3) ? 1 : -1;
            d->op = "+-"[rng_below(r, 2)];
        }
        break;
    case 9:
        d->a = with_places(r, 3, rng_range(r, 1, 2)), d->b = with_places(r, 2, rng_range(r, 1, 2));
        if (d->b.v < 13) d->b.v += 13;
        d->op = "*/"[rng_below(r, 2)];
        if (d->op == '/') d->places = rng_range(r, 1, 2);
        break;
    default: draw_two(r, d);
    }
    if (!sum) return;
    d->op = "+-"[rng_below(r, 2)];
    if (d->op == '-') swap_if_less(d);
}

/* ---- text */
static void put(str *s, const decimals *d) {
    bool brackets = d->op2 == '*' || d->op2 == '/';
    brackets &= d->op != '*';
    if (brackets) str_addc(s, '(');
    decimal_put(s, d->a);
    str_addf(s, " %c ", d->op);
    decimal_arg(s, d->b);
    if (brackets) str_addc(s, ')');
    if (!d->op2) return;
    str_addf(s, " %c ", d->op2);
    decimal_arg(s, d->c);
}

static const char *const plain[] = {
    NUM_IS " {3*|the value of |the result of }<e>" NUM_MARK,
    NUM_DO " {3*|the value of |this: }<e>{3*| without a calculator| exactly}" NUM_STOP,
    "<e>{3*|3* = ?| =|=?| equals?| = what?| is what?}",
    "{How much is|What do you get for|What does one get for|Any idea what this is:} <e>" NUM_MARK,
    "{My homework asks for|I want to check|The exercise says|The receipt says|On the board it says} <e>{. What is "
    "it?|, what is the {answer|result}?|. What comes out?}",
};
static const char *const rounded[] = {
    NUM_IS " <e>{, | }{rounded to|to|correct to|with} <p> {decimal place<s>|2*place<s> after the {point|decimal "
           "point}|dp}" NUM_MARK,
    NUM_DO " <e>{, | }{rounded to|to|correct to} <p> {decimal place<s>|decimal<s>|dp}" NUM_STOP,
    "<e>{, | }{rounded to|to|correct to} <p> {decimal place<s>|decimal<s>|dp|places}{| = ?|?}",
    "{Round|Please round|Give|Can you give} {|the result of |the value of }<e> to <p> {decimal "
    "place<s>|decimal<s>|dp}" NUM_STOP,
    "{If I {work out|calculate|do} <e>, what|What} {is|do I get for} {it|the result} {rounded to|to} <p> decimal "
    "place<s>" NUM_MARK,
};

static void ask(problem *p, rng *r, const decimals *d, const char *canonical) {
    str  typed = {0};
    char n[2]  = {(char)('0' + (d->places < 0 ? 0 : d->places)), 0};
    numfam_typed(&typed, r, canonical);
    const word_slot slots[] = {{"e", typed.p}, {"p", n}, {"s", d->places == 1 ? "" : "s"}, {0}};
    int             k       = d->places < 0 ? NUM_COUNT(plain) : NUM_COUNT(rounded) - 1;
    numfam_ask(p, r, d->places < 0 ? plain : rounded, k, slots);
    str_free(&typed);
}

static void plan(str *s, const decimals *d) {
    static const char *const how[] = {"as many places on both sides, then add like whole numbers",
                                      "as many places on both sides, then subtract like whole numbers",
                                      "multiply like whole numbers, then set the point",
                                      "divide digit by digit, on past the point"};
    char                     op    = d->op;
    str_add(s, "Plan: ");
    if (d->op2) str_add(s, d->op == '*' ? "the product first, then the rest" : "the brackets first, then the rest");
    else str_add(s, how[op == '+' ? 0 : op == '-' ? 1 : op == '*' ? 2 : 3]);
    str_add(s, d->places >= 0 ? ", then round\n" : "\n");
}

static void make(rng *r, int level, problem *p) {
    decimals d         = {0};
    str      canonical = {0};
    draw(r, level, &d);
    put(&canonical, &d);
    ask(p, r, &d, canonical.p);
    p->level = level;
    str_addf(&p->key, "decimals:%s", canonical.p);
    str_addf(&p->reasoning, "Understand: %s", canonical.p);
    if (d.places >= 0) {
        str_addf(&p->key, " to %d", d.places);
        str_addf(&p->reasoning, " to %d place%s", d.places, d.places == 1 ? "" : "s");
    }
    str_addc(&p->reasoning, '\n');
    plan(&p->reasoning, &d);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &d});
    decimal_put(&p->truth, (decimal){f.v, (int)f.w});
    numfam_answer(p, r, d.places < 0 ? canonical.p : NULL, NULL);
    str_free(&canonical);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *to;
    size_t      n;
    ratio       v;
    if (!fam_understood(p, &s, &n, why)) return false;
    to       = memmem(s, n, " to ", 4);
    size_t m = to ? (size_t)(to - s) : n;
    if (!steps_value(s, m, NULL, &v)) return numfam_not(why, "a calculation", s, n);
    int     places = to ? to[4] - '0' : DECIMAL_PLACES;
    decimal d;
    if (places < 0 || places > DECIMAL_PLACES) return numfam_not(why, "a number of places", s, n);
    d = decimal_near(v, places);
    if (!to && !ratio_eq(decimal_ratio(d), v)) return numfam_not(why, "an exact decimal", s, n);
    decimal_put(truth, d);
    return true;
}

const family fam_decimals = {.name   = "decimals",
                             .field  = "education",
                             .about  = "+ - * / with a decimal point, exact and rounded",
                             .levels = 10,
                             .make   = make,
                             .right  = numfam_right,
                             .solve  = solve};
