/* fam_expand.c -- multiply brackets out.
 *
 * Levels: 1 a(bx + c); 2 signs, ax(bx + c); 3 two brackets with numbers before them; 4 (x + a)(bx + c); 5 signs and
 * numbers before x; 6 squares and (a - b)(a + b), with one more term; 7 a number before two brackets; 8 (x + a)(x^2 +
 * bx + c); 9 the difference of two products; 10 three brackets, cubes, (ax + b)(cx^2 + dx + e).
 *
 * Work multiplies each term with each, then adds like terms. The check puts a small number for the letter into both
 * forms. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/verify.h"
#include "task/wording.h"

enum { FACTORS = 3, PRODUCTS = 3 };
typedef struct product {
    long c;
    int  n;
    poly f[FACTORS];
} product;
typedef struct expansion {
    product p[PRODUCTS];
    int     n;
    char    letter;
    poly    result; /* what Work found */
} expansion;

/* ---- building and printing */
static product *add(expansion *e, long c) {
    product *p = &e->p[e->n++];
    *p         = (product){.c = c};
    return p;
}

static void linear(product *p, long a, long b) { /* (ax + b) */
    const long c[] = {b, a};
    p->f[p->n++]   = poly_of('x', 2, c);
}

static void square(product *p, long a, long b, long c) { /* (ax^2 + bx + c) */
    const long k[] = {c, b, a};
    p->f[p->n++]   = poly_of('x', 3, k);
}

static void print_product(str *s, const product *p, bool first) {
    long c = labs(p->c);
    str_add(s, first ? p->c < 0 ? "-" : "" : p->c < 0 ? " - " : " + ");
    if (c != 1 || !p->n) digits_num(s, c);
    for (int i = 0; i < p->n;) {
        int k = 1;
        while (i + k < p->n && poly_eq(&p->f[i], &p->f[i + k])) k++;
        if (poly_terms(&p->f[i]) == 1) {
            poly_put(s, &p->f[i]);
            k = 1;
        } else {
            str_addc(s, '(');
            poly_put(s, &p->f[i]);
            str_addc(s, ')');
            if (k > 1) str_addf(s, "^%d", k);
        }
        i += k;
    }
}

static void print(str *s, const expansion *e) {
    for (int i = 0; i < e->n; i++) print_product(s, &e->p[i], i == 0);
}

static void set_letter(expansion *e, char letter) {
    e->letter = letter;
    for (int i = 0; i < e->n; i++)
        for (int k = 0; k < e->p[i].n; k++) e->p[i].f[k].letter = letter;
}

/* ---- Work */
/* One product without its brackets. last: it is the only one, and its terms are added here. */
static poly work_product(trace *t, const product *p, char letter, alg_raw *all, bool alone) {
    poly have = poly_of(letter, 1, &p->c);
    bool unit = (p->c == 1 || (p->c == -1 && !alone)) && p->n > 1;
    int  i    = 0;
    if (unit) { /* a lone minus goes into the first bracket's product at the end */
        have = p->f[i++];
    }
    for (; i < p->n && !t->bad; i++) {
        alg_raw w = {.n = 0};
        alg_cross(t, &have, &p->f[i], letter, &w);
        if (i == p->n - 1 && !alone) { /* keep the terms apart: they are added with the others */
            bool turn = unit && p->c < 0;
            if (turn) {
                str_add(t->out, "minus: ");
                for (int k = 0; k < w.n; k++) w.c[k] = -w.c[k];
                if (trace_slips(t) && w.n > 1) w.c[w.n - 1] = -w.c[w.n - 1]; /* forgets it for the last term */
                alg_put_raw(t->out, &w, letter);
                str_addc(t->out, '\n');
            }
            for (int k = 0; k < w.n && all->n < ALG_RAW; k++)
                all->c[all->n] = w.c[k], all->power[all->n++] = w.power[k];
            return have;
        }
        have = alg_collect(t, &w, letter);
        if (i < p->n - 1 || p->n > 1 || labs(p->c) != 1) alg_so(t, &w, &have, letter);
    }
    if (!p->n || alone)
        for (int k = POLY_DEGREE; k >= 0; k--)
            if (have.c[k].p && all->n < ALG_RAW) all->c[all->n] = (long)have.c[k].p, all->power[all->n++] = k;
    return have;
}

static void work(trace *t, void *ctx, fam_value *found) {
    expansion *e = ctx;
    alg_raw    w = {.n = 0};
    *found       = (fam_value){0, 0};
    for (int i = 0; i < e->n && !t->bad; i++) e->result = work_product(t, &e->p[i], e->letter, &w, e->n == 1);
    if (e->n == 1 || t->bad) return;
    e->result = alg_collect(t, &w, e->letter);
    alg_so(t, &w, &e->result, e->letter);
}

/* ---- Check */
static bool vanishes(const expansion *e, long x) {
    for (int i = 0; i < e->n; i++)
        if (alg_vanishes(e->p[i].f, e->p[i].n, x)) return true;
    return false;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const expansion *e = ctx;
    long             x = 1, sum = 0;
    (void)found;
    while (x < 5 && vanishes(e, x)) x++;
    str_addf(t->out, "put %c = %ld into both\n", e->letter, x);
    for (int i = 0; i < e->n && !t->bad; i++) {
        const product *p = &e->p[i];
        long           v = alg_product_at(t, i ? labs(p->c) : p->c, p->f, p->n, x);
        sum              = i ? digits_op(t, sum, p->c < 0 ? '-' : '+', v) : v;
    }
    alg_line(t, "", &e->result, ": ");
    if (!poly_degree(&e->result) || poly_terms(&e->result) == 0) {
        digits_num(t->out, (long)e->result.c[0].p);
        str_addc(t->out, '\n');
    }
    return fam_compare(t, alg_horner(t, &e->result, x), sum);
}

/* ---- drawing */
static long upto(rng *r, int n) { return rng_range(r, 1, n); }

static void draw_low(rng *r, int level, expansion *e) {
    switch (level) {
    case 1:
        linear(add(e, rng_range(r, 2, 9)), alg_chance(r, 60) ? 1 : upto(r, 9),
               alg_chance(r, 70) ? upto(r, 60) : -upto(r, 60));
        break;
    case 2:
        if (alg_chance(r, 50)) {
            linear(add(e, -rng_range(r, 2, 9)), alg_chance(r, 40) ? 1 : upto(r, 9), alg_nonzero(r, 40));
        } else {
            product *p = add(e, alg_chance(r, 25) ? -upto(r, 9) : upto(r, 9));
            linear(p, 1, 0);
            linear(p, upto(r, 9), alg_nonzero(r, 20));
        }
        break;
    case 3:
        linear(add(e, rng_range(r, 2, 9)), upto(r, 6), alg_nonzero(r, 12));
        linear(add(e, alg_chance(r, 45) ? -rng_range(r, 2, 9) : rng_range(r, 2, 9)), upto(r, 6), alg_nonzero(r, 12));
        break;
    case 4: {
        product *p = add(e, 1);
        bool     k = alg_chance(r, 50);
        linear(p, k ? 1 : upto(r, 9), upto(r, 20));
        linear(p, k ? upto(r, 9) : 1, upto(r, 20));
        break;
    }
    default: {
        product *p = add(e, 1);
        linear(p, upto(r, 9), alg_nonzero(r, 15));
        linear(p, upto(r, 9), alg_nonzero(r, 15));
        if (p->f[0].c[0].p > 0 && p->f[1].c[0].p > 0) p->f[1].c[0].p = -p->f[1].c[0].p;
    }
    }
}

static void draw_high(rng *r, int level, expansion *e) {
    product *p;
    long     a, b;
    switch (level) {
    case 6:
        p = add(e, 1), a = upto(r, 9), b = alg_nonzero(r, 15);
        linear(p, a, b);
        linear(p, a, alg_chance(r, 60) ? b : -b);
        linear(add(e, alg_nonzero(r, 20)), 1, 0);
        break;
    case 7:
        p = add(e, alg_chance(r, 25) ? -rng_range(r, 2, 6) : rng_range(r, 2, 6));
        linear(p, upto(r, 5), alg_nonzero(r, 9));
        linear(p, upto(r, 5), alg_nonzero(r, 9));
        break;
    case 8:
        p = add(e, 1);
        linear(p, upto(r, 3), alg_nonzero(r, 9));
        square(p, upto(r, 5), alg_nonzero(r, 9), alg_nonzero(r, 12));
        break;
    case 9:
        p = add(e, 1);
        linear(p, upto(r, 6), alg_nonzero(r, 9));
        linear(p, upto(r, 6), alg_nonzero(r, 9));
        p = add(e, -1);
        linear(p, upto(r, 6), alg_nonzero(r, 9));
        linear(p, upto(r, 6), alg_nonzero(r, 9));
        break;
    default:
        a = upto(r, 3), b = alg_nonzero(r, 9);
        p = add(e, 1);
        if (alg_chance(r, 40)) {
            linear(p, 1, alg_nonzero(r, 9)), linear(p, upto(r, 3), alg_nonzero(r, 9)), linear(p, upto(r, 4), b);
        } else if (alg_chance(r, 15)) {
            linear(p, a, b), linear(p, a, b), linear(p, a, b);
        } else {
            linear(p, rng_range(r, 2, 9), alg_nonzero(r, 12));
            square(p, rng_range(r, 2, 9), alg_nonzero(r, 12), alg_nonzero(r, 12));
        }
    }
}

static const char ask[] =
    "{5*" ALG_POLITE "{3*expand|2*multiply out|simplify|remove the brackets in|open the brackets: |work out|distribute|"
    "get rid of the brackets in|write without brackets: |rewrite as a polynomial: |expand and simplify|clear the "
    "brackets of} [{the expression |this: |the following: |3*}]<e>" ALG_END
    "|3*{what is|what's|what do you get for|what does one get for|can you work out|how do you write} "
    "<e> {when multiplied out|expanded|without {brackets|parentheses}|after expanding|as a polynomial|multiplied out "
    "and simplified|in expanded form|if you {expand|multiply out} the brackets}{4*?|}"
    "|2*<e> {expanded|= ?, expanded|without brackets[ please]|in expanded form[?]|multiplied out[?]|- expand "
    "[it|this][ please]}"
    "|{multiply|expand} {the brackets|the parentheses|everything} {out |}in <e>" ALG_END
    "|{2*give|find|determine|compute} [me ]the {expanded form|expansion|polynomial form} of <e>" ALG_END "}";

static void make(rng *r, int level, problem *p) {
    expansion e = {.letter = 'x'};
    str       c = {0}, typed = {0};
    if (level <= 5) draw_low(r, level, &e);
    else draw_high(r, level, &e);
    p->level = level;
    str_add(&p->key, "expand:");
    print(&p->key, &e);
    set_letter(&e, alg_letter(r));
    print(&c, &e);
    alg_typed(&typed, r, c.p);
    const word_slot slot[] = {{"e", typed.p}, {0}};
    wording_ask(&p->question, r, ask, slot);
    str_addf(&p->reasoning, "Understand: expand %s\nPlan: %s\n", c.p,
             e.n == 1 && e.p[0].n == 1 ? "multiply each term" : "multiply each term with each, then add like terms");
    fam_work(p, r, &(fam_phases){work, check, &e});
    poly_put(&p->truth, &e.result);
    static const char said[] = "{<e> = **<v>**|The expansion is **<v>**.|It is **<v>**.|Multiplied out: **<v>**|"
                               "Without brackets that is **<v>**.}";
    wording_put(&p->answer, r, said, (word_slot[]){{"e", c.p}, {"v", p->truth.p}, {0}});
    str_free(&c);
    str_free(&typed);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return !verify_echo(p->question.p, text, why) && alg_right_poly(text, p->truth.p, p->truth.p, true, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *e;
    size_t      n, len;
    poly        v;
    if (!alg_understood(p, &s, &n, why)) return false;
    if (!alg_between(s, n, "expand ", NULL, &e, &len) || !poly_read(e, len, &v, NULL))
        return alg_not("brackets to expand", s, why);
    poly_put(truth, &v);
    return true;
}

const family fam_expand = {.name   = "expand",
                           .field  = "education",
                           .about  = "multiply brackets out to a polynomial",
                           .levels = 10,
                           .make   = make,
                           .right  = right,
                           .solve  = solve};
